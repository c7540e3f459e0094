/**
 * Restoring a container of Docker: what is looked at before anything is touched, the start that the daemon is asked for, and
 * what its failure means. The daemon owns the container afterwards as if it had started it.
 *
 * When it fails, the container is stopped.
 */
import type * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import type { ContainerMismatch } from "../../domain/CheckpointError.ts"
import type { Container } from "../../domain/Container.ts"
import type { Disk, Lease } from "../../effects/Disk.ts"
import type { RestoreRequest, RuntimeError } from "../../effects/Runtime.ts"
import * as CriuLog from "../shared/CriuLog.ts"
import * as ImageChain from "../shared/ImageChain.ts"
import * as KernelFile from "../shared/KernelFile.ts"
import type { ApiError } from "./DockerApi.ts"
import { type DockerEngine, failed, path, refused } from "./DockerEngine.ts"
import { awaitStopped, pause, stop } from "./DockerLifecycle.ts"
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
    yield* CriuConf.tell(CriuConf.needed(request.options))
    const handed = yield* HandedImages.make(`${container.root}/checkpoints`, request.checkpoint.path)
    yield* RestoreLog.catching(
      logs(container),
      engine.api.post(path(container, "start"), { checkpoint: handed })
    ).pipe(
      Effect.mapError((ended) => explain(container, ended)),
      Effect.tapError(() => Effect.ignore(awaitStopped(engine, "restore", container)))
    )
    if (request.after === "paused") yield* keepPaused(engine, container, request.lease)
  }).pipe(Effect.scoped)

/** The daemon lets it run for a moment; one that cannot be paused does not go on. */
const keepPaused = (engine: DockerEngine, { process: _, ...container }: Container, lease: Lease) =>
  Effect.tapError(pause(engine, container), () => Effect.ignore(stop(engine, container, lease)))

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
  const verdict = CriuLog.classify(log)
  return refused("restore", container, verdict.reason, verdict.detail, { hint: verdict.hint, log: CriuLog.tail(log) })
}
