// The end of a create that is to stop its container: nothing is thrown away that may be all there is.
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { CheckpointError, Checkpoints } from "stasis"
import { inWorld, listed } from "./world.ts"

const failed = (reason: CheckpointError.FailureReason) =>
  new CheckpointError.RuntimeFailed({
    operation: "stop",
    container: "web",
    runtime: "memory",
    reason,
    detail: "it did not end"
  })

describe("create", () => {
  it.effect(
    "keeps the checkpoint of a container that was killed and has not been seen to end, and its attempt",
    inWorld((control) =>
      Effect.gen(function* () {
        yield* control.faults.failNext("Runtime.stop", failed("Busy"))
        const created = yield* Checkpoints.create("web", "first")
        expect(created.warnings).toEqual([expect.stringMatching(/did not end; .*"recover" looks again/)])
        expect(yield* listed).toEqual(["first"])
        // It lived after all: it goes on, and the checkpoint stays.
        expect((yield* control.container("web"))?.state).toBe("paused")
        expect(yield* Checkpoints.recover("web")).toMatchObject([{ action: "discarded", resumed: true }])
        expect((yield* control.container("web"))?.state).toBe("running")
        expect(yield* listed).toEqual(["first"])
      })
    )
  )

  it.effect(
    "keeps both where nobody can say what became of the container",
    inWorld((control) =>
      Effect.gen(function* () {
        const hang = yield* control.faults.hangNext("CheckpointStore.publish", { after: true })
        const fiber = yield* Effect.fork(Checkpoints.create("web", "first"))
        yield* hang.reached
        yield* control.faults.failNext("ContainerStore.get", failed("Unknown"), { times: 100 })
        yield* control.faults.failNext("Runtime.stop", failed("Unknown"))
        yield* hang.release
        const created = yield* Effect.either(Fiber.join(fiber))
        yield* control.faults.clear
        expect(created).toMatchObject({ _tag: "Right", right: { state: "forgotten" } })
        expect(yield* listed).toEqual(["first"])
        // The attempt tells whoever comes next that it stands still because of us.
        expect((yield* control.container("web"))?.state).toBe("paused")
        expect(yield* Checkpoints.recover("web")).toMatchObject([{ action: "discarded", resumed: true }])
        expect((yield* control.container("web"))?.state).toBe("running")
      })
    )
  )

  it.effect(
    "does not kill a container that somebody has let go on since it was dumped",
    inWorld((control) =>
      Effect.gen(function* () {
        const hang = yield* control.faults.hangNext("CheckpointStore.publish", { after: true })
        const fiber = yield* Effect.fork(Checkpoints.create("web", "first"))
        yield* hang.reached
        yield* control.setPaused("web", false)
        yield* control.advance("web", 5)
        yield* hang.release
        expect(yield* Effect.flip(Fiber.join(fiber))).toMatchObject({
          _tag: "RuntimeFailed",
          operation: "stop",
          detail: "somebody has let it go on after it was dumped"
        })
        expect(yield* control.container("web")).toMatchObject({ state: "running" })
        expect(yield* control.count("web")).toBeGreaterThanOrEqual(12)
        expect(yield* listed).toEqual([])
      })
    )
  )

  it.effect(
    "publishes what it has dumped where others have taken the place of what it dumped",
    inWorld((control) =>
      Effect.gen(function* () {
        const hang = yield* control.faults.hangNext("Runtime.checkpoint", { after: true })
        const fiber = yield* Effect.fork(Checkpoints.create("web", "first"))
        yield* hang.reached
        yield* control.kill("web")
        yield* control.start({ id: "web" })
        yield* hang.release
        const created = yield* Fiber.join(fiber)
        expect(created.warnings).toEqual([
          expect.stringContaining("did not live through the checkpoint"),
          expect.stringContaining("started the container anew")
        ])
        expect(yield* control.container("web")).toMatchObject({ state: "running" })
        expect(yield* listed).toEqual(["first"])
      })
    )
  )
})
