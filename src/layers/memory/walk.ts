/**
 * How a path leads to an inode, by the rules of Linux's path_resolution(7): links, dots, trailing slashes, lengths,
 * and the right to search a folder.
 *
 * The inodes and the entries of folders are those of `memfs`; the rules are ours, where it is laxer.
 */
import { Buffer } from "node:buffer"
import type { Volume as Memfs } from "memfs"
import { isRefusal, Refusal } from "./Refusal.ts"

/** An entry of a folder: a name that leads to an inode. */
export type Entry = Memfs["_core"]["root"]

/** A file, folder or link itself, without its name. */
export type Inode = Entry["node"]

/** Who makes the calls: the superuser, whom nothing is forbidden, unless a user is given. */
export interface User {
  readonly uid: number
  readonly gid: number
}

/** Where a walk begins and for whom. */
export interface Start {
  readonly root: Entry
  readonly user: User
}

/** A place that an entry is to be made in or taken from. */
export interface Place {
  readonly folder: Entry
  readonly name: string
  /** What is there now, itself, not what a link leads to. */
  readonly entry: Entry | undefined
  /** The path ended in a slash: only a folder will do. */
  readonly slash: boolean
}

/** The entry that a path leads to, itself or, with `follow`, what a link at its end leads to. */
export const walk = (start: Start, path: string, follow: boolean, syscall: string): Entry | Refusal => {
  const refused = checkPath(path, syscall)
  return refused ?? descend(start, start.root, path.split("/"), follow, syscall, { left: maximumLinks })
}

/** The folder that the last component of a path lies in, and that component, which may be no longer than a name is. */
export const locate = (start: Start, path: string, syscall: string): Place | Refusal => {
  const place = locateAny(start, path, syscall)
  return isRefusal(place) || !isTooLong(place.name) ? place : new Refusal("ENAMETOOLONG", syscall)
}

/** The same, for callers that look at the length of the last component themselves. */
export const locateAny = (start: Start, path: string, syscall: string): Place | Refusal => {
  const refused = checkPath(path, syscall)
  if (refused !== undefined) return refused
  const parts = path.split("/")
  let slash = false
  while (parts.length > 0 && parts[parts.length - 1] === "") {
    parts.pop()
    slash = true
  }
  const name = parts.pop()
  if (name === undefined) return { folder: start.root, name: "/", entry: start.root, slash: true }
  const folder = descend(start, start.root, [...parts, "."], true, syscall, { left: maximumLinks })
  if (isRefusal(folder)) return folder
  if (isDot(name)) return { folder, name, entry: name === "." ? folder : folder.parent ?? folder, slash }
  if (!may(start.user, folder.node, search)) return new Refusal("EACCES", syscall)
  return { folder, name, entry: folder.children.get(name), slash }
}

/** Whether a name is one of the two that every folder has. */
export const isDot = (name: string): boolean => name === "." || name === ".."

/** The entries of a folder, without the two that every folder has. */
export const entriesOf = (folder: Entry): ReadonlyArray<readonly [name: string, entry: Entry]> => {
  const found: Array<readonly [string, Entry]> = []
  for (const [name, entry] of folder.children) if (entry !== undefined && !isDot(name)) found.push([name, entry])
  return found
}

/** Whether a folder has no entries but the two that every folder has. */
export const isEmpty = (folder: Entry): boolean => folder.children.size <= 2

export const read = 4
export const write = 2
export const search = 1

/** Whether a user may do something to an inode; the superuser may do everything. */
export const may = (user: User, inode: Inode, bits: number): boolean => {
  if (user.uid === 0) return true
  const shift = user.uid === inode.uid ? 6 : user.gid === inode.gid ? 3 : 0
  return ((inode.mode >> shift) & bits) === bits
}

/** How many links are followed before the path is a loop. */
const maximumLinks = 40

const maximumPath = 4095
const maximumName = 255

const checkPath = (path: string, syscall: string): Refusal | undefined =>
  path === ""
    ? new Refusal("ENOENT", syscall)
    : path.includes("\0")
    ? new Refusal("ERR_INVALID_ARG_VALUE", syscall)
    : path.length > maximumPath / 4 && Buffer.byteLength(path) > maximumPath
    ? new Refusal("ENAMETOOLONG", syscall)
    : undefined

/** Whether a name has more bytes than Linux takes as one. */
export const isTooLong = (name: string): boolean =>
  name.length > maximumName / 4 && Buffer.byteLength(name) > maximumName

const descend = (
  start: Start,
  from: Entry,
  parts: ReadonlyArray<string>,
  follow: boolean,
  syscall: string,
  links: { left: number }
): Entry | Refusal => {
  let at = from
  for (let index = 0; index < parts.length; index++) {
    const part = parts[index]
    if (part === undefined || (part === "" && index === 0)) continue
    if (!at.node.isDirectory()) return new Refusal("ENOTDIR", syscall)
    if (part === "" || part === ".") continue
    if (!may(start.user, at.node, search)) return new Refusal("EACCES", syscall)
    if (part === "..") {
      at = at.parent ?? at
      continue
    }
    if (isTooLong(part)) return new Refusal("ENAMETOOLONG", syscall)
    const entry = at.children.get(part)
    if (entry === undefined) return new Refusal("ENOENT", syscall)
    if (!entry.node.isSymlink() || (!follow && index === parts.length - 1)) {
      at = entry
      continue
    }
    links.left -= 1
    if (links.left < 0) return new Refusal("ELOOP", syscall)
    const target = entry.node.symlink
    const reached = descend(start, target.startsWith("/") ? start.root : at, target.split("/"), true, syscall, links)
    if (isRefusal(reached)) return reached
    at = reached
  }
  return at
}
