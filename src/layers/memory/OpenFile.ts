/**
 * An open file of an in-memory volume: opening by Linux's flags, reading, writing within the space there is, cutting,
 * syncing. Every call gives its result or a {@link Refusal}.
 */
import { Buffer } from "node:buffer"
import type { OpenFlag } from "@effect/platform/FileSystem"
import type { MemoryVolume } from "./MemoryVolume.ts"
import { isRefusal, Refusal } from "./Refusal.ts"
import { type Entry, type Inode, isDot, isTooLong, locateAny, may, read, walk, write } from "./walk.ts"

/** An open file. */
export class OpenFile {
  readonly volume: MemoryVolume
  readonly entry: Entry
  readonly inode: Inode
  readonly #access: Access
  readonly #generation: number

  constructor(volume: MemoryVolume, entry: Entry, access: Access) {
    this.volume = volume
    this.entry = entry
    this.inode = entry.node
    this.#access = access
    this.#generation = volume.generation
  }

  /** Reads into a buffer; gives the number of bytes, zero at the end. */
  read(buffer: Uint8Array, position: number): number | Refusal {
    if (this.isLost || !this.#access.reads) return new Refusal("EBADF", "read")
    if (this.inode.isDirectory()) return new Refusal("EISDIR", "read")
    return this.inode.read(buffer, 0, buffer.byteLength, position)
  }

  /** Writes what fits; gives the number of bytes. Appends where the file was opened for that. */
  write(now: number, data: Uint8Array, position: number): number | Refusal {
    if (this.isLost || !this.#access.writes) return new Refusal("EBADF", "write")
    if (data.byteLength === 0) return 0
    const at = this.#access.appends ? this.inode.getSize() : position
    const { volume } = this
    const limit = volume.writeLimit
    if (limit !== undefined && limit.left <= 0) return new Refusal(limit.code, "write")
    const wanted = Math.min(data.byteLength, limit?.left ?? Number.POSITIVE_INFINITY)
    const room = volume.capacity - volume.used - Math.max(0, at - this.inode.getSize())
    const overwritten = Math.max(0, Math.min(wanted, this.inode.getSize() - at))
    const length = Math.min(wanted, overwritten + Math.max(0, room))
    if (length <= 0) return new Refusal("ENOSPC", "write")
    if (limit !== undefined) limit.left -= length
    const before = this.inode.getSize()
    this.inode.write(Buffer.from(data.buffer, data.byteOffset, data.byteLength), 0, length, at)
    volume.used += this.inode.getSize() - before
    this.#written(now)
    return length
  }

  /** Writes all of the data, or fails where it no longer fits; what fitted stays. */
  writeAll(now: number, data: Uint8Array): void | Refusal {
    for (let done = 0; done < data.byteLength;) {
      const length = this.write(now, data.subarray(done), done)
      if (isRefusal(length)) return length
      done += length
    }
  }

  /** Cuts the file, or lengthens it with zeros. */
  truncate(now: number, length: number): void | Refusal {
    if (this.isLost) return new Refusal("EBADF", "ftruncate")
    if (!this.#access.writes) return new Refusal("EINVAL", "ftruncate")
    const before = this.inode.getSize()
    this.inode.truncate(Math.max(0, length))
    this.volume.used += this.inode.getSize() - before
    this.#written(now)
  }

  /** Saves what was written. */
  sync(): void | Refusal {
    if (this.isLost) return new Refusal("EBADF", "fsync")
    this.volume.device.sync(this.entry, this.inode)
  }

  /** The power was lost since the file was opened. */
  get isLost(): boolean {
    return this.#generation !== this.volume.generation
  }

  #written(now: number): void {
    this.inode.mtime = new Date(now)
    this.volume.device.written(this.inode)
    this.volume.written(this.entry)
  }
}

/** Opens a file, and makes it where the flags say so. */
export const openFile = (
  volume: MemoryVolume,
  now: number,
  path: string,
  flag: OpenFlag,
  mode: number
): OpenFile | Refusal => {
  const access = accesses[flag]
  const found = access.creates ? findOrMake(volume, now, path, access, mode) : find(volume, path)
  if (isRefusal(found)) return found
  const { entry, made } = found
  if (access.writes && entry.node.isDirectory()) return new Refusal("EISDIR", "open")
  const bits = (access.reads ? read : 0) | (access.writes ? write : 0)
  if (!made && !may(volume.user, entry.node, bits)) return new Refusal("EACCES", "open")
  const file = new OpenFile(volume, entry, access)
  if (access.truncates && entry.node.getSize() > 0) file.truncate(now, 0)
  return file
}

/** What the flags of open(2) let a file be used for. */
interface Access {
  readonly reads: boolean
  readonly writes: boolean
  readonly appends: boolean
  readonly creates: boolean
  readonly truncates: boolean
  readonly exclusive: boolean
}

const access = (flag: string): Access => ({
  reads: flag.startsWith("r") || flag.endsWith("+"),
  writes: !flag.startsWith("r") || flag.endsWith("+"),
  appends: flag.startsWith("a"),
  creates: !flag.startsWith("r"),
  truncates: flag.startsWith("w"),
  exclusive: flag.includes("x")
})

const accesses: Readonly<Record<OpenFlag, Access>> = {
  "r": access("r"),
  "r+": access("r+"),
  "w": access("w"),
  "wx": access("wx"),
  "w+": access("w+"),
  "wx+": access("wx+"),
  "a": access("a"),
  "ax": access("ax"),
  "a+": access("a+"),
  "ax+": access("ax+")
}

interface Found {
  readonly entry: Entry
  readonly made: boolean
}

const find = (volume: MemoryVolume, path: string): Found | Refusal => {
  const entry = walk(volume, path, true, "open")
  return isRefusal(entry) ? entry : { entry, made: false }
}

const findOrMake = (
  volume: MemoryVolume,
  now: number,
  path: string,
  access: Access,
  mode: number,
  links = 40
): Found | Refusal => {
  const place = locateAny(volume, path, "open")
  if (isRefusal(place)) return place
  const { entry } = place
  if (place.slash && !isDot(place.name)) return new Refusal("EISDIR", "open")
  if (isTooLong(place.name)) return new Refusal("ENAMETOOLONG", "open")
  if (entry === undefined) {
    const made = volume.makeFile(now, place, mode)
    return isRefusal(made) ? made : { entry: made, made: true }
  }
  if (access.exclusive) return new Refusal("EEXIST", "open")
  if (!entry.node.isSymlink()) return { entry, made: false }
  if (links === 0) return new Refusal("ELOOP", "open")
  // A link that leads nowhere is followed, and the file made where it leads.
  const target = entry.node.symlink
  const base = `/${place.folder.steps.slice(1).join("/")}`
  return findOrMake(volume, now, target.startsWith("/") ? target : `${base}/${target}`, access, mode, links - 1)
}
