/** What the processes have open, from the images of their descriptors and files. */
import type { FdinfoEntry } from "../image/message/Fdinfo.ts"
import type { FileLockEntry } from "../image/message/FileLock.ts"
import type { RemapFilePathEntry } from "../image/message/RemapFilePath.ts"
import { type FileEntries, type FileImages, fileImages } from "./FileImages.ts"
import type { FileLock, Files, FilesOfProcess, RemovedFile } from "./Files.ts"
import type { Holder } from "./OpenFile.ts"
import { openFileOf } from "./openFileOf.ts"

/** The descriptors of a process. */
export interface Table {
  readonly pid: number
  /** Processes with the same number share one table. */
  readonly table: number
  readonly entries: ReadonlyArray<FdinfoEntry>
}

/** What was read about open files. */
export interface FilesRead extends FileEntries {
  readonly locks: ReadonlyArray<FileLockEntry>
  /** The size of a file that the images bring, by its id, where that is known. */
  readonly ghostSizes: ReadonlyMap<number, number>
}

/** Puts the section together. */
export const filesOf = (tables: ReadonlyArray<Table>, read: FilesRead): Files => {
  const owners = new Map<number, number>()
  for (const { pid, table } of tables) if (!owners.has(table)) owners.set(table, pid)
  const own = tables.filter(({ pid, table }) => owners.get(table) === pid)
  const images = fileImages(read, holdersIn(own))
  return {
    processes: tables.map(({ entries, pid, table }): FilesOfProcess => {
      const owner = owners.get(table)
      if (owner !== undefined && owner !== pid) return { pid, sharedWith: owner, descriptors: [] }
      return {
        pid,
        descriptors: [...entries].sort((a, b) => a.fd - b.fd).map((entry) => ({
          descriptor: entry.fd,
          closeOnExec: (entry.flags & closeOnExec) !== 0,
          file: openFileOf(entry, images)
        }))
      }
    }),
    locks: read.locks.map((lock) => lockOf(lock, tables, images)),
    removed: read.removed.map((entry) => removedOf(entry, read.ghostSizes, images))
  }
}

/** FD_CLOEXEC. */
const closeOnExec = 1

const holdersIn = (tables: ReadonlyArray<Table>): ReadonlyMap<number, ReadonlyArray<Holder>> => {
  const holders = new Map<number, Array<Holder>>()
  for (const { entries, pid } of tables) {
    for (const { fd, id } of entries) {
      const known = holders.get(id)
      const holder = { pid, descriptor: fd }
      if (known === undefined) holders.set(id, [holder])
      else known.push(holder)
    }
  }
  return holders
}

// CRIU keeps the kernel's bits: FL_POSIX, FL_FLOCK, FL_LEASE, FL_OFDLCK.
const lockTypes: Readonly<Record<number, string>> = { 1: "posix", 2: "flock", 32: "lease", 1024: "open-file" }
const lockAccess: Readonly<Record<number, string>> = { 0: "read", 1: "write" }

const lockOf = (lock: FileLockEntry, tables: ReadonlyArray<Table>, images: FileImages): FileLock => {
  const entry = tables.find(({ pid }) => pid === lock.pid)?.entries.find(({ fd }) => fd === lock.fd)
  const path = entry === undefined ? undefined : images.pathOf(entry.id)
  return {
    pid: lock.pid,
    descriptor: lock.fd,
    ...(path === undefined ? {} : { path }),
    type: lockTypes[lock.flag] ?? `${lock.flag}`,
    access: lockAccess[lock.type] ?? `${lock.type}`,
    start: Number(lock.start),
    ...(lock.len === 0n ? {} : { length: Number(lock.len) })
  }
}

const hows: Readonly<Record<string, string>> = { GHOST: "ghost", LINKED: "linked", PROCFS: "process" }

const removedOf = (
  { orig_id, remap_id, remap_type = "LINKED" }: RemapFilePathEntry,
  ghostSizes: ReadonlyMap<number, number>,
  images: FileImages
): RemovedFile => {
  const path = images.pathOf(orig_id)
  const size = remap_type === "GHOST" ? ghostSizes.get(remap_id) : undefined
  return {
    id: orig_id,
    ...(path === undefined ? {} : { path }),
    how: hows[remap_type] ?? `${remap_type}`,
    ...(size === undefined ? {} : { size })
  }
}
