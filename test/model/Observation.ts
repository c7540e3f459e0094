/** What a world shows of a container and its checkpoints, and whether that is what the model says. */
import { expect } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Checkpoints, ContainerStore } from "stasis"
import type { Subject } from "../contracts/Subject.ts"
import * as Model from "./Model.ts"

/** What a world shows. */
interface Observation {
  readonly state: Model.Model["state"]
  /** While it lives. */
  readonly count: number | undefined
  readonly names: ReadonlyArray<string>
}

/** Looks at everything; a checkpoint that is listed but not whole is a failure at once. */
export const observe = (subject: Subject) =>
  Effect.gen(function* () {
    const store = yield* ContainerStore.ContainerStore
    const state = yield* store.get(subject.id).pipe(
      Effect.map((container): Model.Model["state"] =>
        container.state === "running" || container.state === "paused" ? container.state : "gone"
      ),
      Effect.catchTag("ContainerNotFound", () => Effect.succeed("gone" as const))
    )
    const list = yield* Effect.catchTag(Checkpoints.list(subject.id), "ContainerNotFound", () => Effect.succeed([]))
    for (const one of list) expect(one).toMatchObject({ status: "complete", container: subject.id })
    return {
      state,
      count: state === "gone" ? undefined : yield* subject.count,
      names: list.map((one) => one.name)
    } satisfies Observation
  })

/** The world shows what the model says. */
export const agrees = (subject: Subject, model: Model.Model, exact: boolean) =>
  Effect.map(observe(subject), (seen) => {
    expect({ state: seen.state, names: seen.names }).toEqual({ state: model.state, names: Model.names(model) })
    if (seen.count !== undefined) isCount(seen.count, model.count, exact)
    return seen
  })

/** A count that may be what the model says; one that goes on by itself has only a lower bound. */
const isCount = (count: number, bounds: Model.Count, exact: boolean): void => {
  expect(count).toBeGreaterThanOrEqual(bounds.low)
  if (exact) expect(count).toBeLessThanOrEqual(bounds.high)
}
