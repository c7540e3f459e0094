/** A file that a command is told to write: a new one that only its owner may read, since it has the memory of a process. */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { StorageFailed } from "../domain/CheckpointError.ts"
import { storageFailed } from "../layers/shared/storageFailed.ts"

/** Writes bytes at a place in the file, and what lies between is a hole. */
export interface NewFile {
  readonly write: (position: number, bytes: Uint8Array) => Effect.Effect<void, StorageFailed>
  /** Makes the file this long. */
  readonly end: (length: number) => Effect.Effect<void, StorageFailed>
}

/** Makes a file of the mode 0600, in place of one that is there only where `force` says so. */
export const make = (
  path: string,
  force: boolean
): Effect.Effect<NewFile, StorageFailed, FileSystem.FileSystem | Scope.Scope> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const failed = storageFailed("write", path)
    const file = yield* Effect.mapError(fs.open(path, { flag: force ? "w" : "wx", mode: 0o600 }), failed)
    // One that was there keeps its mode; a device does, too.
    const { type } = yield* Effect.mapError(file.stat, failed)
    if (force && type === "File") yield* Effect.mapError(fs.chmod(path, 0o600), failed)
    return {
      write: (position, bytes) =>
        Effect.mapError(Effect.zipRight(file.seek(position, "start"), file.writeAll(bytes)), failed),
      end: (length) => type === "File" ? Effect.mapError(file.truncate(length), failed) : Effect.void
    }
  })
