/**
 * Restoring a process tree with CRIU: what is looked at before anything is started, the call, and what its failure means. When
 * it fails, nothing of the tree is left.
 */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { Checkpoint } from "../../domain/Checkpoint.ts"
import {
  OptionUnsupported,
  RuntimeFailed,
  type RuntimeUnavailable,
  type StorageFailed
} from "../../domain/CheckpointError.ts"
import type { Container, ProcessIdentity } from "../../domain/Container.ts"
import type { Disk } from "../../effects/Disk.ts"
import type { RestoreRequest } from "../../effects/Runtime.ts"
import * as CriuDump from "../shared/CriuDump.ts"
import * as CriuLog from "../shared/CriuLog.ts"
import * as ImageChain from "../shared/ImageChain.ts"
import * as KernelFile from "../shared/KernelFile.ts"
import * as LazyPages from "../shared/LazyPages.ts"
import { onClose } from "../shared/onClose.ts"
import * as OpenFiles from "../shared/OpenFiles.ts"
import type * as Process from "../shared/Process.ts"
import * as RestoreProgress from "../shared/RestoreProgress.ts"
import { storageFailed } from "../shared/storageFailed.ts"
import * as CriuCall from "./CriuCall.ts"
import * as CriuCommand from "./CriuCommand.ts"
import { type CriuSettings, runtimeName } from "./CriuSettings.ts"
import * as KeptRegistration from "./KeptRegistration.ts"
import * as OwnPids from "./OwnPids.ts"
import * as ProcessRegistry from "./ProcessRegistry.ts"
import * as ProcessTree from "./ProcessTree.ts"
import type { Registration } from "./Registration.ts"
import * as RestoreImages from "./RestoreImages.ts"
import * as Restoring from "./Restoring.ts"
import * as Streams from "./Streams.ts"

type Subject = Pick<RestoreRequest, "checkpoint" | "options">
type RestoreError = RuntimeUnavailable | RuntimeFailed | StorageFailed

/** Finds what would make the restore fail. */
export const checkRestore = (
  container: Container,
  { checkpoint, options }: Subject
): Effect.Effect<void, RuntimeFailed | OptionUnsupported, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const kept = Option.getOrUndefined(yield* KeptRegistration.read(checkpoint.path))
    const ending = container.process === undefined ? [] : ProcessTree.ids(container.process)
    const verdict = ImageChain.broken(checkpoint.path) ??
      (RestoreImages.hasMounts(checkpoint.path)
        ? undefined
        : yield* RestoreImages.missingFile(checkpoint.path, Streams.paths(kept))) ??
      OpenFiles.changed(checkpoint.record?.files ?? []) ??
      noTerminal(checkpoint, options) ??
      (hasOwnPids(kept, options) ? undefined : yield* RestoreImages.takenPid(checkpoint.path, ending))
    if (kept?.ownNamespace === true && options.criu?.newPids === true) {
      return yield* new OptionUnsupported({
        option: "newPids",
        runtime: runtimeName,
        detail: "its pid namespace is in the checkpoint and comes back with it, leave the option out",
        supportedBy: []
      })
    }
    if (verdict !== undefined) return yield* failed(container, verdict)
  })

/** A namespace of their own is theirs again unless it is said otherwise; one that was dumped with them is no matter of ours. */
const isNewPids = (kept: Registration | undefined, { criu }: RestoreRequest["options"]): boolean =>
  criu?.newPids ?? kept?.newPids === true

const hasOwnPids = (kept: Registration | undefined, options: RestoreRequest["options"]): boolean =>
  kept?.ownNamespace === true || isNewPids(kept, options)

/** Brings a process tree back. */
export const restore = (
  settings: CriuSettings,
  container: Container,
  request: RestoreRequest
): Effect.Effect<void, RestoreError, FileSystem.FileSystem | Disk> =>
  Effect.gen(function* () {
    const { after, checkpoint, lease, options, workPath } = request
    const kept = yield* KeptRegistration.read(checkpoint.path)
    const terminal = yield* Streams.openTerminal(options.criu?.terminal)
    const known = yield* ProcessRegistry.read(settings, container.id)
    const streams = Option.getOrUndefined(Option.orElse(kept, () => known))
    yield* Streams.make(streams)
    const newPids = isNewPids(Option.getOrUndefined(kept), options)
    const restoring = Restoring.begin(ProcessRegistry.file(settings, container.id), newPids)
    yield* forget(restoring)
    const fs = yield* FileSystem.FileSystem
    yield* onClose(Effect.ignore(Effect.provideService(forget(restoring), FileSystem.FileSystem, fs)))
    yield* intend(settings, container, Option.orElse(known, () => kept), restoring)
    const args = CriuCommand.restore({
      imagePath: checkpoint.path,
      workPath,
      pidFile: restoring.pidFile,
      after: after === "paused" ? "stopped" : "running",
      unprivileged: CriuCall.isUnprivileged(),
      options
    })
    const pages = options.lazyPages === true ? yield* serve(settings, container, request) : undefined
    const finished = yield* RestoreProgress.whileRestoring(request.report, (onStart) =>
      CriuCall.run(settings, args, {
        lease,
        streams: terminal === undefined ? {} : { stdin: terminal, stdout: terminal, stderr: terminal },
        ...(newPids
          ? {
            wrap: (call: CriuCall.Call) => OwnPids.wrap(call, workPath, restoring.pidFile, lease.descriptors.length)
          }
          : {}),
        onStart
      }))
    const root = finished.code === 0 ? Restoring.restored(restoring) : undefined
    if (root === undefined) {
      const left = yield* RestoreImages.started(
        checkpoint.path,
        restoring.since,
        newPids ? finished.session : undefined
      )
      yield* ProcessTree.killAll(left)
      return yield* fail(container, workPath, finished)
    }
    yield* register(settings, container, Option.orElse(kept, () => known), root, newPids).pipe(
      Effect.zipRight(after === "paused" ? ProcessTree.stop(root, container.id) : Effect.void),
      Effect.zipRight(pages === undefined ? Effect.void : bringIn(container, request, pages)),
      Effect.tapError(() => Effect.ignore(ProcessTree.kill(root, container.id)))
    )
  }).pipe(Effect.scoped)

/** Notes what is about to be done, so that whoever looks after this process was ended finds the tree that CRIU restored. */
const intend = (
  settings: CriuSettings,
  { id, identity }: Container,
  before: Option.Option<Registration>,
  restoring: Restoring.Restoring
) =>
  Option.match(before, {
    onNone: () => Effect.void,
    onSome: (known) => ProcessRegistry.write(settings, { ...known, id, identity, restoring })
  })

const forget = ({ pidFile }: Restoring.Restoring) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    yield* Effect.mapError(fs.remove(pidFile, { force: true }), storageFailed("remove", pidFile))
  })

const serve = (settings: CriuSettings, container: Container, { checkpoint, lease, workPath }: RestoreRequest) =>
  LazyPages.serve({ criu: settings.criu, env: settings.env, imagePath: checkpoint.path, workPath, lease }).pipe(
    Effect.catchTag(
      "ServerEnded",
      ({ log, verdict }) =>
        failed(container, { ...verdict, detail: `its memory cannot be served: ${verdict.detail}` }, log)
    )
  )

/** Waits until all memory is in. */
const bringIn = (container: Container, { checkpoint, report }: RestoreRequest, pages: LazyPages.LazyPages) =>
  Effect.mapError(
    RestoreProgress.whilePaging(report, pages, checkpoint.record?.bytes ?? 0),
    (ended) => LazyPages.memoryLost(runtimeName, container.id, ended)
  )

/** The tree is known by its name again, also where that was forgotten since. */
const register = (
  settings: CriuSettings,
  { id, identity, image }: Container,
  kept: Option.Option<Registration>,
  process: ProcessIdentity,
  newPids: boolean
) =>
  Effect.gen(function* () {
    const { streams } = Option.getOrElse(kept, (): Partial<Registration> => ({}))
    yield* ProcessRegistry.write(settings, {
      version: 1,
      id,
      identity,
      process,
      ...(image === undefined ? {} : { program: image }),
      ...(streams === undefined ? {} : { streams }),
      ...(newPids ? { newPids } : {})
    })
  })

const noTerminal = (checkpoint: Checkpoint, options: RestoreRequest["options"]): CriuLog.Verdict | undefined => {
  const terminal = options.criu?.terminal
  if (terminal !== undefined) {
    return KernelFile.exists(terminal)
      ? undefined
      : { reason: "ConsoleMissing", detail: `there is no terminal "${terminal}" to attach it to` }
  }
  return options.shellJob === true && RestoreImages.hasTerminal(checkpoint.path)
    ? {
      reason: "ConsoleMissing",
      detail: "it has a terminal, which has to be given another one",
      hint: 'use option "terminal"'
    }
    : undefined
}

const fail = (container: Container, workPath: string, finished: Process.Finished) =>
  Effect.gen(function* () {
    const log = yield* CriuDump.readLog(`${workPath}/restore.log`)
    const complaint = CriuCall.complaint(finished)
    const verdict = finished.code === 0
      ? { reason: "ContainerGone" as const, detail: "its root process ended at once after the restore" }
      : log === ""
      ? { reason: "Unknown" as const, detail: complaint ?? `CRIU ended with code ${finished.code}` }
      : CriuLog.classify(log)
    return yield* failed(container, verdict, log)
  })

const failed = (container: Container, verdict: CriuLog.Verdict, log = "") =>
  new RuntimeFailed({
    operation: "restore",
    container: container.id,
    runtime: runtimeName,
    ...verdict,
    ...(log === "" ? {} : { log: CriuLog.tail(log) })
  })
