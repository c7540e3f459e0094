/**
 * Dumping a container with runc or crun: the call, its progress, what it left, and what its failure means.
 *
 * The folders are given; publishing them is the caller's. After a failure the container goes on as it was.
 */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Fiber from "effect/Fiber"
import * as StatsDump from "../../domain/image/StatsDump.ts"
import { RuntimeFailed, type RuntimeUnavailable, type StorageFailed } from "../../domain/CheckpointError.ts"
import type { Container } from "../../domain/Container.ts"
import type { Statistics } from "../../domain/Statistics.ts"
import type { Dumped, DumpRequest } from "../../effects/Runtime.ts"
import * as CriuLog from "../shared/CriuLog.ts"
import * as NetworkLock from "../shared/NetworkLock.ts"
import * as Proc from "../shared/Proc.ts"
import type * as Process from "../shared/Process.ts"
import * as OciCall from "./OciCall.ts"
import * as OciCommand from "./OciCommand.ts"
import { readState, stateOf } from "./OciContainerStore.ts"
import { current, forget, pause, resume } from "./OciLifecycle.ts"
import { openFiles } from "./OciOpenFiles.ts"
import * as OciOwner from "./OciOwner.ts"
import type { OciSettings } from "./OciSettings.ts"
import type { OciState } from "./OciState.ts"
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
    }).pipe(withProgress(request))
    const log = yield* readLog(`${request.workPath}/dump.log`)
    if (!(yield* succeeded(finished, log, request.imagePath))) {
      return yield* fail(settings, state, paused, request, finished, log)
    }
    if (request.after === "stopped") yield* Effect.ignore(forgetEnded(settings, state, request))
    // What cannot be given now is given before a restore.
    yield* Effect.ignore(OciOwner.give(owner, request.imagePath))
    return {
      ...(yield* readStatistics(`${request.workPath}/stats-dump`)),
      files: yield* openFiles(state, spec, request.imagePath),
      warnings: [
        ...(spec === undefined ? ["the container's specification could not be read and is not kept"] : []),
        ...(finished.code === 0 ? [] : [`${settings.runtime} was ended before CRIU was, the dump is whole`])
      ]
    }
  })

/** The runtime's word, or, where somebody ended the runtime, CRIU's own. */
const succeeded = (finished: Process.Finished, log: string, imagePath: string) =>
  Effect.gen(function* () {
    if (finished.code !== 0 && (finished.signal === undefined || CriuLog.ending(log) !== "Succeeded")) return false
    const fs = yield* FileSystem.FileSystem
    return yield* Effect.orElseSucceed(fs.exists(`${imagePath}/inventory.img`), () => false)
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
    const broken = finished.signal !== undefined || (log !== "" && CriuLog.ending(log) === "Broken")
    const container = { id: state.id, state: "paused" as const, labels: {}, identity: "" }
    const left: Array<string> = []
    if (!paused && stateOf(settings, state) === "paused") {
      const resumed = yield* Effect.either(resume(settings, container, request.lease))
      if (Either.isLeft(resumed)) left.push(`it stands still and could not be resumed (${resumed.left.message})`)
    }
    if (stateOf(settings, state) === "stopped") left.push("it did not live through it")
    else if (broken) left.push(...yield* mendNetwork(state))
    const verdict = yield* judge(finished, log, broken)
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

/** A CRIU that was ended in the middle leaves the container without a network. */
const mendNetwork = (state: OciState): Effect.Effect<ReadonlyArray<string>> =>
  Effect.suspend(() =>
    Proc.sharesNetwork(state.pid) === true
      ? Effect.succeed(["rules of CRIU that drop packets of its connections may be left in the firewall"])
      : Effect.map(
        NetworkLock.unlock(`/proc/${state.pid}/ns/net`),
        (unlocked) =>
          unlocked ? [] : ["CRIU's rules that drop its packets are left in the firewall of its network namespace"]
      )
  )

const judge = (finished: Process.Finished, log: string, broken: boolean): Effect.Effect<CriuLog.Verdict> => {
  if (log === "") {
    return Effect.succeed({
      reason: "Unknown",
      detail: OciCall.complaint(finished.stderr) ?? `it ended with code ${finished.code} and CRIU wrote no log`
    })
  }
  const verdict = CriuLog.classify(log)
  return Effect.succeed(
    broken && verdict.reason === "Unknown"
      ? { reason: "CriuKilled", detail: "CRIU was ended in the middle by somebody else" }
      : verdict
  )
}

const readLog = (path: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    return yield* Effect.orElseSucceed(fs.readFileString(path), () => "")
  })

const readStatistics = (
  path: string
): Effect.Effect<{ readonly statistics?: Statistics }, never, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const bytes = yield* Effect.option(fs.readFile(path))
    const decoded = bytes._tag === "None" ? undefined : StatsDump.decode(bytes.value)
    return decoded !== undefined && Either.isRight(decoded) ? { statistics: decoded.right } : {}
  })

/** Tells, while the dump runs, how many bytes of memory are in the images. */
const withProgress = (request: DumpRequest) => <A, E, R>(dump: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const look = Effect.gen(function* () {
      yield* Effect.sleep(50)
      const names = yield* fs.readDirectory(request.imagePath)
      const pages = names.filter((name) => name.startsWith("pages-"))
      const sizes = yield* Effect.forEach(pages, (name) => fs.stat(`${request.imagePath}/${name}`))
      const bytes = sizes.reduce((sum, info) => sum + Number(info.size), 0)
      yield* request.report({ step: "dumping", bytes, total: 0 })
    })
    const watch = yield* Effect.fork(Effect.interruptible(Effect.forever(Effect.ignore(look))))
    return yield* Effect.ensuring(dump, Fiber.interrupt(watch))
  })
