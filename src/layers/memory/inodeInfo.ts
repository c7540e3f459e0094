/** What stat(2) says of an inode of an in-memory volume, in the words of the platform. */
import { Buffer } from "node:buffer"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Option from "effect/Option"
import type { Inode } from "./walk.ts"

/** An inode as `FileSystem.stat` shows it. */
export const infoOf = (inode: Inode): FileSystem.File.Info => ({
  type: inode.isFile() ? "File" : inode.isDirectory() ? "Directory" : inode.isSymlink() ? "SymbolicLink" : "Unknown",
  mtime: Option.some(inode.mtime),
  atime: Option.some(inode.atime),
  birthtime: Option.some(inode.btime),
  dev: device,
  rdev: Option.some(0),
  ino: Option.some(inode.ino),
  mode: inode.mode,
  nlink: Option.some(inode.nlink),
  uid: Option.some(inode.uid),
  gid: Option.some(inode.gid),
  size: FileSystem.Size(sizeOf(inode)),
  blksize: Option.some(FileSystem.Size(4096)),
  blocks: Option.some(Math.ceil(sizeOf(inode) / 4096) * 8)
})

/** The size that stat(2) says: bytes of a file, of a link's target, one block for a folder. */
export const sizeOf = (inode: Inode): number =>
  inode.isFile() ? inode.getSize() : inode.isSymlink() ? Buffer.byteLength(inode.symlink) : 4096

/** The number of the device that every in-memory volume says it lies on. */
export const device = 1
