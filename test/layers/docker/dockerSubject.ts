/** Containers of a Docker daemon as the subjects of the contract suites and of the model's sequences. */
import { mkdtempSync, readdirSync } from "node:fs"
import { afterAll, beforeAll } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import * as Docker from "../../../src/layers/docker/Docker.ts"
import * as Oci from "../../../src/layers/oci/Oci.ts"
import type { Harness, Services, Subject } from "../../contracts/Subject.ts"
import { poll } from "../oci/LabContainer.ts"
import * as LabDocker from "./LabDocker.ts"

/** One daemon for all tests of a file, ended after the last of them. */
export const shareDaemon = (recipe?: LabDocker.DaemonRecipe): Effect.Effect<LabDocker.LabDocker> => {
  const scope = Effect.runSync(Scope.make())
  let daemon: LabDocker.LabDocker | undefined
  beforeAll(async () => {
    daemon = await Effect.runPromise(Scope.extend(LabDocker.make(recipe), scope))
  }, 60_000)
  afterAll(() => Effect.runPromise(Scope.close(scope, Exit.void)), 60_000)
  return Effect.suspend(() =>
    daemon === undefined ? Effect.dieMessage("the daemon does not run") : Effect.succeed(daemon)
  )
}

/** What a subject's services are made of: its daemon, and a folder for what is ours. */
export interface Place {
  readonly host: string
  readonly stasisRoot: string
}

/** What is ours at a daemon: checkpoints are made by the runtime beneath it. */
export const layerOf = ({ folder, host }: LabDocker.LabDocker) =>
  Docker.layer({ host, stasisRoot: `${folder}/stasis`, beneath: Oci.beneath })

/** The same without the runtime beneath: checkpoints are made by the daemon's own API. */
export const apiLayerOf = ({ folder, host }: LabDocker.LabDocker) =>
  Docker.layer({ host, stasisRoot: `${folder}/stasis` })

/** What something fails with; that it did not fail is a defect of little text, and not what it gave. */
export const failureOf = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<E, never, R> =>
  Effect.matchEffect(effect, {
    onFailure: Effect.succeed,
    onSuccess: () => Effect.dieMessage("it did not fail")
  })

/** How to make subjects at a daemon. */
export const harness = (
  daemon: Effect.Effect<LabDocker.LabDocker>,
  layerOf: (place: Place) => Layer.Layer<Services>
): Harness => ({
  exact: false,
  make: Effect.gen(function* () {
    const { host, docker, attempt, folder, container: make } = yield* daemon
    const container = yield* make({ labels: { team: "blue" } })
    yield* container.counted(1)
    const own = mkdtempSync(`${folder}/subject-`)
    return {
      id: container.id,
      layer: layerOf({ host, stasisRoot: `${own}/stasis` }),
      count: container.count,
      advance: (by) => Effect.flatMap(container.count, (now) => container.counted(now + by)),
      setPaused: (paused) => Effect.asVoid(docker(paused ? "pause" : "unpause", container.id)),
      // One that has stopped already is as it was to be.
      kill: Effect.zipRight(
        attempt("kill", container.id),
        Effect.asVoid(poll(container.status, (status) => status === "exited" || status === "dead"))
      ),
      start: Effect.zipRight(docker("start", container.id), Effect.asVoid(container.counted(1))),
      folder: Effect.sync(() => mkdtempSync(`${own}/folder-`)),
      files: (path) => Effect.sync(() => readdirSync(path).sort())
    } satisfies Subject
  })
})
