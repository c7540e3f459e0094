/**
 * What of an in-memory volume has reached the device: the data of files that were synced, and the entries of folders
 * that were synced. A loss of power takes everything else.
 *
 * The rules are the weakest that Linux's file systems promise: to sync a file saves its data and attributes, not its
 * name; to sync a folder saves its names, not what they lead to; a rename is saved in both folders or in neither.
 */
import { Buffer } from "node:buffer"
import { entriesOf, type Entry, type Inode } from "./walk.ts"

/** A change of names that is saved as a whole. */
type Change = ReadonlyArray<readonly [folder: Entry, name: string]>

interface Saved {
  readonly data: Uint8Array
  readonly entries: Map<string, Inode>
  readonly mode: number
  readonly uid: number
  readonly gid: number
  readonly modified: Date
}

/** The device under a volume. */
export class Device {
  readonly #saved = new WeakMap<Inode, Saved>()
  #names = new Map<Entry, Map<string, Set<Change>>>()
  #inodes = new Set<Inode>()

  /** The names were made, taken away, or lead elsewhere now; all of them are saved together. */
  renamed(...change: Change): void {
    for (const [folder, name] of change) {
      const names = this.#names.get(folder) ?? new Map<string, Set<Change>>()
      this.#names.set(folder, names)
      const changes = names.get(name) ?? new Set()
      names.set(name, changes.add(change))
    }
  }

  /** The data or the attributes of an inode were changed. */
  written(inode: Inode): void {
    this.#inodes.add(inode)
  }

  /** Saves the data and the attributes of a file, or the names and the attributes of a folder. */
  sync(entry: Entry, inode: Inode): void {
    this.#save(inode)
    if (inode.isDirectory()) {
      for (const name of [...this.#names.get(entry)?.keys() ?? []]) {
        this.#saveName(entry, name)
      }
    }
  }

  /** Saves everything below an entry. */
  syncAll(entry: Entry): void {
    this.sync(entry, entry.node)
    if (entry.node.isDirectory()) { for (const [, below] of entriesOf(entry)) this.syncAll(below) }
  }

  /**
   * The power is lost: everything below `root` becomes what was saved of it. Of what was not saved, that is kept which
   * the device had written on its own account: `survives` is asked once for each unsaved file and each unsaved change.
   */
  lose(root: Entry, survives: () => boolean): void {
    for (const inode of this.#inodes) if (survives()) this.#save(inode)
    for (const [folder, names] of this.#names) {
      for (const name of [...names.keys()]) {
        if (names.has(name) && survives()) this.#saveName(folder, name)
      }
    }
    this.#names = new Map()
    this.#inodes = new Set()
    this.#restore(root, root.node, new Set())
  }

  #save(inode: Inode): void {
    this.#inodes.delete(inode)
    this.#saved.set(inode, {
      data: inode.isFile() ? Uint8Array.prototype.slice.call(inode.buf, 0, inode.getSize()) : nothing,
      entries: this.#saved.get(inode)?.entries ?? new Map(),
      mode: inode.mode,
      uid: inode.uid,
      gid: inode.gid,
      modified: inode.mtime
    })
  }

  #saveName(folder: Entry, name: string): void {
    const names = this.#names.get(folder)
    const changes = names?.get(name)
    if (names === undefined || changes === undefined) return
    names.delete(name)
    if (names.size === 0) this.#names.delete(folder)
    if (!this.#saved.has(folder.node)) this.#save(folder.node)
    const entries = this.#saved.get(folder.node)?.entries
    const entry = folder.children.get(name)
    if (entry === undefined) entries?.delete(name)
    else entries?.set(name, entry.node)
    for (const change of changes) for (const [otherFolder, otherName] of change) this.#saveName(otherFolder, otherName)
  }

  #restore(entry: Entry, inode: Inode, seen: Set<Inode>): void {
    const saved = this.#saved.get(inode)
    if (saved !== undefined) {
      inode.mode = saved.mode
      inode.uid = saved.uid
      inode.gid = saved.gid
    }
    if (inode.isFile()) {
      inode.truncate(0)
      if (saved !== undefined && saved.data.length > 0) inode.write(Buffer.from(saved.data))
    }
    if (inode.isDirectory()) {
      for (const [name] of entriesOf(entry)) entry.children.delete(name)
      for (const [name, below] of saved?.entries ?? []) {
        if (seen.has(below)) {
          // A folder has one name only; a file that has another one already counts it.
          if (below.isDirectory()) continue
          below.nlink++
          entry.createChild(name, below)
          continue
        }
        seen.add(below)
        below.nlink = 1
        this.#restore(entry.createChild(name, below), below, seen)
      }
    }
    if (saved !== undefined) inode.mtime = saved.modified
  }
}

const nothing = new Uint8Array()
