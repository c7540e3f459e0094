/**
 * What the platform's `FileSystem` lacks and a store of checkpoints cannot do without: looking at a path
 * without following links, typed directory entries, bounded reads, many small reads at once, free space,
 * and locks that vanish with their processes.
 *
 * It stands beside `FileSystem` and repeats nothing of it.
 */
import type { PlatformError } from "@effect/platform/Error"
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import type * as Scope from "effect/Scope"

/** What a path is, itself, where it is a link too. */
export type EntryKind = "File" | "Directory" | "SymbolicLink" | "Other"

/** One entry of a folder. */
export interface Entry {
  readonly name: string
  readonly kind: EntryKind
}

/** A path as it is itself. */
export interface PathInfo {
  readonly kind: EntryKind
  /** In bytes. */
  readonly size: number
  /** Permission bits. */
  readonly mode: number
  readonly uid: number
  readonly device: number
  readonly inode: number
  /** Last change of the content, in milliseconds since 1970. */
  readonly modified: number
}

/** What is read of each folder by {@link Disk.scan}. */
export type SmallFile =
  | { readonly _tag: "Text"; readonly text: string }
  | { readonly _tag: "Absent" }
  | { readonly _tag: "Unreadable"; readonly reason: string }

/** What a scan asks of each folder. */
export interface ScanRequest {
  /** A file whose text is read, without following a link. */
  readonly file: string
  /** A file whose presence, as a plain file, is looked up. */
  readonly marker: string
  /** The largest text that is read, in bytes. */
  readonly maximumBytes: number
}

/** What a scan found in one folder. */
export interface Scanned {
  readonly text: SmallFile
  readonly marker: boolean
}

/** Locks that are held, to be passed on to the processes that must keep them alive. */
export interface Lease {
  /** Open descriptors of this process; a child that inherits them holds the locks as well. */
  readonly descriptors: ReadonlyArray<number>
}

/** A lease of nothing, for operations that need none. */
export const noLease: Lease = { descriptors: [] }

/** The Linux calls that `FileSystem` lacks. */
export class Disk extends Context.Tag("stasis/Disk")<Disk, {
  /** Looks at a path without following a link at its end; none when nothing is there. */
  readonly inspect: (path: string) => Effect.Effect<Option.Option<PathInfo>, PlatformError>
  /** The entries of a folder with their kinds, in no particular order; fails when the path is a link. */
  readonly entries: (path: string) => Effect.Effect<ReadonlyArray<Entry>, PlatformError>
  /** Looks into one folder. Fails only when the folder cannot be looked into at all. */
  readonly scanOne: (path: string, request: ScanRequest) => Effect.Effect<Scanned, PlatformError>
  /**
   * Looks into many folders below `path`, with as few turns of the event loop as that takes and none longer
   * than a few milliseconds. `read` turns what was found into a value; `undefined` leaves the folder out.
   */
  readonly scan: <A>(
    path: string,
    names: ReadonlyArray<string>,
    request: ScanRequest,
    read: (name: string, scanned: Scanned) => A | undefined
  ) => Effect.Effect<ReadonlyArray<A>, PlatformError>
  /** Removes an empty folder (rmdir); fails where it is not empty. */
  readonly removeEmpty: (path: string) => Effect.Effect<void, PlatformError>
  /** Writes what the kernel still holds of a file or folder to the device. Does nothing where the path is gone. */
  readonly sync: (path: string) => Effect.Effect<void, PlatformError>
  /** Bytes that we may still write on the file system of a path. */
  readonly freeBytes: (path: string) => Effect.Effect<number, PlatformError>
  /**
   * Locks a file, exclusively, for as long as the scope is open or a process lives that inherited the lease.
   * The file is made where it is missing, of mode 0600, in a folder that must exist. None when another
   * holds it and `wait` is false. Waiting can be interrupted.
   */
  readonly lock: (path: string, wait: boolean) => Effect.Effect<Option.Option<Lease>, PlatformError, Scope.Scope>
}>() {}
