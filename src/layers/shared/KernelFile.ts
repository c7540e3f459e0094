/**
 * Small files that live in memory (`/proc`, `/sys`, a runtime's state below `/run`), read at once.
 *
 * Such a read never waits for a device, so it does not go through the thread pool; nothing else of the disk
 * belongs here.
 */
import {
  closeSync,
  constants,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmdirSync,
  type Stats,
  statSync,
  writeFileSync
} from "node:fs"
import * as Predicate from "effect/Predicate"

/** The text of a file; `undefined` when it cannot be read. */
export const read = (path: string): string | undefined => attempt(() => readFileSync(path, "utf8"))

/** Writes to a file that is there; whether the kernel took it. */
export const write = (path: string, text: string): boolean => isDone(() => writeFileSync(path, text, { flag: "r+" }))

/** Makes a folder, such as a cgroup; whether the kernel did. */
export const makeFolder = (path: string): boolean => isDone(() => mkdirSync(path))

/** Removes an empty folder, such as a cgroup without processes; whether the kernel did. */
export const removeFolder = (path: string): boolean => isDone(() => rmdirSync(path))

/** Whether there is a fifo that somebody reads. */
export const hasReader = (path: string): boolean =>
  inode(path)?.isFIFO() === true && isDone(() => closeSync(openSync(path, constants.O_WRONLY | constants.O_NONBLOCK)))

/** The names in a folder; `undefined` when it cannot be read. */
export const names = (path: string): ReadonlyArray<string> | undefined => attempt(() => readdirSync(path))

/** Whether there is a folder that we may not list, or we may not even look whether there is one. */
export const isForbidden = (path: string): boolean => {
  try {
    return statSync(path).isDirectory() && names(path) === undefined
  } catch (error) {
    return Predicate.hasProperty(error, "code") && error.code === "EACCES"
  }
}

/** Where a link leads, as it is written; `undefined` when it is none. */
export const link = (path: string): string | undefined => attempt(() => readlinkSync(path))

/** Whether there is anything, links followed. */
export const exists = (path: string): boolean => attempt(() => statSync(path)) !== undefined

/** Bytes and last change of a plain file, links followed; `undefined` when there is none. */
export const fileSize = (path: string): { readonly size: number; readonly modified: number } | undefined => {
  const found = attempt(() => statSync(path))
  return found?.isFile() === true ? { size: found.size, modified: found.mtimeMs } : undefined
}

/** What a file is, links followed; `undefined` when there is none. */
export const inode = (path: string): Stats | undefined => attempt(() => statSync(path))

/** Whether there is a folder, links followed. */
export const isFolder = (path: string): boolean => attempt(() => statSync(path))?.isDirectory() === true

const isDone = (act: () => void): boolean =>
  attempt(() => {
    act()
    return true
  }) ?? false

const attempt = <A>(get: () => A): A | undefined => {
  try {
    return get()
  } catch {
    return undefined
  }
}
