/** Copies on an in-memory volume, by the rules of Node's `fs.copyFile` and `fs.cp`. */
import type { MemoryVolume } from "./MemoryVolume.ts"
import { openFile } from "./OpenFile.ts"
import { isRefusal, Refusal } from "./Refusal.ts"
import { entriesOf, type Entry, locate, walk } from "./walk.ts"

/** Copies the data and the mode of one file over what is there. */
export const copyFile = (volume: MemoryVolume, now: number, from: string, to: string): void | Refusal => {
  const source = openFile(volume, now, from, "r", 0)
  if (isRefusal(source)) return new Refusal(source.code, "copyfile")
  const target = openFile(volume, now, to, "a", source.inode.perm)
  if (isRefusal(target)) return new Refusal(target.code, "copyfile")
  if (target.inode === source.inode) return
  if (source.inode.isDirectory()) {
    // What was there is gone all the same.
    volume.unlink(now, to)
    return new Refusal("EISDIR", "copyfile")
  }
  const data = new Uint8Array(source.inode.getSize())
  source.read(data, 0)
  target.truncate(now, 0)
  target.inode.perm = source.inode.perm
  const refused = target.writeAll(now, data)
  return refused === undefined ? undefined : new Refusal(refused.code, "copyfile")
}

/** Copies a file, a link or a whole folder; what is there already is kept unless `overwrite` is set. */
export const copyTree = (
  volume: MemoryVolume,
  now: number,
  from: string,
  to: string,
  options: { readonly overwrite?: boolean; readonly preserveTimestamps?: boolean } = {}
): void | Refusal => {
  const source = volume.at(from, false, "lstat")
  if (isRefusal(source)) return source
  const there = volume.at(to, false, "lstat")
  if (isRefusal(there) && there.code !== "ENOENT") return there
  const target = isRefusal(there) ? undefined : there
  if (target?.node === source.node) return new Refusal("ERR_FS_CP_EINVAL", "cp")
  const isFolder = source.node.isDirectory()
  if (target !== undefined && isFolder && !target.node.isDirectory()) {
    return new Refusal("ERR_FS_CP_DIR_TO_NON_DIR", "cp")
  }
  if (target !== undefined && !isFolder && target.node.isDirectory()) {
    return new Refusal("ERR_FS_CP_NON_DIR_TO_DIR", "cp")
  }
  if (isFolder && liesBelow(volume, source, to)) return new Refusal("ERR_FS_CP_EINVAL", "cp")
  const above = volume.makeFolders(now, to.replace(/\/*[^/]+\/*$/, "") || "/", 0o777)
  return isRefusal(above) ? above : copyEntry(volume, now, source, to, options)
}

const copyEntry = (
  volume: MemoryVolume,
  now: number,
  source: Entry,
  to: string,
  options: { readonly overwrite?: boolean; readonly preserveTimestamps?: boolean }
): void | Refusal => {
  const there = walk(volume, to, false, "lstat")
  if (source.node.isDirectory()) {
    const made = isRefusal(there) ? volume.makeFolder(now, to, source.node.perm) : there
    if (isRefusal(made)) return made
    if (!made.node.isDirectory()) return new Refusal("ERR_FS_CP_DIR_TO_NON_DIR", "cp")
    for (const [name, entry] of entriesOf(source)) {
      const refused = copyEntry(volume, now, entry, `${to}/${name}`, options)
      if (refused !== undefined) return refused
    }
    return
  }
  if (!isRefusal(there)) {
    if (there.node.isDirectory()) return new Refusal("ERR_FS_CP_NON_DIR_TO_DIR", "cp")
    if (options.overwrite !== true) return
    const refused = volume.unlink(now, to)
    if (refused !== undefined) return refused
  }
  const from = `/${source.steps.slice(1).join("/")}`
  if (source.node.isSymlink()) {
    // A relative target is made absolute, for it is read from another folder now.
    const { symlink } = source.node
    return volume.makeLink(now, symlink.startsWith("/") ? symlink : join(from, symlink), to)
  }
  const refused = copyFile(volume, now, from, to)
  if (refused !== undefined || options.preserveTimestamps !== true) return refused
  const copy = walk(volume, to, false, "utime")
  if (isRefusal(copy)) return copy
  copy.node.atime = source.node.atime
  copy.node.mtime = source.node.mtime
}

const join = (file: string, target: string): string => {
  const parts = file.split("/").slice(0, -1)
  for (const part of target.split("/")) {
    if (part === "..") parts.pop()
    else if (part !== "." && part !== "") parts.push(part)
  }
  return `/${parts.filter((part) => part !== "").join("/")}`
}

const liesBelow = (volume: MemoryVolume, source: Entry, to: string): boolean => {
  const place = locate(volume, to, "lstat")
  if (isRefusal(place)) return false
  for (let at: Entry | undefined = place.folder; at !== undefined; at = at.parent === at ? undefined : at.parent) {
    if (at === source) return true
  }
  return false
}
