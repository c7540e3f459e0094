/**
 * Restoring a container of Docker: what is looked at before anything is touched, the start that the daemon is asked for, and
 * what its failure means. The daemon owns the container afterwards as if it had started it.
 *
 * When it fails, the container is stopped.
 */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import type { ContainerMismatch } from "../../domain/CheckpointError.ts"
import type { Container } from "../../domain/Container.ts"
import * as Obstacle from "../../domain/Obstacle.ts"
import type { Disk } from "../../effects/Disk.ts"
import type { RestoreRequest, RuntimeError } from "../../effects/Runtime.ts"
import * as Cgroup from "../shared/Cgroup.ts"
import * as CriuLog from "../shared/CriuLog.ts"
import * as FreezeScript from "../shared/FreezeScript.ts"
import * as ImageChain from "../shared/ImageChain.ts"
import * as KernelFile from "../shared/KernelFile.ts"
import type { ApiError } from "./DockerApi.ts"
import { type DockerEngine, failed, path, refused } from "./DockerEngine.ts"
import { awaitStopped, current, pauseByDaemon, stop } from "./DockerLifecycle.ts"
import * as CriuConf from "./CriuConf.ts"
import * as HandedImages from "./HandedImages.ts"
import * as LayeredFile from "./LayeredFile.ts"
import * as RestoreLog from "./RestoreLog.ts"

/** Finds what would make the restore fail. */
export const checkRestore = (
  engine: DockerEngine,
  container: Container,
  { checkpoint }: Pick<RestoreRequest, "checkpoint" | "options">
): Effect.Effect<void, RuntimeError | ContainerMismatch> =>
  Effect.gen(function* () {
    if (container.state === "forgotten") {
      return yield* refused(
        "restore",
        container,
        "ContainerGone",
        "the Docker daemon has removed it, and starts no other in its place"
      )
    }
    const found = yield* engine.inspect("restore", container)
    if (found.HostConfig.AutoRemove) {
      const { detail, reason } = Obstacle.removedWhenStopped
      return yield* refused("restore", container, reason, detail, {
        hint: "make it anew without that (docker run --rm)"
      })
    }
    for (const { Destination: at, Source: source, Type: type } of found.Mounts) {
      if (type === "bind" && source !== "" && !KernelFile.exists(source)) {
        yield* refused("restore", container, "FileMissing", `the source "${source}" of its mount "${at}" is gone`, {
          hint: "put it back"
        })
      }
    }
    const changed = ImageChain.broken(checkpoint.path) ??
      LayeredFile.changed(checkpoint.record?.files ?? [], found)
    if (changed !== undefined) {
      yield* refused("restore", container, changed.reason, changed.detail, { hint: changed.hint })
    }
  })

/** Brings a container back. */
export const restore = (
  engine: DockerEngine,
  container: Container,
  request: RestoreRequest
): Effect.Effect<void, RuntimeError, FileSystem.FileSystem | Disk> =>
  Effect.gen(function* () {
    const freeze = request.after === "paused" ? yield* writeScript(engine.homeOf(container), container.id) : undefined
    yield* CriuConf.tell({
      ...CriuConf.needed(request.options),
      ...(freeze === undefined ? {} : { "action-script": freeze })
    })
    const handed = yield* HandedImages.make(`${container.root}/checkpoints`, request.checkpoint.path)
    const { log, value: status } = yield* RestoreLog.catching(
      logs(container),
      engine.api.postAtLength(path(container, "start"), { checkpoint: handed })
    ).pipe(
      Effect.mapError((ended) => explain(container, ended)),
      Effect.tapError(() => Effect.ignore(awaitStopped(engine, "restore", container)))
    )
    if (status === 304) yield* refused("restore", container, "Busy", "it was started by somebody else meanwhile")
    // The daemon says that it has started one that somebody else has started while it waited.
    if (log !== "" && CriuLog.ending(log) !== "Succeeded") yield* byLog(container, log)
    if (request.after === "paused") yield* keepPaused(engine, container, request)
  }).pipe(Effect.scoped)

/** Not in a folder that ends with the restore: CRIU of somebody else, which was told of the script, may come to it later. */
const writeScript = (home: string, id: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    yield* Effect.ignore(fs.makeDirectory(home, { recursive: true, mode: 0o700 }))
    return yield* FreezeScript.write(home, id)
  })

/**
 * Makes sure that a restored container is paused for the daemon as well, which takes it for running. Where it is frozen already,
 * it is kept so in a cgroup below its own meanwhile, for runc pauses nothing that is frozen. One that cannot be paused does not go
 * on.
 */
const keepPaused = (engine: DockerEngine, { process: _, ...container }: Container, request: RestoreRequest) =>
  Effect.gen(function* () {
    const frozen = FreezeScript.frozen(engine.homeOf(container))
    const { State: { Pid: pid } } = yield* current(engine, "restore", container)
    const release = frozen !== undefined && frozen === Cgroup.of(pid) ? Cgroup.keepFrozen(frozen) : () => {}
    yield* Effect.ensuring(pauseByDaemon(engine, container), Effect.sync(release))
    // A container with cgroups of its own has its first process in one of them, and is paused above it.
    if (frozen !== undefined && frozen !== Cgroup.of(pid)) Cgroup.thaw(frozen)
  }).pipe(Effect.tapError(() => Effect.ignore(stop(engine, container, request.lease))))

/** Where containerd's shim has CRIU write its log: that of the daemon's own containerd, and that of the machine's. */
const logs = ({ id, root }: Container): ReadonlyArray<string> => {
  const daemons = `${root?.replace(/\/containers\/[^/]+$/, "")}/containerd/daemon`
  return [daemons, "/var/lib/containerd"].map((state) =>
    `${state}/io.containerd.runtime.v2.task/moby/${id}/restore.log`
  )
}

const explain = (container: Container, { error, log }: { readonly error: ApiError; readonly log: string }) => {
  if (error._tag === "RuntimeUnavailable" || log === "" || CriuLog.ending(log) === "Succeeded") {
    return failed("restore", container)(error)
  }
  return byLog(container, log)
}

const byLog = (container: Container, log: string) => {
  const verdict = CriuLog.classify(log)
  return refused("restore", container, verdict.reason, verdict.detail, { hint: verdict.hint, log: CriuLog.tail(log) })
}
