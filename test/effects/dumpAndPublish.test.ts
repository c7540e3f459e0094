// What a create makes of what its runtime tells it, and of what is the case.
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { Checkpoints } from "stasis"
import { inFolders, root } from "../layers/shared/folders.ts"
import { inWorld, listed } from "./world.ts"

describe("create", () => {
  it.effect(
    "passes the warnings of its runtime on",
    inFolders(
      ({ control }) =>
        Effect.gen(function* () {
          const all = { running: { leaveRunning: true }, stopped: {}, inDump: { tcpEstablished: true } }
          for (const [name, options] of Object.entries(all)) {
            yield* control.start({ id: "web" })
            expect((yield* Checkpoints.create("web", name, options)).warnings).toEqual(["it was cold"])
          }
        }),
      ({ checkpoint }) => ({
        checkpoint: (container, request) =>
          Effect.map(checkpoint(container, request), (dumped) => ({ ...dumped, warnings: ["it was cold"] }))
      })
    )
  )

  it.effect(
    "says so when its runtime reports a stop, and another process of the container runs",
    inWorld((control) =>
      Effect.gen(function* () {
        const hang = yield* control.faults.hangNext("Runtime.checkpoint", { after: true })
        const fiber = yield* Effect.fork(Checkpoints.create("web", "first", { tcpEstablished: true }))
        yield* hang.reached
        yield* control.start({ id: "web" })
        yield* hang.release
        const created = yield* Fiber.join(fiber)
        expect(created.state).toBe("running")
        expect(created.warnings).toEqual([expect.stringContaining("started the container anew meanwhile")])
        expect(yield* listed).toEqual(["first"])
      })
    )
  )

  it.effect(
    "refuses what its runtime does not have before anything is touched",
    inWorld(
      (control) =>
        Effect.gen(function* () {
          expect(yield* Effect.flip(Checkpoints.create("web", "first", { fileLocks: true }))).toMatchObject({
            _tag: "OptionUnsupported",
            option: "fileLocks"
          })
          expect(yield* control.fileSystem.exists(root)).toBe(false)
        }),
      { containers: [{ id: "web" }], unsupported: { fileLocks: "it locks nothing" } }
    )
  )

  it.effect(
    "leaves the stopping to a runtime that stops by itself",
    inWorld(
      (control) =>
        Effect.gen(function* () {
          const stop = yield* control.faults.hangNext("Runtime.stop")
          const fiber = yield* Effect.fork(Checkpoints.create("web", "first"))
          // It is not asked for: else this would not end.
          expect(yield* Effect.raceFirst(stop.reached, Fiber.join(fiber)))
            .toMatchObject({ state: "forgotten", warnings: [] })
        }),
      { containers: [{ id: "web" }], stopsByItself: true }
    )
  )

  it.effect(
    "is cancelled through its operation",
    inWorld((control) =>
      Effect.gen(function* () {
        const hang = yield* control.faults.hangNext("Runtime.residentBytes")
        const operation = yield* Checkpoints.beginCreate("web", "first")
        yield* hang.reached
        yield* operation.cancel
        expect(yield* operation.state).toBe("interrupted")
        expect((yield* control.container("web"))?.state).toBe("running")
        expect(yield* listed).toEqual([])
      })
    )
  )
})
