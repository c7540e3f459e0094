/**
 * Options of CRIU for a restore that the daemon starts: it passes none on, but CRIU beneath it reads one file of the machine.
 *
 * What a restore needs is put into that file for its length, behind a mark, and taken away afterwards; what was killed in
 * between is taken away by the next operation. Restores of other engines in that moment are permitted the same.
 * Source: runc's manual, "CRIU configuration files"; crun reads the same file where it has none of its own.
 */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import type { StorageFailed } from "../../domain/CheckpointError.ts"
import type { RestoreOptions } from "../../domain/CheckpointOptions.ts"
import { Disk } from "../../effects/Disk.ts"
import * as CriuConfig from "../shared/CriuConfig.ts"
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

/** Takes away what a process that was killed has left. */
export const sweep: Effect.Effect<void, never, FileSystem.FileSystem | Disk> = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const text = yield* Effect.orElseSucceed(fs.readFileString(file), () => "")
  if (!text.includes(begin)) return
  const disk = yield* Disk
  const held = yield* disk.lock(lock, false)
  if (Option.isSome(held)) yield* change(strip)
}).pipe(Effect.scoped, Effect.ignore)

/** One restore at a time changes the file: what two of them need may contradict. */
const hold = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const disk = yield* Disk
  yield* Effect.mapError(fs.makeDirectory("/etc/criu", { recursive: true }), storageFailed("make folder", "/etc/criu"))
  yield* Effect.mapError(disk.lock(lock, true), storageFailed("lock", lock))
})

const change = (edit: (text: string) => string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const before = yield* Effect.catchAll(
      Effect.asSome(fs.readFileString(file)),
      (error) => errno(error) === "ENOENT" ? Effect.succeedNone : Effect.fail(storageFailed("read", file)(error))
    )
    const after = edit(Option.getOrElse(before, () => ""))
    if (after === "" && !Option.contains(before, "")) {
      return yield* Effect.mapError(fs.remove(file, { force: true }), storageFailed("remove", file))
    }
    const next = `${file}.stasis`
    yield* fs.writeFileString(next, after, { mode: 0o644 }).pipe(
      Effect.zipRight(fs.rename(next, file)),
      Effect.mapError(storageFailed("write", file))
    )
  })

const begin = "# stasis: for the restore that runs now\n"
const end = "# stasis: end\n"
const lock = "/run/stasis-criu.lock"

const strip = (text: string): string => {
  const from = text.indexOf(begin)
  const to = text.indexOf(end, from)
  return from < 0 ? text : text.slice(0, from) + (to < 0 ? "" : text.slice(to + end.length))
}
