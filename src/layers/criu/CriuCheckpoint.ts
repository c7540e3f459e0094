/**
 * Dumping a process tree with CRIU: the call, what it left, and what its failure means.
 *
 * The folders are given; publishing them is the caller's. After a failure the tree goes on as it was.
 */
import type * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { RuntimeFailed, type RuntimeUnavailable, type StorageFailed } from "../../domain/CheckpointError.ts"
import type { Container, ProcessIdentity } from "../../domain/Container.ts"
import type { Disk } from "../../effects/Disk.ts"
import type { Dumped, DumpRequest, PreDumpRequest } from "../../effects/Runtime.ts"
import * as ConnectionLock from "../shared/ConnectionLock.ts"
import * as CriuDump from "../shared/CriuDump.ts"
import * as CriuLog from "../shared/CriuLog.ts"
import * as OpenFiles from "../shared/OpenFiles.ts"
import * as Proc from "../shared/Proc.ts"
import type * as Process from "../shared/Process.ts"
import * as CriuCall from "./CriuCall.ts"
import * as CriuConnections from "./CriuConnections.ts"
import * as CriuCommand from "./CriuCommand.ts"
import { type CriuSettings, runtimeName } from "./CriuSettings.ts"
import { current } from "./CriuLifecycle.ts"
import * as KeptRegistration from "./KeptRegistration.ts"
import * as ProcessRegistry from "./ProcessRegistry.ts"
import * as ProcessTree from "./ProcessTree.ts"
import * as RestoreImages from "./RestoreImages.ts"

type CheckpointError = RuntimeUnavailable | RuntimeFailed | StorageFailed

/** Dumps a process tree; `trackMemory` where the kernel can, or nothing could build on it. */
export const checkpoint = (
  settings: CriuSettings,
  container: Container,
  request: DumpRequest,
  trackMemory: boolean
): Effect.Effect<Dumped, CheckpointError, FileSystem.FileSystem | Disk> =>
  Effect.gen(function* () {
    const registration = yield* current(settings, "checkpoint", container)
    const { process: root } = registration
    const paused = ProcessTree.isStopped(root)
    const held = ProcessTree.held(root)
    // Whoever lets the tree go on, if need be after this process is gone, has to know which of them had stopped by themselves.
    if (request.after === "paused" && !paused && held.length + (registration.held ?? []).length > 0) {
      yield* ProcessRegistry.write(settings, { ...registration, held })
    }
    const place = CriuCall.placeOf(root.pid)
    const args = CriuCommand.dump({
      pid: place.pid,
      imagePath: request.imagePath,
      workPath: request.workPath,
      ...(request.parentPath === undefined ? {} : { parentPath: request.parentPath }),
      // What has been stopped is put back as it was by CRIU, and its connections are let go on.
      after: request.after === "stopped" ? "ended" : request.after === "paused" && !paused ? "stopped" : "running",
      trackMemory,
      unprivileged: CriuCall.isUnprivileged(),
      options: request.options
    })
    const { held: _, restoring: __, ...known } = registration
    const kept = { ...known, ...(CriuCall.isFirstOfItsOwn(root.pid) ? { ownNamespace: true } : {}) }
    // Before CRIU is started: where the dump stops the tree, whoever publishes it may be another one.
    yield* KeptRegistration.write(request.imagePath, kept)
    const keepsConnections = request.after === "stopped" && request.options.tcpEstablished === true
    const before = keepsConnections ? yield* ConnectionLock.held : []
    const connections = keepsConnections ? yield* CriuConnections.of(ProcessTree.pids(root), root.pid) : undefined
    const finished = yield* CriuCall.run(settings, args, { lease: request.lease, beside: place.beside }).pipe(
      CriuDump.withProgress(request)
    )
    const log = yield* CriuDump.readLog(`${request.workPath}/dump.log`)
    if (!(yield* CriuDump.succeeded(finished, log, request.imagePath))) {
      return yield* fail(container, root, paused ? undefined : held, finished, log)
    }
    if (request.after === "stopped") yield* Proc.awaitEnd(root.pid, root.startTime)
    if (connections !== undefined) {
      const locks = (yield* ConnectionLock.held).filter((one) => !before.includes(one) && connections(one))
      if (locks.length > 0) yield* KeptRegistration.write(request.imagePath, { ...kept, locks })
    }
    yield* ProcessRegistry.writeIfMissing(settings, registration)
    const { streams } = registration
    const files = registration.newPids === true || Proc.sharesNamespace(root.pid, "mnt") !== false
      ? yield* OpenFiles.read(request.imagePath, (path) => RestoreImages.onHost(path))
      : []
    return {
      ...(yield* CriuDump.readStatistics(request.workPath)),
      // Our own files of its output may grow, and are made anew.
      files: files.filter(({ path }) => path !== streams?.stdout && path !== streams?.stderr),
      warnings: finished.code === 0 ? [] : ["what started CRIU was ended before CRIU was, the dump is whole"]
    }
  })

/** Copies the memory of a tree that goes on. */
export const preDump = (
  settings: CriuSettings,
  container: Container,
  request: PreDumpRequest
): Effect.Effect<void, CheckpointError, FileSystem.FileSystem | Disk> =>
  Effect.gen(function* () {
    const { process: root } = yield* current(settings, "pre-dump", container)
    const place = CriuCall.placeOf(root.pid)
    const { imagePath, options, workPath } = request
    const args = CriuCommand.preDump({
      pid: place.pid,
      imagePath,
      workPath,
      unprivileged: CriuCall.isUnprivileged(),
      options
    })
    const finished = yield* CriuCall.run(settings, args, { lease: request.lease, beside: place.beside })
    if (finished.code !== 0) {
      const log = yield* CriuDump.readLog(`${workPath}/dump.log`)
      return yield* failed("pre-dump", container, CriuDump.judge(finished, log, CriuCall.complaint(finished)), log)
    }
  })

/** @param held what had stopped by itself; `undefined` where all of the tree had */
const fail = (
  container: Container,
  root: ProcessIdentity,
  held: ReadonlyArray<ProcessIdentity> | undefined,
  finished: Process.Finished,
  log: string
) =>
  Effect.gen(function* () {
    const left: Array<string> = []
    if (held !== undefined) {
      const resumed = yield* Effect.either(ProcessTree.resume(root, held, container.id))
      if (Either.isLeft(resumed)) left.push(`it stands still and could not be resumed (${resumed.left.message})`)
    }
    if (!ProcessTree.lives(root)) left.push("it did not live through it")
    else if (CriuDump.isBroken(finished, log)) left.push(...yield* CriuDump.mendNetwork(root.pid))
    const verdict = CriuDump.judge(finished, log, CriuCall.complaint(finished))
    return yield* failed("checkpoint", container, { ...verdict, detail: [verdict.detail, ...left].join("; ") }, log)
  })

const failed = (operation: "checkpoint" | "pre-dump", container: Container, verdict: CriuLog.Verdict, log: string) =>
  new RuntimeFailed({
    operation,
    container: container.id,
    runtime: runtimeName,
    ...verdict,
    ...(log === "" ? {} : { log: CriuLog.tail(log) })
  })
