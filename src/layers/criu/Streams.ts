/**
 * The standard streams of process trees: files under the stasis root for what was started by us, which CRIU lets grow, for they are
 * only appended to; and the terminal of a program that had one.
 */
import { closeSync, constants, openSync } from "node:fs"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { StorageFailed } from "../../domain/CheckpointError.ts"
import { platformError } from "../shared/Errno.ts"
import { onClose } from "../shared/onClose.ts"
import { storageFailed } from "../shared/storageFailed.ts"
import type { Registration } from "./Registration.ts"

/** The files of a tree's output and errors; none for a tree that was not started by us. */
export const paths = (registration: Registration | undefined): ReadonlyArray<string> =>
  registration?.streams === undefined ? [] : [registration.streams.stdout, registration.streams.stderr]

/** Makes those files where they are gone: what was removed or rotated does not hinder a restore, which appends to what is there. */
export const make = (registration: Registration | undefined): Effect.Effect<void, StorageFailed> =>
  Effect.scoped(Effect.forEach(paths(registration), (path) => open(path, appending), { discard: true }))

/** Opens the files that a command is started with. */
export const openFiles = ({ stderr, stdout }: { readonly stdout: string; readonly stderr: string }) =>
  Effect.all({ stdout: open(stdout, appending), stderr: open(stderr, appending) })

/** Opens a terminal for as long as the scope is, without making it that of this process. */
export const openTerminal = (
  path: string | undefined
): Effect.Effect<number | undefined, StorageFailed, Scope.Scope> =>
  path === undefined ? Effect.succeed(undefined) : open(path, O_RDWR | O_NOCTTY)

const { O_APPEND, O_CREAT, O_NOCTTY, O_NOFOLLOW, O_RDWR, O_WRONLY } = constants

const appending = O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW

const open = (path: string, flags: number): Effect.Effect<number, StorageFailed, Scope.Scope> =>
  Effect.uninterruptible(Effect.tap(
    Effect.try({
      try: () => openSync(path, flags, 0o600),
      // That is what the host throws.
      catch: (error) => storageFailed("open", path)(platformError("open", path, error as NodeJS.ErrnoException))
    }),
    (descriptor) => onClose(Effect.sync(() => closeSync(descriptor)))
  ))
