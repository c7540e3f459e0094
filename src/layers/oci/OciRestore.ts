/**
 * Restoring a container with runc or crun: what is looked at before anything is touched, the call, and what its
 * failure means. When it fails, no container of the id is left.
 */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import {
  OptionUnsupported,
  RuntimeFailed,
  type RuntimeUnavailable,
  type StorageFailed
} from "../../domain/CheckpointError.ts"
import type { Checkpoint } from "../../domain/Checkpoint.ts"
import type { Container } from "../../domain/Container.ts"
import type { Lease } from "../../effects/Disk.ts"
import type { RestoreRequest } from "../../effects/Runtime.ts"
import * as Cgroup from "../shared/Cgroup.ts"
import * as CriuLog from "../shared/CriuLog.ts"
import * as FreezeScript from "../shared/FreezeScript.ts"
import * as ImageChain from "../shared/ImageChain.ts"
import * as KernelFile from "../shared/KernelFile.ts"
import * as LazyPages from "../shared/LazyPages.ts"
import * as OpenFiles from "../shared/OpenFiles.ts"
import * as Proc from "../shared/Proc.ts"
import type * as Process from "../shared/Process.ts"
import * as RestoreProgress from "../shared/RestoreProgress.ts"
import * as RestoreRoot from "../shared/RestoreRoot.ts"
import { storageFailed } from "../shared/storageFailed.ts"
import * as OciBundle from "./OciBundle.ts"
import * as OciCall from "./OciCall.ts"
import * as OciCommand from "./OciCommand.ts"
import { clear, current, pause } from "./OciLifecycle.ts"
import * as OciForeign from "./OciForeign.ts"
import * as OciOwner from "./OciOwner.ts"
import type { OciSettings } from "./OciSettings.ts"
import * as OciStreams from "./OciStreams.ts"
import * as OciSpec from "../shared/OciSpec.ts"
import type { OciState } from "../shared/OciState.ts"

type Subject = Pick<RestoreRequest, "checkpoint" | "options">

/** Finds what would make the restore fail. */
export const checkRestore = (
  settings: OciSettings,
  container: Container,
  subject: Subject
): Effect.Effect<void, RuntimeFailed | OptionUnsupported> =>
  Effect.gen(function* () {
    const { checkpoint, options } = subject
    const fail = (reason: RuntimeFailed["reason"], detail: string, hint?: string) =>
      Effect.fail(failed(settings, container, reason, detail, hint))
    const found = yield* OciBundle.findSpec(bundleOf(container, subject), checkpoint.path).pipe(
      Effect.catchAll((detail) => fail("FileMissing", detail, "name another bundle"))
    )
    if (options.lazyPages === true && OciOwner.ofSpec(found.spec) !== undefined && !LazyPages.servesAnybody()) {
      yield* new OptionUnsupported({
        option: "lazyPages",
        runtime: settings.runtime,
        detail: "the kernel lets no root of a user namespace wait for its memory (vm.unprivileged_userfaultfd)",
        supportedBy: []
      })
    }
    const root = OciSpec.rootOf(found.spec, found.bundle)
    if (!KernelFile.isFolder(root)) {
      yield* fail("FileMissing", `its root file system "${root}" is gone`, "name another bundle")
    }
    for (const { path, what } of OciSpec.hostPaths(found.spec, found.bundle)) {
      if (!KernelFile.exists(path)) {
        yield* fail(what.endsWith("namespace") ? "NamespaceMissing" : "FileMissing", `its ${what} "${path}" is gone`)
      }
    }
    const changed = ImageChain.broken(checkpoint.path) ??
      (options.oci?.bundle === undefined ? OpenFiles.changed(checkpoint.record?.files ?? []) : undefined)
    if (changed !== undefined) yield* fail(changed.reason, changed.detail, changed.hint)
    yield* OciStreams.check(settings.runtime, pipesOf(checkpoint), options.oci ?? {})
    if (found.spec.process?.terminal === true && options.oci?.consoleSocket === undefined) {
      yield* fail(
        "ConsoleMissing",
        "it has a terminal, which has to be handed to someone",
        'use option "consoleSocket"'
      )
    }
    const kept = OciBundle.keptSpec(checkpoint.path)
    const then = kept?.linux?.cgroupsPath ?? "the default"
    const now = found.spec.linux?.cgroupsPath ?? "the default"
    if (kept !== undefined && then !== now) {
      yield* fail(
        "ExternalResource",
        `its cgroup is another one now (${now}, was ${then}), and CRIU would put it into the former`,
        "restore it with the cgroup path that it had"
      )
    }
  })

/** Brings a container back. */
export const restore = (
  settings: OciSettings,
  container: Container,
  request: RestoreRequest
): Effect.Effect<void, RuntimeUnavailable | RuntimeFailed | StorageFailed, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const { checkpoint, lease, options, workPath } = request
    const found = yield* OciBundle.findSpec(bundleOf(container, request), checkpoint.path).pipe(
      Effect.mapError((detail) => failed(settings, container, "FileMissing", detail, "name another bundle"))
    )
    yield* OciBundle.putBack(found)
    yield* clear(settings, "restore", container.id, lease, isReplaced(container))
    yield* sweepBundle(settings, container, found.bundle)
    yield* OciOwner.letIn(OciOwner.ofSpec(found.spec), checkpoint.path)
    const command = OciCommand.restore(settings.runtime, {
      id: container.id,
      imagePath: checkpoint.path,
      workPath,
      bundle: found.bundle,
      options
    })
    const freeze = request.after === "paused" ? yield* FreezeScript.write(workPath) : undefined
    const criu = freeze === undefined ? command.criu : { ...command.criu, "action-script": freeze }
    const pages = options.lazyPages === true ? yield* serve(settings, container, request) : undefined
    const since = Proc.ticks()
    const undo = Effect.zipRight(
      clearRestored(settings, container, request, since),
      Effect.ignore(sweepBundle(settings, container, found.bundle))
    )
    const finished = yield* RestoreProgress.whileRestoring(
      request.report,
      (onStart) =>
        OciCall.runWithCriu(settings, { ...command, criu }, workPath, {
          lease,
          // The container inherits the streams: what the runtime has to say goes to a file.
          output: "null",
          log: `${workPath}/runtime.log`,
          wrap: (call) =>
            OciStreams.wrap(call, pipesOf(checkpoint), options.oci ?? {}, workPath, lease.descriptors.length),
          onStart
        })
    )
    if (finished.code === 0) {
      const rest = request.after === "paused" ? keepPaused(settings, container, workPath, lease) : Effect.void
      const memory = pages === undefined ? Effect.void : bringIn(settings, container, request, pages)
      return yield* Effect.tapError(Effect.zipRight(rest, memory), () => undo)
    }
    yield* undo
    return yield* Effect.flatMap(
      judge(settings, finished, workPath),
      (verdict) => Effect.fail(failed(settings, container, verdict.reason, verdict.detail, verdict.hint, verdict.log))
    )
  }).pipe(Effect.scoped)

/** Whether it is the container that was seen to run, and is to be replaced. */
const isReplaced = ({ process }: Container) => (state: OciState): boolean =>
  state.pid === process?.pid && state.startTime === process.startTime

/** Clears what a restore has left, and kills only what CRIU has made since it began: by its own log. */
const clearRestored = (
  settings: OciSettings,
  container: Container,
  { lease, workPath }: RestoreRequest,
  since: number
): Effect.Effect<void> =>
  Effect.ignore(
    clear(settings, "restore", container.id, lease, ({ pid, startTime }) =>
      startTime >= Math.floor(since) &&
      CriuLog.made(KernelFile.read(`${workPath}/restore.log`) ?? "").some(({ real }) => real === pid))
  )

/** Takes away what a crun that was ended in the middle of a restore has left in its bundle. */
const sweepBundle = (settings: OciSettings, container: Container, bundle: string) =>
  Effect.gen(function* () {
    if (settings.runtime !== "crun" || !RestoreRoot.isThere(bundle)) return
    if (!(yield* OciForeign.settleBundle(settings, bundle))) {
      yield* failed(settings, container, "Busy", `somebody else has crun restore from its bundle "${bundle}"`)
    }
    if (!(yield* RestoreRoot.sweep(bundle))) {
      const detail = `a root file system is mounted in its bundle "${bundle}", and cannot be let go of`
      yield* failed(settings, container, "Busy", detail, 'unmount its folder "criu-root"')
    }
  })

/** Makes sure that a restored container is paused the way that its runtime does it; one that cannot be does not go on. */
const keepPaused = (settings: OciSettings, { process: _, ...container }: Container, workPath: string, lease: Lease) =>
  Effect.gen(function* () {
    yield* pause(settings, container, lease)
    // A container with cgroups of its own has its first process in one of them, and is paused above it.
    const frozen = FreezeScript.frozen(workPath)
    const state = yield* current(settings, "restore", container)
    if (frozen !== undefined && frozen !== state.cgroup) {
      const fs = yield* FileSystem.FileSystem
      const path = `${frozen}/cgroup.freeze`
      yield* Effect.mapError(fs.writeFileString(path, "0", { flag: "r+" }), storageFailed("thaw", path))
    }
  })

const serve = (settings: OciSettings, container: Container, { checkpoint, lease, workPath }: RestoreRequest) =>
  LazyPages.serve({ criu: settings.criu, env: settings.env, imagePath: checkpoint.path, workPath, lease }).pipe(
    Effect.catchTag(
      "ServerEnded",
      ({ log, verdict: { detail, hint, reason } }) =>
        Effect.fail(failed(settings, container, reason, `its memory cannot be served: ${detail}`, hint, log))
    )
  )

/** Waits until all memory is in. Where that ends too early, the processes go no further on memory that is not theirs. */
const bringIn = (
  settings: OciSettings,
  { process: _, ...container }: Container,
  request: RestoreRequest,
  pages: LazyPages.LazyPages
) => {
  const freeze = Effect.map(current(settings, "restore", container), ({ cgroup }) => {
    if (cgroup !== undefined) Cgroup.freeze(cgroup)
  })
  const allIn = Effect.tapError(pages.allIn, () => Effect.ignore(freeze))
  return RestoreProgress.whilePaging(request.report, { ...pages, allIn }, request.checkpoint.record?.bytes ?? 0).pipe(
    Effect.mapError((ended) => LazyPages.memoryLost(settings.runtime, container.id, ended))
  )
}

const bundleOf = (container: Container, { checkpoint, options }: Subject): string | undefined =>
  options.oci?.bundle ?? checkpoint.record?.container?.bundle ?? container.bundle

const pipesOf = (checkpoint: Checkpoint) =>
  OciStreams.parse(KernelFile.read(`${checkpoint.path}/${OciStreams.descriptorsName}`))

const judge = (settings: OciSettings, finished: Process.Finished, workPath: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const log = yield* Effect.orElseSucceed(fs.readFileString(`${workPath}/restore.log`), () => "")
    const own = yield* Effect.orElseSucceed(fs.readFileString(`${workPath}/runtime.log`), () => "")
    const verdict: CriuLog.Verdict & { readonly log?: string } = log === ""
      ? { reason: "Unknown", detail: OciCall.complaint(own) ?? `${settings.runtime} ended with code ${finished.code}` }
      : { ...CriuLog.classify(log), log: CriuLog.tail(log) }
    return verdict
  })

const failed = (
  settings: OciSettings,
  container: Container,
  reason: RuntimeFailed["reason"],
  detail: string,
  hint?: string,
  log?: string
) =>
  new RuntimeFailed({
    operation: "restore",
    container: container.id,
    runtime: settings.runtime,
    reason,
    detail,
    ...(hint === undefined ? {} : { hint }),
    ...(log === undefined ? {} : { log })
  })
