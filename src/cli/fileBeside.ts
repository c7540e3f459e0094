/** A file that is made beside its place and moved there when it is whole, so that one that is there stays until then. */
import type { PlatformError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

/** A file on its way. */
export interface FileBeside {
  readonly file: FileSystem.File
  /** Moves it to its place, in place of what is there. */
  readonly replace: Effect.Effect<void, PlatformError>
  /** Moves it to its place, and fails where anything is there. */
  readonly add: Effect.Effect<void, PlatformError>
}

/** Makes an empty file of the mode 0600; one that was not moved is gone at the end of the scope. */
export const make = (
  place: string
): Effect.Effect<FileBeside, PlatformError, FileSystem.FileSystem | Path.Path | Scope.Scope> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    // A link stays: what it leads to is replaced, as by writing to it.
    const target = yield* Effect.orElseSucceed(fs.realPath(place), () => place)
    const directory = path.dirname(path.resolve(target))
    const folder = yield* fs.makeTempDirectoryScoped({ directory, prefix: ".stasis-" })
    const beside = path.join(folder, "whole")
    const file = yield* fs.open(beside, { flag: "wx", mode: 0o600 })
    return {
      file,
      replace: Effect.zipRight(file.sync, fs.rename(beside, target)),
      // A link replaces nothing, as a move would.
      add: Effect.zipRight(file.sync, fs.link(beside, target))
    }
  })

/** Whether what is at a path is something else than a file: a device or a pipe, which is written to as it is. */
export const isSpecial = (place: string): Effect.Effect<boolean, never, FileSystem.FileSystem> =>
  Effect.flatMap(
    FileSystem.FileSystem,
    (fs) => Effect.match(fs.stat(place), { onFailure: () => false, onSuccess: ({ type }) => type !== "File" })
  )
