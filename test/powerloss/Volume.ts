/**
 * A file system in memory that records every change and every sync, and can be rebuilt as a crash may have left it.
 *
 * A change of entries (made, renamed, removed) is one record and atomic. It is safe once one of its folders has been
 * synced after it, content once its file has; all else may be lost, in any combination. That is less than journaling
 * file systems give, and what POSIX gives.
 */
import { SystemError, type SystemErrorReason } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { Disk, type EntryKind, type Scanned, type ScanRequest } from "../../src/effects/Disk.ts"

/** What a volume held at one moment. */
export interface Contents {
  readonly entries: ReadonlyMap<number, ReadonlyMap<string, number>>
  readonly data: ReadonlyMap<number, string>
}

/** What happened to a volume, in order; a note is the test's own. */
export type Op<Note> =
  | { readonly tag: "entries"; readonly changes: ReadonlyArray<Change> }
  | { readonly tag: "data"; readonly inode: number; readonly text: string }
  | { readonly tag: "sync"; readonly inode: number }
  | { readonly tag: "note"; readonly note: Note }

/** The entry `name` of a folder becomes, or is no longer, this inode. */
interface Change {
  readonly folder: number
  readonly name: string
  readonly inode: number
  readonly there: boolean
}

/** What becomes of a change that was not synced. */
export type Fate = "kept" | "lost" | "torn" | "zeroed"

interface Inode {
  readonly kind: EntryKind
  readonly target?: string
}

const root = 1

/** A volume. */
export class Volume<Note> {
  readonly log: Array<Op<Note>> = []
  readonly bootId: string
  private readonly inodes: Map<number, Inode>
  private readonly entries: Map<number, Map<string, number>>
  private readonly data: Map<number, string>

  constructor(bootId: string, inodes?: Map<number, Inode>, contents?: Contents) {
    this.bootId = bootId
    this.inodes = new Map(inodes ?? [[root, { kind: "Directory" }]])
    this.entries = new Map([[root, new Map()]])
    this.data = new Map(contents?.data ?? [])
    for (const [folder, names] of contents?.entries ?? []) this.entries.set(folder, new Map(names))
  }

  /** What is on it now. */
  get contents(): Contents {
    return {
      entries: new Map([...this.entries].map(([folder, names]) => [folder, new Map(names)])),
      data: new Map(this.data)
    }
  }

  /** The volume as a crash after `length` records could have left it, where `base` was safe when the log began. */
  rebuild(base: Contents, length: number, bootId: string, fate: (index: number) => Fate): Volume<Note> {
    const entries = new Map([...base.entries].map(([folder, names]) => [folder, new Map(names)]))
    const data = new Map(base.data)
    const safe = safeRecords(this.log, length)
    for (const [index, op] of this.log.slice(0, length).entries()) {
      const end = safe.has(index) ? "kept" : fate(index)
      if (op.tag === "entries" && end !== "lost") { for (const change of op.changes) apply(entries, change) }
      if (op.tag === "data" && end !== "lost") data.set(op.inode, worn(op.text, end))
    }
    return new Volume<Note>(bootId, this.inodes, { entries, data })
  }

  note(note: Note): void {
    this.log.push({ tag: "note", note })
  }

  /** The text of a file; `undefined` where there is none. */
  text(path: string): string | undefined {
    const inode = this.find(path)
    return inode !== undefined && this.kind(inode) === "File" ? this.data.get(inode) ?? "" : undefined
  }

  /** Writes a file as a program other than ours does. */
  put(path: string, text: string): void {
    const inode = this.find(path) ?? this.make(path, { kind: "File" })
    this.record({ tag: "data", inode, text })
  }

  get fileSystem(): Layer.Layer<FileSystem.FileSystem> {
    const decoder = new TextDecoder()
    return FileSystem.layerNoop({
      makeDirectory: (path, options) => attempt("mkdir", path, () => this.mkdir(path, options?.recursive ?? false)),
      writeFile: (path, bytes) => attempt("writeFile", path, () => this.put(path, decoder.decode(bytes))),
      writeFileString: (path, text) => attempt("writeFile", path, () => this.put(path, text)),
      readFileString: (path) => attempt("readFile", path, () => this.readFile(path)),
      rename: (from, to) => attempt("rename", from, () => this.rename(from, to)),
      remove: (path, options) =>
        attempt("remove", path, () => this.remove(path, options?.recursive ?? false, options?.force ?? false)),
      chmod: (path) => attempt("chmod", path, () => void this.need(path)),
      realPath: (path) => Effect.as(attempt("realPath", path, () => this.need(path)), path),
      readDirectory: (path) => attempt("readDirectory", path, () => [...this.folder(path).keys()]),
      symlink: (target, path) => attempt("symlink", path, () => void this.make(path, { kind: "SymbolicLink", target }))
    })
  }

  get disk(): Layer.Layer<Disk> {
    const scanOne = (path: string, request: ScanRequest): Scanned => {
      const text = this.text(`${path}/${request.file}`)
      return {
        text: text === undefined ? { _tag: "Absent" } : { _tag: "Text", text },
        marker: this.text(`${path}/${request.marker}`) !== undefined
      }
    }
    return Layer.succeed(Disk, {
      inspect: (path) =>
        Effect.sync(() => Option.map(Option.fromNullable(this.find(path)), (inode) => this.info(inode))),
      entries: (path) =>
        attempt(
          "entries",
          path,
          () => [...this.folder(path)].map(([name, inode]) => ({ name, kind: this.kind(inode) }))
        ),
      scanOne: (path, request) => Effect.sync(() => scanOne(path, request)),
      scan: (path, names, request, read) =>
        Effect.sync(() =>
          names.map((name) => read(name, scanOne(`${path}/${name}`, request))).filter((one) => one !== undefined)
        ),
      removeEmpty: (path) => attempt("rmdir", path, () => this.rmdir(path)),
      sync: (path) =>
        Effect.sync(() => {
          const inode = this.find(path)
          if (inode !== undefined) this.log.push({ tag: "sync", inode })
        }),
      freeBytes: () => Effect.succeed(1e9),
      // One process: nothing contends. The file is made as a lock file is.
      lock: (path) =>
        attempt("lock", path, () => {
          if (this.find(path) === undefined) this.make(path, { kind: "File" })
          return Option.some({ descriptors: [] })
        })
    })
  }

  private record(op: Op<Note>): void {
    this.log.push(op)
    if (op.tag === "entries") { for (const change of op.changes) apply(this.entries, change) }
    if (op.tag === "data") this.data.set(op.inode, op.text)
  }

  private kind(inode: number): EntryKind {
    return this.inodes.get(inode)?.kind ?? "Other"
  }

  private info(inode: number) {
    const size = (this.data.get(inode) ?? "").length
    return { kind: this.kind(inode), size, mode: 0o700, uid: 0, device: 1, inode, modified: 0 }
  }

  private find(path: string): number | undefined {
    const steps: Array<number> = [root]
    for (const name of path.split("/").filter((part) => part !== "")) {
      if (name === "..") steps.pop()
      else {
        const next = this.entries.get(steps.at(-1) ?? root)?.get(name)
        if (next === undefined) return undefined
        steps.push(next)
      }
    }
    return steps.at(-1) ?? root
  }

  private need(path: string): number {
    return this.find(path) ?? fail("ENOENT")
  }

  private folder(path: string): Map<string, number> {
    const inode = this.need(path)
    if (this.kind(inode) !== "Directory") fail("ENOTDIR")
    const names = this.entries.get(inode) ?? new Map<string, number>()
    this.entries.set(inode, names)
    return names
  }

  private make(path: string, made: Inode): number {
    const { folder, name } = split(path)
    const names = this.folder(folder)
    if (names.has(name)) fail("EEXIST")
    const inode = this.inodes.size + 1
    this.inodes.set(inode, made)
    this.record({ tag: "entries", changes: [{ folder: this.need(folder), name, inode, there: true }] })
    return inode
  }

  private mkdir(path: string, recursive: boolean): void {
    const there = this.find(path)
    if (there !== undefined) {
      if (!recursive || this.kind(there) !== "Directory") fail("EEXIST")
      return
    }
    if (recursive && this.find(split(path).folder) === undefined) this.mkdir(split(path).folder, true)
    this.make(path, { kind: "Directory" })
  }

  private readFile(path: string): string {
    return path === "/proc/sys/kernel/random/boot_id" ? this.bootId : this.text(path) ?? fail("ENOENT")
  }

  private rename(from: string, to: string): void {
    const inode = this.need(from)
    const source = split(from)
    const target = split(to)
    const replaced = this.folder(target.folder).get(target.name)
    if (replaced !== undefined) {
      const folder = this.kind(inode) === "Directory"
      if (folder !== (this.kind(replaced) === "Directory")) fail(folder ? "ENOTDIR" : "EISDIR")
      if (folder && this.folder(to).size > 0) fail("ENOTEMPTY")
    }
    this.record({
      tag: "entries",
      changes: [
        { folder: this.need(source.folder), name: source.name, inode, there: false },
        { folder: this.need(target.folder), name: target.name, inode, there: true }
      ]
    })
  }

  private remove(path: string, recursive: boolean, force: boolean): void {
    const inode = this.find(path)
    if (inode === undefined) return force ? undefined : fail("ENOENT")
    if (this.kind(inode) === "Directory") {
      if (!recursive) fail("EISDIR")
      for (const name of [...this.folder(path).keys()]) this.remove(`${path}/${name}`, true, true)
    }
    this.unlink(path, inode)
  }

  private rmdir(path: string): void {
    const inode = this.need(path)
    if (this.folder(path).size > 0) fail("ENOTEMPTY")
    this.unlink(path, inode)
  }

  private unlink(path: string, inode: number): void {
    const { folder, name } = split(path)
    this.record({ tag: "entries", changes: [{ folder: this.need(folder), name, inode, there: false }] })
  }
}

/** The records before `length` that a crash cannot undo. */
export const safeRecords = <Note>(log: ReadonlyArray<Op<Note>>, length: number): ReadonlySet<number> => {
  const synced = new Set<number>()
  const safe = new Set<number>()
  for (let index = length - 1; index >= 0; index--) {
    const op = log[index]
    if (op?.tag === "sync") synced.add(op.inode)
    if (op?.tag === "data" && synced.has(op.inode)) safe.add(index)
    if (op?.tag === "entries" && op.changes.some((change) => synced.has(change.folder))) safe.add(index)
  }
  return safe
}

const apply = (entries: Map<number, Map<string, number>>, { folder, inode, name, there }: Change): void => {
  const names = entries.get(folder) ?? new Map<string, number>()
  entries.set(folder, names)
  if (there) names.set(name, inode)
  else if (names.get(name) === inode) names.delete(name)
}

const worn = (text: string, fate: Fate): string =>
  fate === "torn" ? text.slice(0, text.length >> 1) : fate === "zeroed" ? "\0".repeat(text.length) : text

const split = (path: string): { readonly folder: string; readonly name: string } => {
  const slash = path.lastIndexOf("/")
  return { folder: slash <= 0 ? "/" : path.slice(0, slash), name: path.slice(slash + 1) }
}

/** No `Error`: a stack trace for each file that is not there would take most of the time. */
class Refused {
  readonly code: string
  constructor(code: string) {
    this.code = code
  }
}

const fail = (code: string): never => {
  throw new Refused(code)
}

const attempt = <A>(method: string, path: string, run: () => A): Effect.Effect<A, SystemError> =>
  Effect.suspend(() => {
    try {
      return Effect.succeed(run())
    } catch (cause) {
      if (!(cause instanceof Refused)) throw cause
      const reason: SystemErrorReason = cause.code === "ENOENT"
        ? "NotFound"
        : cause.code === "EEXIST"
        ? "AlreadyExists"
        : "Unknown"
      return Effect.fail(new SystemError({ reason, module: "FileSystem", method, pathOrDescriptor: path, cause }))
    }
  })
