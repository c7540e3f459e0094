// Lazy restore: the processes run at once, their memory comes in behind them, and what serves it is looked after.
import { rmSync, writeFileSync } from "node:fs"
import process from "node:process"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Checkpoints from "../../../src/effects/Checkpoints.ts"
import * as Oci from "../../../src/layers/oci/Oci.ts"
import * as KernelFile from "../../../src/layers/shared/KernelFile.ts"
import * as LabContainer from "./LabContainer.ts"
import { beginLazily, leftBehind, servers } from "./lazyServer.ts"

const pages = 65_536

/** Touches 256 MiB, each page its own, counts, and looks at every page when it is asked to. */
const touched = LabContainer.python(`
import threading
pages = ${pages}
memory = bytearray(pages * 4096)
for page in range(pages): memory[page * 4096:page * 4096 + 8] = page.to_bytes(8, 'little')
def look():
    while not os.path.exists('/tmp/look'): time.sleep(0.002)
    wrong = sum(memory[page * 4096:page * 4096 + 8] != page.to_bytes(8, 'little') for page in range(pages))
    with open('/tmp/looking', 'w') as f: f.write('%d wrong of %d' % (wrong, pages))
    os.rename('/tmp/looking', '/tmp/looked')
threading.Thread(target=look, daemon=True).start()`)

for (const runtime of LabContainer.runtimes) {
  describe(runtime, { timeout: 60_000 }, () => {
    it.scopedLive("it answers before its memory is in, every page is right, and the checkpoint stays until then", () =>
      Effect.gen(function* () {
        const container = yield* LabContainer.make({ runtime, programs: true, args: touched })
        yield* Effect.gen(function* () {
          yield* container.counted(3)
          yield* Checkpoints.create(container.id, "first")
          const { operation, seen, server } = yield* beginLazily(container.id)
          const held = seen.length
          // Should this process die, the server keeps the checkpoint until all of it is read.
          const open = (KernelFile.names(`/proc/${server}/fd`) ?? []).map((fd) =>
            KernelFile.link(`/proc/${server}/fd/${fd}`)
          )
          expect(open.filter((path) => path?.includes("lock"))).toHaveLength(2)
          const before = yield* container.count
          // It is let go for a moment at a time, until the program has answered.
          yield* LabContainer.poll(
            Effect.sync(() => process.kill(server, "SIGCONT")).pipe(
              Effect.zipRight(Effect.ensuring(container.count, Effect.sync(() => process.kill(server, "SIGSTOP"))))
            ),
            (count) => count > before
          )
          expect(yield* operation.state).toBe("running")
          const now = seen.at(-1)
          expect(now?.step).toBe("paging")
          expect(now?.bytes).toBeLessThan(now?.total ?? 0)
          const busy = yield* Effect.flip(Checkpoints.remove(container.id, "first", { wait: false }))
          expect(busy._tag).toBe("CheckpointBusy")
          writeFileSync(`/proc/${yield* container.pid}/root/tmp/look`, "")
          process.kill(server, "SIGCONT")
          const { checkpoint, state } = yield* operation.result
          expect(state).toBe("running")
          const paging = seen.filter(({ step }) => step === "paging").map(({ bytes }) => bytes)
          expect(seen.length).toBeGreaterThan(held)
          expect(paging).toEqual(paging.toSorted((one, other) => one - other))
          expect(paging.at(-1)).toBe(checkpoint.record?.bytes)
          const looked = yield* LabContainer.poll(container.file("/tmp/looked"), (text) => text !== "")
          expect(looked).toBe(`0 wrong of ${pages}`)
          expect(leftBehind(server)).toEqual([])
          expect(yield* Checkpoints.verify({ container: container.id, name: "first" })).toMatchObject({ problems: [] })
          yield* Checkpoints.remove(container.id, "first", { wait: false })
        }).pipe(Effect.provide(LabContainer.layerOf(container)))
      }))

    it.scopedLive("what serves the memory is killed: the container is not left on wrong memory, and can be restored again", () =>
      Effect.gen(function* () {
        const container = yield* LabContainer.make({ runtime, programs: true, args: touched })
        yield* Effect.gen(function* () {
          const count = yield* container.counted(3)
          yield* Checkpoints.create(container.id, "first")
          const { operation, server } = yield* beginLazily(container.id)
          const pid = yield* container.pid
          process.kill(server, "SIGKILL")
          const error = yield* Effect.flip(operation.result)
          expect(error).toMatchObject({ _tag: "RuntimeFailed", reason: "MemoryLost" })
          expect(error.message).toBe(
            `Cannot restore container ${container.id}: it was killed, for what brings its memory in behind it has ended ` +
              "too early (somebody ended it with SIGKILL); the checkpoint is whole; restore it again"
          )
          expect(KernelFile.exists(`/proc/${pid}`)).toBe(false)
          expect(leftBehind(server)).toEqual([])
          yield* Checkpoints.restore(container.id, "first", { lazyPages: true })
          yield* container.counted(count + 1)
          writeFileSync(`/proc/${yield* container.pid}/root/tmp/look`, "")
          const looked = yield* LabContainer.poll(container.file("/tmp/looked"), (text) => text !== "")
          expect(looked).toBe(`0 wrong of ${pages}`)
        }).pipe(Effect.provide(LabContainer.layerOf(container)))
      }))

    it.scopedLive("what serves the memory is killed while a container is rolled back: it is where it was", () =>
      Effect.gen(function* () {
        const container = yield* LabContainer.make({ runtime, programs: true, args: touched })
        yield* Effect.gen(function* () {
          yield* container.counted(3)
          yield* Checkpoints.create(container.id, "first", { leaveRunning: true })
          const later = yield* container.counted((yield* container.count) + 50)
          const { operation, server } = yield* beginLazily(container.id, { replace: true })
          process.kill(server, "SIGKILL")
          expect(yield* Effect.flip(operation.result)).toMatchObject({ reason: "MemoryLost" })
          expect(yield* container.count).toBeGreaterThanOrEqual(later)
          writeFileSync(`/proc/${yield* container.pid}/root/tmp/look`, "")
          const looked = yield* LabContainer.poll(container.file("/tmp/looked"), (text) => text !== "")
          expect(looked).toBe(`0 wrong of ${pages}`)
          expect(yield* Checkpoints.names(container.id)).toEqual(["first"])
          expect(leftBehind(server)).toEqual([])
        }).pipe(Effect.provide(LabContainer.layerOf(container)))
      }))

    it.scopedLive("one that was paused stays so while its memory comes in", () =>
      Effect.gen(function* () {
        const container = yield* LabContainer.make({ runtime, programs: true, args: touched })
        yield* Effect.gen(function* () {
          yield* container.counted(3)
          yield* container.bare("pause", container.id)
          const count = yield* container.count
          yield* Checkpoints.create(container.id, "first")
          const { state } = yield* Checkpoints.restore(container.id, "first", { lazyPages: true })
          expect(state).toBe("paused")
          expect(yield* container.count).toBe(count)
          yield* container.bare("resume", container.id)
          yield* container.counted(count + 1)
          writeFileSync(`/proc/${yield* container.pid}/root/tmp/look`, "")
          const looked = yield* LabContainer.poll(container.file("/tmp/looked"), (text) => text !== "")
          expect(looked).toBe(`0 wrong of ${pages}`)
        }).pipe(Effect.provide(LabContainer.layerOf(container)))
      }))

    it.scopedLive("what serves the memory of a paused one is killed: it is, too, though it does nothing by itself", () =>
      Effect.gen(function* () {
        const container = yield* LabContainer.make({ runtime, programs: true, args: touched })
        yield* Effect.gen(function* () {
          yield* container.counted(3)
          yield* container.bare("pause", container.id)
          yield* Checkpoints.create(container.id, "first")
          const { operation, server } = yield* beginLazily(container.id)
          const pid = yield* container.pid
          expect(KernelFile.exists(`/proc/${pid}`)).toBe(true)
          process.kill(server, "SIGKILL")
          expect(yield* Effect.flip(operation.result)).toMatchObject({ reason: "MemoryLost" })
          expect(KernelFile.exists(`/proc/${pid}`)).toBe(false)
          expect(leftBehind(server)).toEqual([])
        }).pipe(Effect.provide(LabContainer.layerOf(container)))
      }))

    it.scopedLive("a restore that fails leaves nothing that waits for it", () =>
      Effect.gen(function* () {
        const container = yield* LabContainer.make({ runtime, programs: true, args: touched })
        yield* Effect.gen(function* () {
          yield* container.counted(3)
          const { checkpoint } = yield* Checkpoints.create(container.id, "first")
          // The runtime fails before CRIU is called, and then CRIU fails after it has called the server.
          const program = `${container.folder}/program`
          writeFileSync(program, `#!/bin/sh\ncase "$*" in *" restore "*) exit 1;; esac\nexec ${runtime} "$@"\n`, {
            mode: 0o700
          })
          const uncalled = Checkpoints.restore(container.id, "first", { lazyPages: true }).pipe(
            Effect.match({ onFailure: ({ _tag }) => _tag, onSuccess: () => "restored" }),
            Effect.provide(Oci.layer({ ...container.config, program }))
          )
          expect(yield* uncalled).toBe("RuntimeFailed")
          expect(servers()).toEqual([])
          rmSync(`${checkpoint.path}/core-1.img`)
          const called = Checkpoints.restore(container.id, "first", { lazyPages: true }).pipe(
            Effect.match({ onFailure: ({ _tag }) => _tag, onSuccess: () => "restored" })
          )
          expect(yield* called).toBe("RuntimeFailed")
          expect(servers()).toEqual([])
        }).pipe(Effect.provide(LabContainer.layerOf(container)))
      }))
  })
}
