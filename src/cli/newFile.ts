/** A file that a command is told to write: a new one that only its owner may read, since it has the memory of a process. */
import type { PlatformError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import type * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { StorageFailed } from "../domain/CheckpointError.ts"
import { storageFailed } from "../layers/shared/storageFailed.ts"
import * as FileBeside from "./fileBeside.ts"

/** Writes bytes at a place in the file, and what lies between is a hole. */
export interface NewFile {
  readonly write: (position: number, bytes: Uint8Array) => Effect.Effect<void, StorageFailed>
  /** Makes the file this long; it is whole. */
  readonly end: (length: number) => Effect.Effect<void, StorageFailed>
}

/**
 * Makes a file of the mode 0600, in place of one that is there only where `force` says so, and then not before its end: the file that
 * is there may be all that anyone has. What is no plain file, a device or a pipe, is written to as it is.
 */
export const make = (
  path: string,
  force: boolean
): Effect.Effect<NewFile, StorageFailed, FileSystem.FileSystem | Path.Path | Scope.Scope> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    if (force && (yield* FileBeside.isSpecial(path))) {
      return newFile(yield* fs.open(path, { flag: "w" }), path, () => Effect.void)
    }
    if (!force) {
      const file = yield* fs.open(path, { flag: "wx", mode: 0o600 })
      return newFile(file, path, (length) => file.truncate(length))
    }
    const { file, replace } = yield* FileBeside.make(path)
    return newFile(file, path, (length) => Effect.zipRight(file.truncate(length), replace))
  }).pipe(Effect.mapError(storageFailed("write", path)))

const newFile = (
  file: FileSystem.File,
  path: string,
  end: (length: number) => Effect.Effect<void, PlatformError>
): NewFile => ({
  write: (position, bytes) =>
    Effect.mapError(
      Effect.zipRight(file.seek(position, "start"), file.writeAll(bytes)),
      storageFailed("write", path)
    ),
  end: (length) => Effect.mapError(end(length), storageFailed("write", path))
})
