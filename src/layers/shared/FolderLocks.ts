/** The locks of a folder store: one for a container, one for each name in a directory, always in that order. */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { CheckpointBusy } from "../../domain/CheckpointError.ts"
import type { LockRequest } from "../../effects/CheckpointStore.ts"
import { Disk, type Lease } from "../../effects/Disk.ts"
import * as Annex from "./Annex.ts"
import { containerLockPath, type FolderConfig, homePath, nameLockPath } from "./FolderLayout.ts"
import { storageFailed } from "./storageFailed.ts"

/** Holds what the request names until the scope closes. */
export const lock = (config: FolderConfig, request: LockRequest) =>
  Effect.gen(function* () {
    const { container, directory, name } = request
    const descriptors: Array<number> = []
    if (request.hold !== "name") {
      yield* Annex.makePrivate(homePath(config, container.id))
      descriptors.push(...(yield* hold(containerLockPath(config, container.id), request)).descriptors)
    }
    if (request.hold !== "container" && name !== undefined) {
      const annex = yield* Annex.make(directory)
      const path = nameLockPath(annex, name)
      yield* Annex.makePrivate(`${annex}/locks`)
      const lease = yield* hold(path, request)
      if (request.hold === "name") {
        // Held for a removal, and still held when this runs: the lock file goes with its checkpoint. Elsewhere it
        // stays, for a process that inherited the lock may hold it longer than we do.
        const fs = yield* FileSystem.FileSystem
        yield* Effect.addFinalizer(() => Effect.ignore(fs.remove(path)))
      }
      descriptors.push(...lease.descriptors)
    }
    return { descriptors } satisfies Lease
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
