/**
 * The server of a lazy restore: `criu lazy-pages` beside the restored processes brings their memory in behind them, and ends when
 * all of it is there.
 *
 * It is supervised here and never signalled. What becomes of a container whose server died is for the world that
 * restored it: until then its processes may have read zeros where memory was missing.
 */
import { connect } from "node:net"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import { RuntimeFailed, type StorageFailed } from "../../domain/CheckpointError.ts"
import type { Lease } from "../../effects/Disk.ts"
import type { CriuProgram } from "./CriuCapabilities.ts"
import * as CriuLog from "./CriuLog.ts"
import * as KernelFile from "./KernelFile.ts"
import { onClose } from "./onClose.ts"
import * as Process from "./Process.ts"
import { storageFailed } from "./storageFailed.ts"

/** What is served. */
export interface Request extends CriuProgram {
  readonly imagePath: string
  /** The work path of the restore: CRIU looks for the server there. It has to stay until the scope is closed. */
  readonly workPath: string
  /** Is inherited, so that the checkpoint is not removed before all of it is read. */
  readonly lease: Lease
}

/** A server that runs. */
export interface LazyPages {
  readonly pid: number
  /** How many bytes of memory it has read so far; it only rises. */
  readonly bytes: () => number
  /** Waits until it has ended: all memory is in, or the processes that wanted it have ended. */
  readonly allIn: Effect.Effect<void, ServerEnded>
}

/** The server has ended before its time. */
export class ServerEnded extends Data.TaggedError("ServerEnded")<{
  /** Why, from its log or by its signal. */
  readonly verdict: CriuLog.Verdict
  /** The last lines of its log. */
  readonly log: string
}> {}

/**
 * Starts the server and waits until a restore can find it. The scope's close waits for its end; one that no restore ever came
 * to is given an empty call, on which it ends.
 */
export const serve = (
  request: Request
): Effect.Effect<LazyPages, ServerEnded | StorageFailed, FileSystem.FileSystem | Scope.Scope> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const ready = `${request.workPath}/${readyFile}`
    const status = yield* Effect.mapError(
      fs.open(ready, { flag: "w", mode: 0o600 }),
      storageFailed("open", ready)
    )
    let pid = 0
    const server = yield* Effect.forkDaemon(Process.run({
      program: request.criu,
      args: argsOf(request),
      env: request.env,
      lease: { descriptors: [...request.lease.descriptors, status.fd] },
      output: "null",
      onStart: (started) => {
        pid = started
      }
    }))
    yield* onClose(dismiss(server, () => pid))
    const ended = (finished: Process.Finished) => endedBy(finished, request.workPath)
    const end = Effect.flatMap(
      Fiber.await(server),
      Effect.matchEffect({
        onFailure: (error) => Effect.fail(notStarted(error)),
        onSuccess: (finished) => finished.code === 0 ? Effect.void : Effect.fail(ended(finished))
      })
    )
    // CRIU writes one byte when it can be called.
    while ((KernelFile.fileSize(ready)?.size ?? 0) === 0 && Option.isNone(yield* Fiber.poll(server))) {
      yield* Effect.sleep(2)
    }
    if (Option.isSome(yield* Fiber.poll(server))) yield* end
    return { pid, bytes: readerOf(pid), allIn: end }
  }).pipe(Effect.uninterruptible)

/** A restore that has failed because the server ended under it: the processes are gone, the checkpoint is not. */
export const memoryLost = (runtime: string, container: string, { log, verdict }: ServerEnded): RuntimeFailed =>
  new RuntimeFailed({
    operation: "restore",
    container,
    runtime,
    reason: "MemoryLost",
    detail: `it was killed, for what brings its memory in behind it has ended too early (${verdict.detail}); ` +
      "the checkpoint is whole",
    hint: "restore it again",
    ...(log === "" ? {} : { log })
  })

/** Whether the kernel lets memory be brought in behind processes that are not the machine's root's. */
export const servesAnybody = (): boolean => KernelFile.read("/proc/sys/vm/unprivileged_userfaultfd")?.trim() === "1"

const logFile = "lazy-pages.log"
const readyFile = "lazy-pages.ready"

// Below level 3, CRIU writes no times into its log, and one line for each read above it.
const argsOf = ({ imagePath, lease, workPath }: Request) => [
  "lazy-pages",
  "--images-dir",
  imagePath,
  "--work-dir",
  workPath,
  "--log-file",
  logFile,
  "-v3",
  "--status-fd",
  String(3 + lease.descriptors.length)
]

/** Ends a server that waits for its first call, by calling and saying nothing, and waits for the end of any. */
const dismiss = (server: Fiber.Fiber<unknown, unknown>, pid: () => number) =>
  Effect.gen(function* () {
    // By its own folder: the path of a socket has room for 107 bytes.
    if (Option.isNone(yield* Fiber.poll(server))) yield* call(`/proc/${pid()}/cwd/lazy-pages.socket`)
    yield* Fiber.await(server)
  })

const call = (socket: string) =>
  Effect.async<void>((resume) => {
    const calling = connect({ path: socket })
    calling.once("connect", () => calling.destroy())
    // Nobody listens: a restore has called before, or the server has ended.
    calling.once("error", () => {})
    calling.once("close", () => resume(Effect.void))
  })

const endedBy = ({ code, signal }: Process.Finished, workPath: string): ServerEnded => {
  const log = KernelFile.read(`${workPath}/${logFile}`) ?? ""
  const verdict: CriuLog.Verdict = signal === undefined
    ? log === "" ? { reason: "Unknown", detail: `CRIU ended with code ${code}` } : CriuLog.classify(log)
    : { reason: "CriuKilled", detail: `somebody ended it with ${signal}` }
  return new ServerEnded({ verdict, log: CriuLog.tail(log) })
}

const notStarted = ({ detail, program }: Process.NotStarted): ServerEnded =>
  new ServerEnded({ verdict: { reason: "Unknown", detail: `"${program}" could not be started: ${detail}` }, log: "" })

/** Counts from here on: what CRIU reads before it is ready are the small images. */
const readerOf = (pid: number): () => number => {
  const read = () => Number(/^rchar: (\d+)$/m.exec(KernelFile.read(`/proc/${pid}/io`) ?? "")?.[1] ?? 0)
  const before = read()
  let last = 0
  return () => {
    last = Math.max(last, read() - before)
    return last
  }
}
