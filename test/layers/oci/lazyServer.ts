/** Holding what serves the memory of a lazy restore, in the midst of it. */
import process from "node:process"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { RestoreOptions } from "../../../src/domain/CheckpointOptions.ts"
import type { Progress } from "../../../src/domain/Progress.ts"
import * as Checkpoints from "../../../src/effects/Checkpoints.ts"
import * as KernelFile from "../../../src/layers/shared/KernelFile.ts"
import * as Proc from "../../../src/layers/shared/Proc.ts"

/** Begins a lazy restore and, when its processes run, holds the server of their memory. */
export const beginLazily = (id: string, options: RestoreOptions = {}) =>
  Effect.gen(function* () {
    const operation = yield* Checkpoints.beginRestore(id, "first", { ...options, lazyPages: true })
    const seen = new Array<Progress>()
    const held = yield* Deferred.make<number>()
    yield* Effect.fork(Stream.runForEach(operation.progress, (progress) =>
      Effect.suspend(() => {
        seen.push(progress)
        const [server] = servers()
        if (progress.step !== "paging" || server === undefined) return Effect.void
        if (!Effect.runSync(Deferred.isDone(held))) process.kill(server, "SIGSTOP")
        return Deferred.succeed(held, server)
      })))
    const server = yield* Deferred.await(held)
    // A test that fails in the midst leaves none that stands still.
    yield* Effect.addFinalizer(() => Effect.sync(() => servers().includes(server) && process.kill(server, "SIGCONT")))
    return { operation, seen, server }
  })

/** The processes that serve memory for this one. */
export const servers = () =>
  Proc.descendants(process.pid).filter((pid) => (KernelFile.read(`/proc/${pid}/cmdline`) ?? "").includes("lazy-pages"))

/** What is still there of a server: itself, or others, or a socket that one listens on. */
export const leftBehind = (server: number): ReadonlyArray<number | string> => [
  ...servers(),
  ...(KernelFile.exists(`/proc/${server}`) ? [server] : []),
  ...(KernelFile.read("/proc/net/unix") ?? "").split("\n").filter((line) => line.includes("lazy-pages"))
]
