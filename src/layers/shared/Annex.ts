/**
 * The annex of a checkpoint directory: a folder on the same file system, out of sight of whoever lists the
 * directory, for what is not a checkpoint yet or no longer, and for the locks of names.
 *
 * It lies beside the directory where a rename from there works, else inside it.
 */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { CheckpointDirectory } from "../../domain/CheckpointDirectory.ts"
import { split } from "../../domain/CheckpointDirectory.ts"
import { StorageFailed } from "../../domain/CheckpointError.ts"
import { Disk } from "../../effects/Disk.ts"
import { annexBeside, annexInside } from "./FolderLayout.ts"
import { errno, storageFailed } from "./storageFailed.ts"

/** The annex of a directory, if it has one. Makes nothing. */
export const find = (directory: CheckpointDirectory) =>
  Effect.gen(function* () {
    const disk = yield* Disk
    for (const path of [annexInside(directory), annexBeside(directory)]) {
      const info = yield* disk.inspect(path)
      if (Option.isSome(info)) {
        return info.value.kind === "Directory" && (info.value.mode & 0o022) === 0
          ? Option.some(path)
          : yield* insecure(path)
      }
    }
    return Option.none<string>()
  }).pipe(Effect.catchTags(platformTags("look for the annex of", directory)))

/** The annex of a directory, made where it is missing; so is the directory. Both are of mode 0700 when made. */
export const make = (directory: CheckpointDirectory) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    // An annex does not prove that its directory is there: that can have been deleted since, or not have been synced.
    yield* makePrivate(directory)
    const found = yield* find(directory)
    if (Option.isSome(found)) return found.value
    const beside = annexBeside(directory)
    const reachable = split(directory).base.length > 200 ? false : yield* makePrivate(beside).pipe(
      Effect.zipRight(probe(fs, beside, directory)),
      Effect.catchTag("StorageFailed", () => Effect.succeed(false))
    )
    if (reachable) return beside
    yield* makePrivate(annexInside(directory))
    yield* Effect.ignore(Effect.flatMap(Disk, (disk) => disk.removeEmpty(beside)))
    return annexInside(directory)
  })

/** Makes a folder and those above it, of mode 0700, where they are missing. */
export const makePrivate = (path: string) =>
  Effect.flatMap(FileSystem.FileSystem, (fs) => fs.makeDirectory(path, { recursive: true, mode: 0o700 })).pipe(
    Effect.mapError(storageFailed("make folder", path))
  )

/**
 * Makes the way to a folder durable: any folder on it may have been made just now, by us or by another process.
 * One that we may not open was not made by us, and is passed over.
 */
export const syncAncestors = (path: string): Effect.Effect<void, never, Disk> =>
  Effect.flatMap(
    Disk,
    (disk) => Effect.forEach(ancestors(path), (one) => Effect.ignore(disk.sync(one)), { discard: true })
  )

const ancestors = (path: string): ReadonlyArray<string> => {
  const parent = path.slice(0, path.lastIndexOf("/"))
  return parent === "" ? ["/"] : [parent, ...ancestors(parent)]
}

/** Whether a folder can be renamed from the annex into the directory: a bind mount can stand between the two. */
const probe = (fs: FileSystem.FileSystem, annex: string, directory: CheckpointDirectory) =>
  Effect.gen(function* () {
    const disk = yield* Disk
    const name = ".stasis-probe"
    yield* Effect.ignore(fs.makeDirectory(`${annex}/${name}`, { mode: 0o700 }))
    const renamed = yield* Effect.either(fs.rename(`${annex}/${name}`, `${directory}/${name}`))
    yield* Effect.ignore(disk.removeEmpty(`${directory}/${name}`))
    yield* Effect.ignore(disk.removeEmpty(`${annex}/${name}`))
    // Another process that probes at the same time takes ours away: what counts is that nothing says EXDEV.
    return renamed._tag === "Right" || errno(renamed.left) === "ENOENT"
  })

const insecure = (path: string) =>
  new StorageFailed({
    operation: "use folder",
    path,
    reason: "Insecure",
    detail: "it is a link, no folder, or can be written by others; move it away after a look at it"
  })

const platformTags = (operation: string, path: string) => {
  const map = storageFailed(operation, path)
  return {
    SystemError: (error: Parameters<typeof map>[0]) => Effect.fail(map(error)),
    BadArgument: (error: Parameters<typeof map>[0]) => Effect.fail(map(error))
  }
}
