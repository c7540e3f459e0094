/** A text file that a command is told to write: whole or not at all, and only its owner may read it. */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
import type { StorageFailed } from "../domain/CheckpointError.ts"
import { storageFailed } from "../layers/shared/storageFailed.ts"

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
    const path = yield* Path.Path
    const there = yield* Effect.option(fs.stat(file))
    if (force && there._tag === "Some" && there.value.type !== "File") return yield* fs.writeFileString(file, text)
    const folder = yield* fs.makeTempDirectoryScoped({
      directory: path.dirname(path.resolve(file)),
      prefix: ".stasis-"
    })
    const beside = path.join(folder, "page")
    const open = yield* fs.open(beside, { flag: "wx", mode: 0o600 })
    yield* open.writeAll(new TextEncoder().encode(text))
    yield* open.sync
    // A link replaces nothing, as a move would.
    yield* force ? fs.rename(beside, file) : fs.link(beside, file)
  })).pipe(Effect.mapError(storageFailed("write", file)))
