/**
 * Dumping a container through its task: the call, its progress, what it left, and what its failure means.
 *
 * The folders are given; publishing them is the caller's. After a failure the container goes on as it was.
 */
import type * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type { RuntimeFailed, RuntimeUnavailable, StorageFailed } from "../../domain/CheckpointError.ts"
import type { Container } from "../../domain/Container.ts"
import type { Dumped, DumpRequest } from "../../effects/Runtime.ts"
import * as Cgroup from "../shared/Cgroup.ts"
import * as CriuDump from "../shared/CriuDump.ts"
import * as CriuLog from "../shared/CriuLog.ts"
import * as OciSpec from "../shared/OciSpec.ts"
import * as OpenFiles from "../shared/OpenFiles.ts"
import * as Proc from "../shared/Proc.ts"
import type * as Process from "../shared/Process.ts"
import * as ContainerdBundle from "./ContainerdBundle.ts"
import { forget, pause, resume } from "./ContainerdLifecycle.ts"
import * as ContainerdOptions from "./ContainerdOptions.ts"
import { dockers, ofDocker } from "./ContainerdSettings.ts"
import { settle } from "./ContainerdSettle.ts"
import { type Containerd, current, failed, type Live, look, patiently, stateOf } from "./ContainerdTask.ts"
import * as Services from "./Services.ts"

/** Dumps a container. */
export const checkpoint = (
  containerd: Containerd,
  container: Container,
  request: DumpRequest
): Effect.Effect<Dumped, RuntimeUnavailable | RuntimeFailed | StorageFailed, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const { id } = container
    const live = yield* current(containerd, "checkpoint", container)
    const paused = stateOf(live) === "paused"
    const { runc, task } = live
    if (task.streams.terminal) yield* failed("checkpoint", id, "ConsoleMissing", ofTerminal)
    if (containerd.settings.namespace === dockers && request.options.leaveRunning !== true) {
      yield* failed("checkpoint", id, "Unsupported", ofDocker)
    }
    if (live.metadata.labels[restartLabel] === "running") {
      const detail =
        "containerd would start it cold when it is stopped, and take it for ended during a long checkpoint " +
        `(its label "${restartLabel}" is "running")`
      yield* failed(
        "checkpoint",
        id,
        "Unsupported",
        detail,
        `take the label away: ctr container label ${id} ${restartLabel}=`
      )
    }
    if (task.status === "unknown") yield* failed("checkpoint", id, "Busy", "its shim does not say what its streams are")
    const spec = yield* ContainerdBundle.keep(runc.bundle, task.streams, request.imagePath)
    if (request.after === "paused") yield* pause(containerd, container)
    const finished = yield* call(containerd, id, request).pipe(CriuDump.withProgress(request))
    const log = yield* CriuDump.readLog(`${request.workPath}/dump.log`)
    if (!(yield* CriuDump.succeeded(finished, log, request.imagePath))) {
      return yield* fail(containerd, live, paused, finished, log)
    }
    // containerd keeps the task of a container that has ended, and would start no other.
    if (request.after === "stopped") yield* Effect.ignore(forgetEnded(patiently(containerd), id))
    return {
      ...(yield* CriuDump.readStatistics(request.workPath)),
      files: spec === undefined ? [] : yield* OpenFiles.read(
        request.imagePath,
        (path) => OciSpec.onHost(spec, runc.bundle, runc.rootfs, path)
      ),
      warnings: [
        ...(spec === undefined ? ["the container's specification could not be read and is not kept"] : []),
        ...(finished.code === 0 ? [] : ["containerd or runc was ended before CRIU was, the dump is whole"])
      ]
    }
  })

/** Tried with containerd 1.7: CRIU brings the processes back, and the shim never has the terminal's other side. */
const ofTerminal = "it has a terminal, which containerd's shim cannot be handed at a restore; start it without one"

/** By it, containerd's restart monitor knows what is to run (containerd's `runtime/restart`, which `nerdctl run --restart` sets). */
const restartLabel = "containerd.io/restart.status"

/** The call as if it were a program: what containerd says against it is its output, and a lost connection its signal. */
const call = (
  { client, settings }: Containerd,
  id: string,
  request: DumpRequest
): Effect.Effect<Process.Finished, RuntimeFailed> =>
  Effect.gen(function* () {
    const options = ContainerdOptions.ofDump(request)
    const finished = (code: number, stderr: string, signal?: string): Process.Finished => ({
      code,
      signal,
      session: 0,
      stdout: "",
      stderr
    })
    const ended = yield* Effect.match(client.call(Services.checkpointTask, { id, options }), {
      onSuccess: () => finished(0, ""),
      onFailure: (error) => {
        const isLost = error._tag === "RuntimeUnavailable" || error.reason === "Lost" || wasKilled.test(error.detail)
        return finished(1, error.detail, isLost ? "lost" : undefined)
      }
    })
    // The shim goes on without containerd, and CRIU without runc.
    if (ended.code !== 0) yield* settle(settings.namespace, id)
    return ended
  })

/** How the shim tells that somebody has ended runc. */
const wasKilled = /exit status (137|143)|signal: (killed|terminated)/

/** The task of a container that its dump has ended. */
const forgetEnded = (containerd: Containerd, id: string) =>
  Effect.flatMap(
    look(containerd, id, "checkpoint"),
    (found) => stateOf(found) === "stopped" ? forget(containerd, "checkpoint", found.metadata) : Effect.void
  )

/** Lets a container go on past a shim that does not do it; whether it does. */
const thaw = ({ cgroup, pid, startTime }: Live["runc"]): boolean => {
  if (cgroup === undefined || !Proc.isAlive(pid, startTime)) return false
  if (Cgroup.isFrozen(cgroup)) Cgroup.thaw(cgroup)
  return !Cgroup.isFrozen(cgroup)
}

const fail = (
  impatient: Containerd,
  { metadata: { id }, runc }: Live,
  paused: boolean,
  finished: Process.Finished,
  log: string
) =>
  Effect.gen(function* () {
    const containerd = patiently(impatient)
    const container = { id, state: "paused" as const, labels: {}, identity: "" }
    const left: Array<string> = []
    const state = yield* Effect.orElseSucceed(Effect.map(look(containerd, id), stateOf), () => undefined)
    if (!paused && state === "paused") {
      const resumed = yield* Effect.either(resume(containerd, container))
      if (Either.isLeft(resumed) && !thaw(runc)) {
        left.push(`it stands still and could not be resumed (${resumed.left.message})`)
      }
    }
    // Nobody answers: the kernel lets it go on.
    if (!paused && state === undefined) thaw(runc)
    if (state === "stopped") left.push("it did not live through it")
    else if (CriuDump.isBroken(finished, log)) left.push(...yield* CriuDump.mendNetwork(runc.pid))
    const verdict = CriuDump.judge(finished, log, finished.stderr)
    return yield* failed(
      "checkpoint",
      id,
      verdict.reason,
      [verdict.detail, ...left].join("; "),
      verdict.hint,
      log === "" ? undefined : CriuLog.tail(log)
    )
  })
