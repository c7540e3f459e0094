/**
 * Options of CRIU for a restore that the daemon starts: it passes none on, but CRIU beneath it reads one file of the machine.
 *
 * What a restore needs is put into that file for its length, behind a mark, and taken away afterwards; what was killed in
 * between is taken away by the next operation. Dumps read the same file: ours wait until nothing of ours is in it, and what other
 * engines dump and restore in that moment is permitted the same. Source: runc's manual, "CRIU configuration
 * files"; crun reads the same file where it has none of its own.
 */
import type { PlatformError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import type { StorageFailed } from "../../domain/CheckpointError.ts"
import type { RestoreOptions } from "../../domain/CheckpointOptions.ts"
import { Disk } from "../../effects/Disk.ts"
import * as CriuConfig from "../shared/CriuConfig.ts"
import * as KernelFile from "../shared/KernelFile.ts"
import { errno, storageFailed } from "../shared/storageFailed.ts"

/** The file that CRIU reads under runc. */
const file = "/etc/criu/runc.conf"

/** What CRIU is to be told at a restore. */
export const needed = (options: RestoreOptions): CriuConfig.Options => ({
  ...(options.tcpEstablished === true ? { "tcp-established": true } : {}),
  ...(options.tcpClose === true ? { "tcp-close": true } : {}),
  ...(options.externalUnixSockets === true ? { "ext-unix-sk": true } : {}),
  ...(options.shellJob === true ? { "shell-job": true } : {}),
  ...(options.fileLocks === true ? { "file-locks": true } : {}),
  ...(options.manageCgroupsMode === undefined ? {} : { "manage-cgroups": options.manageCgroupsMode })
})

/** Has CRIU told for as long as the scope is open; nothing is written where there is nothing to tell. */
export const tell = (
  options: CriuConfig.Options
): Effect.Effect<void, StorageFailed, FileSystem.FileSystem | Disk | Scope.Scope> =>
  Effect.gen(function* () {
    if (CriuConfig.isEmpty(options)) return
    const context = yield* Effect.context<FileSystem.FileSystem | Disk>()
    yield* hold
    yield* Effect.acquireRelease(
      change((text) => `${begin}${CriuConfig.print(options)}${end}${strip(text)}`),
      () => Effect.provide(Effect.ignore(change(strip)), context)
    )
  })

/** Takes away what a process that was killed has left; where it cannot, a warning says so. */
export const sweep: Effect.Effect<void, never, FileSystem.FileSystem | Disk> = Effect.gen(function* () {
  if (!isTold()) return
  const disk = yield* Disk
  const held = yield* Effect.mapError(disk.lock(lock, false), storageFailed("lock", lock))
  if (Option.isSome(held)) yield* change(strip)
}).pipe(
  Effect.scoped,
  Effect.catchAll((error) =>
    Effect.logWarning(`What a restore that was killed had CRIU told is still in "${file}", remove it by hand`, error)
  )
)

/**
 * Waits until CRIU is told nothing of ours, for a dump that would be told it as well. A restore that begins afterwards may yet tell it:
 * what is dumped then is dumped with the same permissions, and no container is harmed.
 */
export const awaitUntold: Effect.Effect<void, StorageFailed, FileSystem.FileSystem | Disk> = Effect.gen(function* () {
  if (!isTold()) return
  yield* hold
  // Whoever has told it and holds no lock any more was killed.
  yield* change(strip)
}).pipe(Effect.scoped)

const isTold = (): boolean => KernelFile.read(file)?.includes(begin) === true

/** One restore at a time changes the file: what two of them need may contradict. */
const hold = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const disk = yield* Disk
  yield* Effect.mapError(fs.makeDirectory("/etc/criu", { recursive: true }), storageFailed("make folder", "/etc/criu"))
  yield* Effect.mapError(disk.lock(lock, true), storageFailed("lock", lock))
})

/** Changes the file where it really lies, as what manages this machine may have linked it, and keeps its owner and mode. */
const change = (edit: (text: string) => string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const orNone = Effect.catchAll((error: PlatformError) =>
      errno(error) === "ENOENT" ? Effect.succeedNone : Effect.fail(storageFailed("read", file)(error))
    )
    const real = yield* orNone(Effect.asSome(fs.realPath(file)))
    const path = Option.getOrElse(real, () => file)
    const was = yield* orNone(Effect.asSome(fs.stat(path)))
    const before = yield* orNone(Effect.asSome(fs.readFileString(path)))
    const after = edit(Option.getOrElse(before, () => ""))
    if (Option.contains(before, after) || (Option.isNone(before) && after === "")) return
    if (after === "" && path === file) {
      return yield* Effect.mapError(fs.remove(file, { force: true }), storageFailed("remove", file))
    }
    const next = `${path}.stasis`
    yield* fs.writeFileString(next, after, { mode: 0o644 }).pipe(
      Effect.zipRight(Option.match(was, { onNone: () => Effect.void, onSome: (info) => keepRights(next, info) })),
      Effect.zipRight(fs.rename(next, path)),
      Effect.mapError(storageFailed("write", path))
    )
  })

const keepRights = (path: string, { gid, mode, uid }: FileSystem.File.Info) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    if (Option.isSome(uid) && Option.isSome(gid)) yield* fs.chown(path, uid.value, gid.value)
    yield* fs.chmod(path, mode & 0o7777)
  })

const begin = "# stasis: for the restore that runs now\n"
const end = "# stasis: end\n"
const lock = "/run/stasis-criu.lock"

const strip = (text: string): string => {
  const from = text.indexOf(begin)
  const to = text.indexOf(end, from)
  return from < 0 ? text : text.slice(0, from) + (to < 0 ? "" : text.slice(to + end.length))
}
