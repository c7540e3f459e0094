import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { CheckpointError, Checkpoints, type Survey } from "stasis"
import type * as Memory from "stasis/Memory"
import { inWorld, listed } from "./world.ts"

const lock: Survey.Resource = {
  _tag: "FileLock",
  pid: 1001,
  descriptor: 3,
  kind: "POSIX",
  path: "/srv/db-shm",
  mapped: false
}

const holding = (...resources: ReadonlyArray<Survey.Resource>): Memory.MemoryConfig => ({
  containers: [{ id: "web", name: "front", memory: 8192, resources }]
})

describe("preflight", () => {
  it.effect(
    "finds nothing against a plain container, whatever it is asked, and leaves nothing",
    inWorld((control) =>
      Effect.gen(function* () {
        for (const name of [undefined, "first"]) {
          const found = yield* Checkpoints.preflight("front", name)
          expect(found).toEqual({ possible: true, options: {}, findings: [], bytes: 8192, free: expect.any(Number) })
        }
        expect(yield* control.container("web")).toMatchObject({ state: "running" })
        expect(yield* listed).toEqual([])
        yield* Checkpoints.create("web", "first", { leaveRunning: true })
      }), holding())
  )

  it.effect(
    "names the options that create then needs, which fails without them before anything is touched",
    inWorld((control) =>
      Effect.gen(function* () {
        const found = yield* Checkpoints.preflight("web", "first")
        expect(found).toMatchObject({ possible: false, options: { fileLocks: true } })
        // Whoever asked the runtime for a dump would be told so.
        const touched = new CheckpointError.RuntimeFailed({
          operation: "checkpoint",
          container: "web",
          runtime: "memory",
          reason: "Unknown",
          detail: "it was touched"
        })
        yield* control.faults.failNext("Runtime.checkpoint", touched)
        yield* control.faults.failNext("Runtime.pause", touched)
        const error = yield* Effect.flip(Checkpoints.create("web", "first"))
        expect(error).toMatchObject({
          _tag: "RuntimeFailed",
          reason: "FileLock",
          hint: 'use option "fileLocks"',
          message: 'Cannot checkpoint container front: it holds file locks on "/srv/db-shm"; use option "fileLocks"'
        })
        expect(yield* control.container("web")).toMatchObject({ state: "running" })
        yield* control.faults.clear
        expect(yield* Checkpoints.list("web")).toEqual([])
        expect((yield* Checkpoints.preflight("web", "first", found.options)).possible).toBe(true)
        yield* Checkpoints.create("web", "first", found.options)
      }), holding(lock))
  )

  it.effect(
    "and create refuse what would come back broken, unless forced",
    inWorld(() =>
      Effect.gen(function* () {
        const options = { fileLocks: true, leaveRunning: true }
        expect(yield* Checkpoints.preflight("web", "first", options)).toMatchObject({ possible: false })
        const error = yield* Effect.flip(Checkpoints.create("web", "first", options))
        expect(error).toMatchObject({ _tag: "RuntimeFailed", reason: "LockLost" })
        const forced = { ...options, force: true }
        expect(yield* Checkpoints.preflight("web", "first", forced)).toMatchObject({ possible: true })
        yield* Checkpoints.create("web", "first", forced)
        yield* Checkpoints.create("web", "second", forced)
      }), holding({ ...lock, mapped: true }))
  )

  it.effect(
    "tells a device that is too small",
    inWorld((control) =>
      Effect.gen(function* () {
        yield* control.faults.setCapacity(8000)
        const found = yield* Checkpoints.preflight("web", "first")
        expect(found).toMatchObject({ possible: false, bytes: 8192, findings: [{ reason: "NoSpace", stands: true }] })
        expect((yield* Effect.flip(Checkpoints.create("web", "first")))._tag).toBe("StorageFailed")
      }), holding())
  )

  it.effect(
    "fails as create does before it touches anything",
    inWorld(() =>
      Effect.gen(function* () {
        const tagOf = <A, E extends { readonly _tag: string }, R>(effect: Effect.Effect<A, E, R>) =>
          Effect.map(Effect.flip(effect), ({ _tag }) => _tag)
        yield* Checkpoints.create("web", "first", { leaveRunning: true })
        expect(yield* tagOf(Checkpoints.preflight("web", "first"))).toBe("CheckpointExists")
        expect(yield* tagOf(Checkpoints.preflight("web", "a/b"))).toBe("InvalidCheckpointName")
        expect(yield* tagOf(Checkpoints.preflight("web", "second", { checkpointDir: "x" })))
          .toBe("InvalidCheckpointDirectory")
        expect(yield* tagOf(Checkpoints.preflight("nobody"))).toBe("ContainerNotFound")
        expect(yield* tagOf(Checkpoints.preflight("web", "second", { tcpClose: true }))).toBe("OptionUnsupported")
        yield* Checkpoints.create("web", "last")
        expect(yield* tagOf(Checkpoints.preflight("web", "second"))).toBe("ContainerNotRunning")
      }), { ...holding(), unsupported: { tcpClose: "it has no connections" } })
  )
})
