/**
 * The `Disk` service on `node:fs`, for Node.js and Deno on Linux.
 *
 * It owns the calls; what lies on the disk and what it means is the store's. Under Deno it needs `--allow-read` and
 * `--allow-write` for the paths it is given, `--allow-sys=statfs`, and `--allow-run=flock`.
 */
import * as NodeFs from "node:fs"
import type { PlatformError } from "@effect/platform/Error"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Option from "effect/Option"
import { Disk, type Entry, type EntryKind, type PathInfo } from "../../effects/Disk.ts"
import { platformError } from "./Errno.ts"
import { lockFile } from "./FileLock.ts"
import { scanFolders, scanOneFolder } from "./scanFolders.ts"

const inspect = (path: string): Effect.Effect<Option.Option<PathInfo>, PlatformError> =>
  Effect.async((resume) => {
    NodeFs.lstat(path, (failure, info) =>
      resume(
        failure === null
          ? Effect.succeedSome(infoOf(info))
          : failure.code === "ENOENT"
          ? Effect.succeedNone
          : Effect.fail(platformError("inspect", path, failure))
      ))
  })

const infoOf = (info: NodeFs.Stats): PathInfo => ({
  kind: kindOf(info),
  size: info.size,
  mode: info.mode & 0o7777,
  uid: info.uid,
  device: info.dev,
  inode: info.ino,
  modified: info.mtimeMs
})

const kindOf = (is: Pick<NodeFs.Stats, "isFile" | "isDirectory" | "isSymbolicLink">): EntryKind =>
  is.isFile() ? "File" : is.isDirectory() ? "Directory" : is.isSymbolicLink() ? "SymbolicLink" : "Other"

const entries = (path: string): Effect.Effect<ReadonlyArray<Entry>, PlatformError> =>
  Effect.async((resume) => {
    const fail = (failure: NodeJS.ErrnoException) => resume(Effect.fail(platformError("entries", path, failure)))
    NodeFs.lstat(path, (failure, info) => {
      if (failure !== null) return fail(failure)
      if (info.isSymbolicLink()) {
        return fail(Object.assign(new Error("it is a symbolic link"), { code: "ELOOP", syscall: "lstat" }))
      }
      NodeFs.readdir(path, { withFileTypes: true }, (failure, found) =>
        failure === null
          ? resume(Effect.succeed(found.map((one) => ({ name: one.name, kind: kindOf(one) }))))
          : fail(failure))
    })
  })

const removeEmpty = (path: string): Effect.Effect<void, PlatformError> =>
  Effect.async((resume) => {
    // Where it has succeeded, Node.js says `null` and Deno says nothing.
    NodeFs.rmdir(path, (failure) =>
      resume(failure instanceof Error ? Effect.fail(platformError("removeEmpty", path, failure)) : Effect.void))
  })

const syncFlags = NodeFs.constants.O_RDONLY | NodeFs.constants.O_NOFOLLOW | NodeFs.constants.O_NONBLOCK

/** One effect for open, sync and close: none of them can be interrupted halfway, nor does a descriptor leak. */
const sync = (path: string): Effect.Effect<void, PlatformError> =>
  Effect.uninterruptible(Effect.async((resume) => {
    const end = (failure: NodeJS.ErrnoException | null) =>
      resume(
        failure === null || failure.code === "ENOENT" ? Effect.void : Effect.fail(platformError("sync", path, failure))
      )
    NodeFs.open(path, syncFlags, (failure, descriptor) => {
      if (failure !== null) return end(failure)
      NodeFs.fsync(descriptor, (failure) => NodeFs.close(descriptor, () => end(failure)))
    })
  }))

/** What a process without rights to the reserved blocks may still write. */
const freeBytes = (path: string): Effect.Effect<number, PlatformError> =>
  Effect.async((resume) => {
    NodeFs.statfs(path, (failure, info) =>
      resume(
        failure === null
          ? Effect.succeed(info.bavail * info.bsize)
          : Effect.fail(platformError("freeBytes", path, failure))
      ))
  })

/** The disk of this machine. */
export const layer: Layer.Layer<Disk> = Layer.succeed(Disk, {
  inspect,
  entries,
  scanOne: scanOneFolder,
  scan: scanFolders,
  removeEmpty,
  sync,
  freeBytes,
  lock: lockFile
})
