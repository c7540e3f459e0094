/**
 * Whether a checkpoint directory that a caller chose may be used, as it is on disk: a folder, no link, in
 * which nobody but its owner and root decides what lies there.
 */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { type CheckpointDirectory, split } from "../../domain/CheckpointDirectory.ts"
import { InvalidCheckpointDirectory } from "../../domain/CheckpointError.ts"
import { Disk, type PathInfo } from "../../effects/Disk.ts"
import { errno, storageFailed } from "./storageFailed.ts"

/** Checks a chosen directory; one that is missing passes only where it is to be created. */
export const check = (directory: CheckpointDirectory, create: boolean) =>
  Effect.gen(function* () {
    const refuse = (reason: InvalidCheckpointDirectory["reason"]) =>
      new InvalidCheckpointDirectory({ directory, reason })
    const info = yield* inspect(directory, refuse)
    if (Option.isNone(info)) {
      if (!create) return yield* refuse("Missing")
    } else {
      if (info.value.kind === "SymbolicLink") return yield* refuse("SymbolicLink")
      if (info.value.kind !== "Directory") return yield* refuse("NotADirectory")
      if (isOpenToOthers(info.value)) return yield* refuse("NotAllowed")
    }
    yield* checkAncestors(directory, refuse)
    return directory
  })

type Refuse = (reason: InvalidCheckpointDirectory["reason"]) => InvalidCheckpointDirectory

/** A folder that anybody may rename things in can be pulled away from under us, links on the way included. */
const checkAncestors = (directory: CheckpointDirectory, refuse: Refuse) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    let path = split(directory).parent
    const real = yield* Effect.option(fs.realPath(path))
    path = Option.getOrElse(real, () => path)
    while (path !== "/") {
      const info = yield* inspect(path, refuse)
      if (Option.isSome(info)) {
        if (info.value.kind !== "Directory") return yield* refuse("NotADirectory")
        if (isOpenToOthers(info.value)) return yield* refuse("NotAllowed")
      }
      path = path.slice(0, path.lastIndexOf("/")) || "/"
    }
  })

/** Writable for everybody, and not so that each may only touch what is his own. */
const isOpenToOthers = ({ mode }: PathInfo) => (mode & 0o002) !== 0 && (mode & 0o1000) === 0

const inspect = (path: string, refuse: Refuse) =>
  Effect.gen(function* () {
    const disk = yield* Disk
    return yield* Effect.catchAll(disk.inspect(path), (error) => {
      const code = errno(error)
      return Effect.fail(
        code === "EACCES" || code === "EPERM"
          ? refuse("Unreadable")
          : code === "ENOTDIR"
          ? refuse("NotADirectory")
          : storageFailed("look at", path)(error)
      )
    })
  })
