/**
 * Dumping a container with runc or crun: the call, its progress, what it left, and what its failure means.
 *
 * The folders are given; publishing them is the caller's. After a failure the container goes on as it was.
 */
import type * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { RuntimeFailed, type RuntimeUnavailable, type StorageFailed } from "../../domain/CheckpointError.ts"
import type { Container } from "../../domain/Container.ts"
import type { Dumped, DumpRequest } from "../../effects/Runtime.ts"
import * as CriuDump from "../shared/CriuDump.ts"
import * as CriuLog from "../shared/CriuLog.ts"
import * as OpenFiles from "../shared/OpenFiles.ts"
import type * as Process from "../shared/Process.ts"
import * as OciCall from "./OciCall.ts"
import * as OciCommand from "./OciCommand.ts"
import { readState, stateOf } from "./OciContainerStore.ts"
import { current, forget, pause, resume } from "./OciLifecycle.ts"
import * as OciOwner from "./OciOwner.ts"
import type { OciSettings } from "./OciSettings.ts"
import * as OciSpec from "../shared/OciSpec.ts"
import type { OciState } from "../shared/OciState.ts"
import { keepSpec } from "./OciBundle.ts"

/** Dumps a container; `trackMemory` where the kernel can, or nothing could build on it. */
export const checkpoint = (
  settings: OciSettings,
  container: Container,
  request: DumpRequest,
  trackMemory: boolean
): Effect.Effect<Dumped, RuntimeUnavailable | RuntimeFailed | StorageFailed, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const state = yield* current(settings, "checkpoint", container)
    const paused = stateOf(settings, state) === "paused"
    if (request.after === "paused") yield* pause(settings, container, request.lease)
    const owner = OciOwner.ofProcess(state.pid)
    const spec = yield* keepSpec(settings, state, request.imagePath)
    const command = OciCommand.checkpoint(settings.runtime, {
      id: container.id,
      imagePath: request.imagePath,
      workPath: request.workPath,
      ...(request.parentPath === undefined ? {} : { parentPath: request.parentPath }),
      leaveRunning: request.after !== "stopped",
      trackMemory,
      options: request.options
    })
    const finished = yield* OciCall.runWithCriu(settings, command, request.workPath, {
      lease: request.lease,
      output: "capture"
    }).pipe(CriuDump.withProgress(request))
    const log = yield* CriuDump.readLog(`${request.workPath}/dump.log`)
    if (!(yield* CriuDump.succeeded(finished, log, request.imagePath))) {
      return yield* fail(settings, state, paused, request, finished, log)
    }
    if (request.after === "stopped") yield* Effect.ignore(forgetEnded(settings, state, request))
    // What cannot be given now is given before a restore.
    yield* Effect.ignore(OciOwner.give(owner, request.imagePath))
    return {
      ...(yield* CriuDump.readStatistics(request.workPath)),
      files: spec === undefined ? [] : yield* OpenFiles.read(
        request.imagePath,
        (path) => OciSpec.onHost(spec, state.bundle, state.rootfs, path)
      ),
      warnings: [
        ...(spec === undefined ? ["the container's specification could not be read and is not kept"] : []),
        ...(finished.code === 0 ? [] : [`${settings.runtime} was ended before CRIU was, the dump is whole`])
      ]
    }
  })

/** A runtime that stops a container in the dump may keep its state. */
const forgetEnded = (settings: OciSettings, state: OciState, request: DumpRequest) =>
  Effect.suspend(() =>
    readState(settings, state.id) !== undefined && stateOf(settings, state) === "stopped"
      ? forget(settings, "checkpoint", state, request.lease)
      : Effect.void
  )

const fail = (
  settings: OciSettings,
  state: OciState,
  paused: boolean,
  request: DumpRequest,
  finished: Process.Finished,
  log: string
) =>
  Effect.gen(function* () {
    const container = { id: state.id, state: "paused" as const, labels: {}, identity: "" }
    const left: Array<string> = []
    if (!paused && stateOf(settings, state) === "paused") {
      const resumed = yield* Effect.either(resume(settings, container, request.lease))
      if (Either.isLeft(resumed)) left.push(`it stands still and could not be resumed (${resumed.left.message})`)
    }
    if (stateOf(settings, state) === "stopped") left.push("it did not live through it")
    else if (CriuDump.isBroken(finished, log)) left.push(...yield* CriuDump.mendNetwork(state.pid))
    const verdict = CriuDump.judge(finished, log, OciCall.complaint(finished.stderr))
    return yield* new RuntimeFailed({
      operation: "checkpoint",
      container: state.id,
      runtime: settings.runtime,
      reason: verdict.reason,
      detail: [verdict.detail, ...left].join("; "),
      ...(verdict.hint === undefined ? {} : { hint: verdict.hint }),
      ...(log === "" ? {} : { log: CriuLog.tail(log) })
    })
  })
