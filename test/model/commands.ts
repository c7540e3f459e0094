/** The commands of the model-based suite that go well or fail as the model says. */
import { expect } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as FastCheck from "effect/FastCheck"
import { type CheckpointOptions, Checkpoints } from "stasis"
import type { Services, Subject } from "../contracts/Subject.ts"
import * as Model from "./Model.ts"
import * as Observation from "./Observation.ts"

/** The model, which the commands exchange for the next one. */
export interface Box {
  model: Model.Model
}

/** The world that the commands work on. */
export interface Real<out S extends Subject = Subject> {
  readonly subject: S
  readonly exact: boolean
  readonly run: <A, E>(effect: Effect.Effect<A, E, Services>) => Promise<A>
}

/** One command. */
export type Command<S extends Subject = Subject> = FastCheck.AsyncCommand<Box, Real<S>>

/** A command from what it does to the world; the world is looked at after it. */
export const command = <S extends Subject>(
  name: string,
  run: (model: Model.Model, real: Real<S>) => Effect.Effect<Model.Model, unknown, Services>,
  check: (model: Model.Model) => boolean = () => true
): Command<S> => ({
  check: ({ model }) => check(model),
  run: (box, real) =>
    real.run(Effect.gen(function* () {
      const next = yield* run(box.model, real)
      const seen = yield* Observation.agrees(real.subject, next, real.exact)
      // What goes on by itself is somewhere above the count that was seen last.
      box.model = real.exact || seen.count === undefined
        ? next
        : { ...next, count: { low: seen.count, high: seen.count } }
    })),
  toString: () => name
})

/** A call that comes to what the model expects of it. */
export const comesTo = <A, E extends { readonly _tag: string }>(
  model: Model.Model,
  expected: Model.Expected,
  call: Effect.Effect<A, E, Services>
): Effect.Effect<Model.Model, unknown, Services> =>
  expected._tag === "Succeeds" ? Effect.as(call, expected.next) : Effect.map(Effect.flip(call), (error) => {
    expect(expected.tags).toContain(error._tag)
    return model
  })

export const create = (name: string, options: CheckpointOptions.CreateOptions): Command =>
  command(
    `create ${name} ${JSON.stringify(options)}`,
    (model, { subject }) =>
      comesTo(model, Model.create(model, name, options), Checkpoints.create(subject.id, name, options))
  )

export const restore = (name: string, options: CheckpointOptions.RestoreOptions): Command =>
  command(
    `restore ${name} ${JSON.stringify(options)}`,
    (model, { subject }) =>
      comesTo(model, Model.restore(model, name, options), Checkpoints.restore(subject.id, name, options))
  )

export const remove = (name: string): Command =>
  command(
    `remove ${name}`,
    (model, { subject }) => comesTo(model, Model.remove(model, name), Checkpoints.remove(subject.id, name))
  )

export const get = (name: string): Command =>
  command(
    `get ${name}`,
    (model, { exact, subject }) =>
      comesTo(
        model,
        Model.get(model, name),
        Effect.map(Checkpoints.get(subject.id, name), (found) => {
          const kept = model.checkpoints[name]
          expect(found).toMatchObject({ name, status: "complete", record: { paused: kept?.paused } })
          return exact
        })
      )
  )

export const names: Command = command("names", (model, { subject }) =>
  Effect.gen(function* () {
    const found = yield* Effect.catchTag(Checkpoints.names(subject.id), "ContainerNotFound", () => Effect.succeed([]))
    expect(found).toEqual(Model.names(model))
    return model
  }))

export const listAll: Command = command("list of all containers", (model, { subject }) =>
  Effect.gen(function* () {
    const found = yield* Checkpoints.list()
    expect(found.filter((one) => one.container === subject.id).map((one) => one.name)).toEqual(Model.names(model))
    return model
  }))

/** Nothing was interrupted: there is nothing to recover. */
export const recover: Command = command("recover", (model, { subject }) =>
  Effect.gen(function* () {
    const found = yield* Effect.catchTag(Checkpoints.recover(subject.id), "ContainerNotFound", () => Effect.succeed([]))
    expect(found).toEqual([])
    return model
  }))

export const advance = (by: number): Command =>
  command(
    `advance ${by}`,
    (model, { subject }) => Effect.as(subject.advance(by), Model.advance(model, by)),
    (model) => model.state === "running"
  )

export const pause: Command = command(
  "pause",
  (model, { subject }) => Effect.as(subject.setPaused(true), { ...model, state: "paused" }),
  (model) => model.state === "running"
)

export const resume: Command = command(
  "resume",
  (model, { subject }) => Effect.as(subject.setPaused(false), { ...model, state: "running" }),
  (model) => model.state === "paused"
)

export const kill: Command = command(
  "kill",
  (model, { subject }) => Effect.as(subject.kill, { ...model, state: "gone" }),
  (model) => model.state === "running"
)

export const start: Command = command(
  "start",
  (model, { subject }) => Effect.as(subject.start, { ...model, state: "running", count: Model.initial.count }),
  (model) => model.state === "gone"
)

/** A create without options, for names that are refused. */
export const bareCreate = (id: string, name: string) => Checkpoints.create(id, name)
