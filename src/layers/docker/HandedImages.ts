/**
 * A checkpoint as the daemon is handed it for a restore: a folder among the container's checkpoints that holds links to the
 * images and nothing else.
 *
 * The daemon packs what it is handed into an archive, stores that by its digest, and unpacks it for the runtime: of 1 GiB,
 * that takes 15 s, and a second archive of the same digest is refused (moby issue 42900). Links are packed in no time, and
 * CRIU follows them. They are relative, with more steps up than any folder has: CRIU opens some of the images when its root is
 * the container's already, and only a way that begins at the folder itself leads to the machine's files from there.
 */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { StorageFailed } from "../../domain/CheckpointError.ts"
import { Disk } from "../../effects/Disk.ts"
import { randomId } from "../../effects/Operation.ts"
import { storageFailed } from "../shared/storageFailed.ts"

/** Makes such a folder, gone with the scope; its name is given. Those that were left by processes that were killed go first. */
export const make = (
  checkpoints: string,
  images: string
): Effect.Effect<string, StorageFailed, FileSystem.FileSystem | Disk | Scope.Scope> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const disk = yield* Disk
    yield* sweep(checkpoints)
    const name = `${prefix}${yield* randomId}`
    const folder = `${checkpoints}/${name}`
    yield* Effect.acquireRelease(
      Effect.mapError(fs.makeDirectory(folder, { recursive: true, mode: 0o700 }), storageFailed("make folder", folder)),
      () => Effect.ignore(fs.remove(folder, { recursive: true, force: true }))
    )
    const entries = yield* Effect.mapError(disk.entries(images), storageFailed("read", images))
    yield* Effect.forEach(
      entries.filter((entry) => !ours.includes(entry.name)),
      (entry) =>
        Effect.mapError(
          fs.symlink(`${up}${images}/${entry.name}`, `${folder}/${entry.name}`),
          storageFailed("link", `${folder}/${entry.name}`)
        ),
      { discard: true }
    )
    return name
  })

/** Removes what was handed to the daemon by processes that are gone. The caller holds the container. */
export const sweep = (checkpoints: string): Effect.Effect<void, never, FileSystem.FileSystem | Disk> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const disk = yield* Disk
    const entries = yield* Effect.orElseSucceed(disk.entries(checkpoints), () => [])
    for (const { name } of entries.filter((entry) => entry.name.startsWith(prefix))) {
      yield* Effect.ignore(fs.remove(`${checkpoints}/${name}`, { recursive: true, force: true }))
    }
  })

/** Begins with a dot: no checkpoint can have such a name. */
const prefix = ".stasis-restore-"

/** What is beside the images, for us. */
const ours: ReadonlyArray<string> = ["config.json", "spec.json", "seal.json"]

/** More steps up than a temporary folder has: at the top, one more leads nowhere else. */
const up = "..".concat("/..".repeat(63))
