/**
 * An in-memory volume: the calls of Linux that make, move and take away the entries of folders.
 *
 * The inodes are those of `memfs`; where it is laxer than Linux, the rules are ours. Every call gives its result or a
 * {@link Refusal}; it never throws. What is done to an open file is `OpenFile.ts`.
 */
import { Buffer } from "node:buffer"
import { Volume as Memfs } from "memfs"
import { Device } from "./Device.ts"
import { isRefusal, Refusal } from "./Refusal.ts"
import {
  entriesOf,
  type Entry,
  type Inode,
  isDot,
  isEmpty,
  isTooLong,
  locate,
  locateAny,
  may,
  type Place,
  search,
  type User,
  walk,
  write
} from "./walk.ts"

/** What a volume is made of. */
export interface VolumeOptions {
  /** Who makes the calls; the superuser when absent. */
  readonly user?: User
  /** The bits of permission that nothing is made with; 0o022 when absent. */
  readonly umask?: number
}

/** Something that happened to an entry. */
export interface Change {
  readonly kind: "create" | "update" | "remove"
  readonly folder: Entry
  readonly name: string
}

/** A limit on what may still be written, and the code of the refusal beyond it. */
export interface WriteLimit {
  left: number
  readonly code: "ENOSPC" | "EIO" | "EDQUOT" | "EROFS"
}

/** A volume. */
export class MemoryVolume {
  readonly #core = new Memfs()._core
  readonly device = new Device()
  readonly root: Entry = this.#core.root
  readonly user: User
  readonly umask: number
  readonly watchers = new Set<(change: Change) => void>()
  /** Bytes that fit on the volume. */
  capacity = Number.POSITIVE_INFINITY
  /** Bytes of all files. */
  used = 0
  /** A fault: how much may still be written whatever the capacity says. */
  writeLimit: WriteLimit | undefined = undefined
  /** Goes up with every loss of power: what was opened before it is gone. */
  generation = 0
  /** The number that the next open file is given. */
  nextDescriptor = 3

  constructor(options: VolumeOptions = {}) {
    this.user = options.user ?? { uid: 0, gid: 0 }
    this.umask = options.umask ?? 0o022
    this.root.node.mode = folderType | 0o755
    this.device.syncAll(this.root)
  }

  /** Bytes that may still be written. */
  get free(): number {
    return Math.max(0, Math.min(this.capacity - this.used, Number.MAX_SAFE_INTEGER))
  }

  /** Takes space for what is kept beside the files: all of it or none. */
  reserve(bytes: number): void | Refusal {
    const limit = this.writeLimit
    if (limit !== undefined && limit.left < bytes) {
      limit.left = 0
      return new Refusal(limit.code, "write")
    }
    if (this.used + bytes > this.capacity) return new Refusal("ENOSPC", "write")
    if (limit !== undefined) limit.left -= bytes
    this.used += bytes
  }

  /** Gives space back that was taken for what is kept beside the files. */
  giveBack(bytes: number): void {
    this.used -= bytes
  }

  /** The entry at a path. */
  at(path: string, follow: boolean, syscall: string): Entry | Refusal {
    return walk(this, path, follow, syscall)
  }

  /** The place at a path where nothing is yet; `undefined` where something is, or no folder for it. */
  place(path: string): Place | undefined {
    const place = locate(this, path, "open")
    return isRefusal(place) || place.entry !== undefined ? undefined : place
  }

  /** Makes a folder. */
  makeFolder(now: number, path: string, mode: number): Entry | Refusal {
    const place = this.#vacant(path, "mkdir", true)
    return isRefusal(place) ? place : this.#make(now, place, folderType | (mode & 0o7777 & ~this.umask))
  }

  /** Makes a folder and those above it that are missing. */
  makeFolders(now: number, path: string, mode: number, whole: string = path): Entry | Refusal {
    const found = walk(this, path, true, "mkdir")
    if (!isRefusal(found)) return found.node.isDirectory() ? found : new Refusal("EEXIST", "mkdir")
    if (found.code !== "ENOENT" || path === "") return found
    const place = locate(this, path, "mkdir")
    if (isRefusal(place)) {
      if (place.code !== "ENOENT") return place
      const above = this.makeFolders(now, parentOf(path), mode, whole)
      if (isRefusal(above)) return above
    }
    const made = this.makeFolder(now, path, mode)
    if (!isRefusal(made) || made.code !== "EEXIST") return made
    const dot = walk(this, path, true, "mkdir")
    if (!isRefusal(dot)) return dot
    // A link that leads nowhere is in the way.
    return new Refusal(path === whole ? "ENOENT" : "ENOTDIR", "mkdir")
  }

  /** Makes an empty file where none is; the place was looked up by the caller. */
  makeFile(now: number, place: Place, mode: number): Entry | Refusal {
    return this.#mayChange(place.folder)
      ? this.#make(now, place, fileType | (mode & 0o7777 & ~this.umask))
      : new Refusal("EACCES", "open")
  }

  /** Makes a symbolic link. */
  makeLink(now: number, target: string, path: string): void | Refusal {
    if (target === "") return new Refusal("ENOENT", "symlink")
    if (target.includes("\0")) return new Refusal("ERR_INVALID_ARG_VALUE", "symlink")
    if (Buffer.byteLength(target) > 4095) return new Refusal("ENAMETOOLONG", "symlink")
    const place = this.#vacant(path, "symlink", false)
    if (isRefusal(place)) return place
    const made = this.#make(now, place, linkType | 0o777)
    made.node.symlink = target
  }

  /** Gives a file another name. A link is linked itself, not what it leads to. */
  link(now: number, from: string, to: string): void | Refusal {
    const source = walk(this, from, false, "link")
    if (isRefusal(source)) return source
    const place = this.#vacant(to, "link", false)
    if (isRefusal(place)) return place
    if (source.node.isDirectory()) return new Refusal("EPERM", "link")
    source.node.nlink++
    place.folder.createChild(place.name, source.node)
    this.#changed(now, "create", place.folder, place.name)
    this.device.renamed([place.folder, place.name])
  }

  /** Takes a file or a link away. */
  unlink(now: number, path: string): void | Refusal {
    const place = this.#occupied(path, "unlink")
    if (isRefusal(place)) return place
    const { entry, slash } = place
    if (entry.node.isDirectory()) return new Refusal("EISDIR", "unlink")
    if (slash) return new Refusal("ENOTDIR", "unlink")
    this.#drop(now, place.folder, entry)
  }

  /** Takes an empty folder away. */
  removeFolder(now: number, path: string): void | Refusal {
    const place = this.#occupied(path, "rmdir")
    if (isRefusal(place)) return place
    const { entry, name } = place
    if (name === ".") return new Refusal("EINVAL", "rmdir")
    if (name === "..") return new Refusal("ENOTEMPTY", "rmdir")
    if (entry === this.root) return new Refusal("EBUSY", "rmdir")
    if (!entry.node.isDirectory()) return new Refusal("ENOTDIR", "rmdir")
    if (!isEmpty(entry)) return new Refusal("ENOTEMPTY", "rmdir")
    this.#drop(now, place.folder, entry)
  }

  /** Takes everything below a folder away, and the folder. Links are taken away, never followed. */
  removeTree(now: number, path: string): void | Refusal {
    const place = this.#occupied(path, "rmdir")
    if (isRefusal(place)) return place
    const { entry, name } = place
    if (name === ".") return new Refusal("EINVAL", "rmdir")
    if (entry === this.root) return new Refusal("EBUSY", "rmdir")
    // What `..` leads through is gone before the folder itself would be.
    return name === ".." ? this.#dropBelow(now, entry) : this.#dropTree(now, place.folder, entry)
  }

  /** Moves an entry, over an existing one where rename(2) allows it. */
  rename(now: number, from: string, to: string): void | Refusal {
    const source = locateAny(this, from, "rename")
    if (isRefusal(source)) return source
    const target = locateAny(this, to, "rename")
    if (isRefusal(target)) return target
    if (isDot(source.name) || isDot(target.name) || source.entry === this.root || target.entry === this.root) {
      return new Refusal("EBUSY", "rename")
    }
    if (isTooLong(source.name)) return new Refusal("ENAMETOOLONG", "rename")
    if (source.entry === undefined) return new Refusal("ENOENT", "rename")
    if (isTooLong(target.name)) return new Refusal("ENAMETOOLONG", "rename")
    const refused = this.#refuseRename(source, source.entry, target)
    if (refused !== undefined) return refused
    if (target.entry?.node === source.entry.node) return
    if (target.entry !== undefined) this.#drop(now, target.folder, target.entry)
    const { entry } = source
    source.folder.deleteChild(entry)
    entry.name = target.name
    entry.steps = [...target.folder.steps, target.name]
    target.folder.setChild(target.name, entry)
    this.#changed(now, "remove", source.folder, source.name)
    this.#changed(now, "create", target.folder, target.name)
    this.device.renamed([source.folder, source.name], [target.folder, target.name])
  }

  /** Everything that was not saved is lost, and whatever was open is closed. */
  losePower(survives: () => boolean): void {
    this.generation += 1
    this.device.lose(this.root, survives)
    this.used = bytesOf(this.root, new Set())
  }

  /** An inode was written to: watchers are told where it has a name that is known. */
  written(entry: Entry): void {
    if (entry.parent !== undefined) this.#tell({ kind: "update", folder: entry.parent, name: entry.name })
  }

  #refuseRename(source: Place, entry: Entry, target: Place): Refusal | undefined {
    const refuse = (code: Refusal["code"]) => new Refusal(code, "rename")
    const isFolder = entry.node.isDirectory()
    if (!isFolder && (source.slash || target.slash)) return refuse("ENOTDIR")
    if (isFolder && isBelow(target.folder, entry)) return refuse("EINVAL")
    if (target.entry !== undefined && isBelow(source.folder, target.entry)) return refuse("ENOTEMPTY")
    if (target.entry?.node === entry.node) return undefined
    if (!this.#mayChange(source.folder) || !this.#mayChange(target.folder)) return refuse("EACCES")
    if (target.entry === undefined) return undefined
    if (isFolder && !target.entry.node.isDirectory()) return refuse("ENOTDIR")
    if (!isFolder && target.entry.node.isDirectory()) return refuse("EISDIR")
    return isFolder && !isEmpty(target.entry) ? refuse("ENOTEMPTY") : undefined
  }

  #vacant(path: string, syscall: string, folder: boolean): Place | Refusal {
    const place = locate(this, path, syscall)
    if (isRefusal(place)) return place
    if (place.entry !== undefined) return new Refusal("EEXIST", syscall)
    if (place.slash && !folder) return new Refusal("ENOENT", syscall)
    return this.#mayChange(place.folder) ? place : new Refusal("EACCES", syscall)
  }

  #occupied(path: string, syscall: string): Place & { readonly entry: Entry } | Refusal {
    const place = locate(this, path, syscall)
    if (isRefusal(place)) return place
    const { entry } = place
    if (entry === undefined) return new Refusal("ENOENT", syscall)
    return this.#mayChange(place.folder) ? { ...place, entry } : new Refusal("EACCES", syscall)
  }

  #mayChange(folder: Entry): boolean {
    return may(this.user, folder.node, write | search)
  }

  #make(now: number, { folder, name }: Place, mode: number): Entry {
    const inode = this.#core.createNode(mode)
    inode.uid = this.user.uid
    inode.gid = this.user.gid
    const time = new Date(now)
    inode.atime = time
    inode.btime = time
    inode.mtime = time
    const entry = folder.createChild(name, inode)
    this.#changed(now, "create", folder, name)
    this.device.renamed([folder, name])
    return entry
  }

  #drop(now: number, folder: Entry, entry: Entry): void {
    const { name, node } = entry
    folder.deleteChild(entry)
    node.nlink--
    if (!node.isDirectory() && node.nlink <= 0) this.used -= node.getSize()
    this.#changed(now, "remove", folder, name)
    this.device.renamed([folder, name])
  }

  #dropTree(now: number, folder: Entry, entry: Entry): void | Refusal {
    const refused = entry.node.isDirectory() ? this.#dropBelow(now, entry) : undefined
    return refused ?? this.#drop(now, folder, entry)
  }

  #dropBelow(now: number, folder: Entry): void | Refusal {
    if (!isEmpty(folder) && !this.#mayChange(folder)) return new Refusal("EACCES", "rmdir")
    for (const [, below] of entriesOf(folder)) {
      const refused = this.#dropTree(now, folder, below)
      if (refused !== undefined) return refused
    }
    return undefined
  }

  #changed(now: number, kind: Change["kind"], folder: Entry, name: string): void {
    folder.node.mtime = new Date(now)
    this.device.written(folder.node)
    this.#tell({ kind, folder, name })
  }

  #tell(change: Change): void {
    for (const watcher of this.watchers) watcher(change)
  }
}

/** The type bits of a mode, as stat(2) shows them. */
const fileType = 0o100000
const folderType = 0o040000
const linkType = 0o120000

const parentOf = (path: string): string => {
  const bare = path.replace(/\/+$/, "")
  const slash = bare.lastIndexOf("/")
  return slash <= 0 ? "/" : bare.slice(0, slash)
}

/** Whether a folder is another one or lies below it. */
const isBelow = (folder: Entry, above: Entry): boolean => {
  for (let at = folder;; at = at.parent) {
    if (at === above) return true
    if (at.parent === undefined || at.parent === at) return false
  }
}

const bytesOf = (entry: Entry, seen: Set<Inode>): number => {
  if (seen.has(entry.node)) return 0
  seen.add(entry.node)
  return entry.node.isFile()
    ? entry.node.getSize()
    : entry.node.isDirectory()
    ? entriesOf(entry).reduce((sum, [, below]) => sum + bytesOf(below, seen), 0)
    : 0
}
