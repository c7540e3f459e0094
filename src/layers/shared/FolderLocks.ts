/** The locks of a folder store: one for a container, one for each name in a directory, always in that order. */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as ExecutionStrategy from "effect/ExecutionStrategy"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Scope from "effect/Scope"
import { CheckpointBusy } from "../../domain/CheckpointError.ts"
import type { LockRequest } from "../../effects/CheckpointStore.ts"
import { Disk, type Lease } from "../../effects/Disk.ts"
import * as Annex from "./Annex.ts"
import { onClose } from "./onClose.ts"
import { containerLockPath, type FolderConfig, homePath, nameLockPath } from "./FolderLayout.ts"
import { storageFailed } from "./storageFailed.ts"

/** Holds what the request names until the scope closes. */
export const lock = (config: FolderConfig, request: LockRequest) =>
  Effect.gen(function* () {
    const { container, directory, name } = request
    const paths: Array<string> = []
    if (request.hold !== "name") {
      yield* Annex.makePrivate(homePath(config, container.id))
      paths.push(containerLockPath(config, container.id))
    }
    if (request.hold !== "container" && name !== undefined) {
      const annex = yield* Annex.make(directory)
      const path = nameLockPath(annex, name)
      yield* Annex.makePrivate(`${annex}/locks`)
      paths.push(path)
    }
    const leases = Option.getOrUndefined(yield* holdAtOnce(paths)) ??
      (yield* Effect.forEach(paths, (path) => hold(path, request)))
    const [only] = paths
    if (request.hold === "name" && only !== undefined) {
      // Held for a removal, and still held when this runs: the lock file goes with its checkpoint. Elsewhere it
      // stays, for a process that inherited the lock may hold it longer than we do.
      const fs = yield* FileSystem.FileSystem
      yield* onClose(Effect.ignore(fs.remove(only)))
    }
    return { descriptors: leases.flatMap((lease) => lease.descriptors) } satisfies Lease
  })

/**
 * Several locks together, where all of them are free: none is waited for, so that the order does not matter. Else
 * none is held afterwards.
 */
const holdAtOnce = (paths: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    if (paths.length < 2) return Option.none()
    const disk = yield* Disk
    const scope = yield* Scope.fork(yield* Effect.scope, ExecutionStrategy.sequential)
    const leases = yield* Effect.forEach(
      paths,
      (path) => Effect.mapError(disk.lock(path, false), storageFailed("lock", path)),
      { concurrency: "unbounded" }
    ).pipe(Scope.extend(scope))
    const all = Option.all(leases)
    if (Option.isNone(all)) yield* Scope.close(scope, Exit.void)
    return all
  })

const hold = (path: string, { container, name, wait }: LockRequest) =>
  Effect.gen(function* () {
    const disk = yield* Disk
    const lease = yield* Effect.mapError(disk.lock(path, wait), storageFailed("lock", path))
    return yield* Option.match(lease, {
      onSome: Effect.succeed,
      onNone: () =>
        Effect.fail(
          new CheckpointBusy({
            container: container.name ?? container.id,
            ...(name === undefined ? {} : { checkpoint: name })
          })
        )
    })
  })
