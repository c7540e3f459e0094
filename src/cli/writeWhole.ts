/** A text file that a command is told to write: whole or not at all, and only its owner may read it. */
import type { PlatformError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import type * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
import type { StorageFailed } from "../domain/CheckpointError.ts"
import { errno, storageFailed } from "../layers/shared/storageFailed.ts"
import * as FileBeside from "./fileBeside.ts"

/**
 * Writes a file of the mode 0600 beside its place, and moves it there at once; in place of one that is there only where `force` says
 * so. What is no plain file, a device or a pipe, is written to as it is.
 */
export const writeWhole = (
  file: string,
  text: string,
  force: boolean
): Effect.Effect<void, StorageFailed, FileSystem.FileSystem | Path.Path> =>
  Effect.scoped(Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    if (force && (yield* FileBeside.isSpecial(file))) return yield* fs.writeFileString(file, text)
    const bytes = new TextEncoder().encode(text)
    const beside = yield* FileBeside.make(file)
    yield* beside.file.writeAll(bytes)
    yield* force ? beside.replace : Effect.catchIf(beside.add, hasNoLinks, () => writeNew(file, bytes))
  })).pipe(Effect.mapError(storageFailed("write", file)))

/** Some file systems have none: those of FAT and of some networks. */
const hasNoLinks = (error: PlatformError): boolean => ["EPERM", "ENOTSUP", "EOPNOTSUPP"].includes(errno(error) ?? "")

const writeNew = (file: string, bytes: Uint8Array) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const open = yield* fs.open(file, { flag: "wx", mode: 0o600 })
    yield* Effect.onError(Effect.zipRight(open.writeAll(bytes), open.sync), () => Effect.ignore(fs.remove(file)))
  })
