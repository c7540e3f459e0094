/**
 * Dumping a container of Docker: by the runtime beneath the daemon straight into the folder that is given, or, where that
 * cannot be reached, by the daemon's own API.
 *
 * The folders are given; publishing them is the caller's. After a failure the container goes on as it was.
 */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schedule from "effect/Schedule"
import { OptionUnsupported, RuntimeFailed } from "../../domain/CheckpointError.ts"
import { type CreateOptions, criuOptions } from "../../domain/CheckpointOptions.ts"
import * as Obstacle from "../../domain/Obstacle.ts"
import type { Container } from "../../domain/Container.ts"
import type { Disk } from "../../effects/Disk.ts"
import type { Dumped, DumpRequest, PreDumpRequest, RuntimeError } from "../../effects/Runtime.ts"
import * as CriuLog from "../shared/CriuLog.ts"
import * as CriuDump from "../shared/CriuDump.ts"
import * as KernelFile from "../shared/KernelFile.ts"
import { storageFailed } from "../shared/storageFailed.ts"
import type { ApiError, ApiFailed } from "./ApiFailed.ts"
import { type DockerEngine, failed, path, refused, type RuntimeBeneath, runtimeName } from "./DockerEngine.ts"
import * as CriuConf from "./CriuConf.ts"
import { awaitStopped, current, isFrozen, pause, resume } from "./DockerLifecycle.ts"
import * as RestartPolicy from "./RestartPolicy.ts"
import * as SeenProcess from "./SeenProcess.ts"

/** Dumps a container. */
export const checkpoint = (
  engine: DockerEngine,
  container: Container,
  request: DumpRequest
): Effect.Effect<Dumped, RuntimeError, FileSystem.FileSystem | Disk> =>
  Effect.gen(function* () {
    const { HostConfig, State } = yield* current(engine, "checkpoint", container)
    yield* SeenProcess.required("checkpoint", container, State.Pid)
    if (HostConfig.AutoRemove && request.options.leaveRunning !== true) yield* goesWithItsStop(container)
    const beneath = yield* engine.beneath(container)
    if (Option.isNone(beneath)) yield* checkDaemonsOptions(request.options)
    const dump: Effect.Effect<Dumped, RuntimeError, FileSystem.FileSystem | Disk> = Option.isSome(beneath)
      ? byRuntime(beneath.value, container, request)
      : byDaemon(engine, container, request)
    if (request.after === "stopped") {
      return yield* RestartPolicy.putAside(
        engine,
        "checkpoint",
        container,
        Effect.zipLeft(dump, awaitStopped(engine, "checkpoint", container, State.Pid))
      )
    }
    if (request.after === "running" || isFrozen(container, State)) return yield* dump
    yield* pause(engine, container)
    return yield* Effect.onError(dump, () => Effect.ignore(resume(engine, container, request.lease)))
  })

/** Copies the memory of a container that goes on. */
export const preDump = (
  engine: DockerEngine,
  container: Container,
  request: PreDumpRequest
): Effect.Effect<void, RuntimeError, FileSystem.FileSystem | Disk> =>
  Effect.gen(function* () {
    const beneath = yield* engine.beneath(container)
    if (Option.isNone(beneath)) return yield* daemonHasNot("preDump")
    yield* CriuConf.awaitUntold
    yield* beneath.value.runtime.preDump(container, request)
  })

const byRuntime = ({ name, runtime }: RuntimeBeneath, container: Container, request: DumpRequest) =>
  Effect.mapBoth(Effect.zipRight(CriuConf.awaitUntold, runtime.checkpoint(container, request)), {
    onSuccess: (dumped): Dumped => ({ ...dumped, beneath: name }),
    // The runtime knows no names.
    onFailure: (error) =>
      error._tag === "RuntimeFailed"
        ? new RuntimeFailed({ ...error, container: container.name ?? container.id })
        : error
  })

/** The daemon makes the folder itself, and takes one that is there for a checkpoint of that name. */
const byDaemon = (engine: DockerEngine, container: Container, request: DumpRequest) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const { imagePath } = request
    const slash = imagePath.lastIndexOf("/")
    yield* Effect.mapError(fs.remove(imagePath, { recursive: true }), storageFailed("make way at", imagePath))
    yield* engine.api.postAtLength(path(container, "checkpoints"), {}, {
      CheckpointID: imagePath.slice(slash + 1),
      CheckpointDir: imagePath.slice(0, slash),
      Exit: request.after === "stopped"
    }).pipe(
      // It stores its specification by digest, too, and takes the one of an earlier checkpoint for a failure until that is swept.
      Effect.retry({ while: isStoredAlready, schedule: Schedule.spaced("250 millis"), times: 40 }),
      Effect.mapError((error) => error._tag === "ApiFailed" ? explain(container, error) : error),
      CriuDump.withProgress(request),
      Effect.onError(() => Effect.ignore(fs.makeDirectory(imagePath, { recursive: true, mode: 0o700 })))
    )
    return { files: [], warnings: [] } satisfies Dumped
  })

/** moby issue 42900 */
const isStoredAlready = (error: ApiError): boolean =>
  error._tag === "ApiFailed" && /content sha256:\w+: already exists/.test(error.message)

/** The daemon names the file that CRIU's log was kept in, and says no more of the reason. */
const explain = (container: Container, error: ApiFailed) => {
  const log = KernelFile.read(/path= ?(\/\S+\.log)/.exec(error.message)?.[1] ?? "") ?? ""
  if (log === "") {
    const otherwise = failed("checkpoint", container)(error)
    return otherwise
  }
  const verdict = CriuLog.classify(log)
  return refused("checkpoint", container, verdict.reason, verdict.detail, {
    hint: verdict.hint,
    log: CriuLog.tail(log)
  })
}

/** Refuses what the daemon has no word for. */
const checkDaemonsOptions = (options: CreateOptions): Effect.Effect<void, OptionUnsupported> => {
  const asked = Object.entries({
    ...criuOptions(options),
    preDump: options.preDump,
    parentPath: options.parentPath
  }).find(([, value]) => value !== undefined && value !== false)
  return asked === undefined ? Effect.void : daemonHasNot(asked[0])
}

const daemonHasNot = (option: string) =>
  new OptionUnsupported({
    option,
    runtime: runtimeName,
    detail: "the runtime beneath the Docker daemon cannot be reached, and the daemon's own API has no such option",
    supportedBy: []
  })

/** Forced or not: the one copy of the container would be lost. */
const goesWithItsStop = (container: Container) => {
  const { detail, hint, reason } = Obstacle.removedWhenStopped
  return refused("checkpoint", container, reason, detail, { hint })
}
