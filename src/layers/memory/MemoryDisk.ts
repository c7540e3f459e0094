/**
 * The `Disk` service over an in-memory volume: what the platform's `FileSystem` lacks, and locks that live in memory.
 *
 * A lock belongs to the inode, as flock(2)'s does. Those who wait get it in the order in which they came.
 */
import type { PlatformError } from "@effect/platform/Error"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import {
  type Disk,
  type EntryKind,
  type Lease,
  noLease,
  type PathInfo,
  type Scanned,
  type ScanRequest,
  type SmallFile
} from "../../effects/Disk.ts"
import { onClose } from "../shared/onClose.ts"
import type { Faults } from "./Faults.ts"
import { device, sizeOf } from "./inodeInfo.ts"
import { LockQueue } from "./LockQueue.ts"
import type { MemoryVolume } from "./MemoryVolume.ts"
import { isRefusal, Refusal, toPlatformError } from "./Refusal.ts"
import { entriesOf, type Inode, locate, may, read, walk } from "./walk.ts"

/** The disk of a volume. */
export const make = (volume: MemoryVolume, faults: Faults): Context.Tag.Service<Disk> => {
  const call = <A>(
    method: "inspect" | "entries" | "scanOne" | "removeEmpty" | "sync" | "freeBytes",
    path: string,
    body: (now: number) => A | Refusal
  ): Effect.Effect<A, PlatformError> =>
    Effect.clockWith((clock) => {
      const run = () => settle(method, path, body(clock.unsafeCurrentTimeMillis()))
      return faults.isQuiet ? run() : faults.around(`Disk.${method}`, Effect.suspend(run))
    })

  return {
    inspect: (path) =>
      call("inspect", path, () => {
        const entry = volume.at(path, false, "lstat")
        if (!isRefusal(entry)) return Option.some(infoOf(entry.node))
        return entry.code === "ENOENT" ? Option.none<PathInfo>() : entry
      }),
    entries: (path) =>
      call("entries", path, () => {
        const entry = volume.at(path, false, "lstat")
        if (isRefusal(entry)) return entry
        if (entry.node.isSymlink()) return new Refusal("ELOOP", "lstat")
        if (!entry.node.isDirectory()) return new Refusal("ENOTDIR", "scandir")
        if (!may(volume.user, entry.node, read)) return new Refusal("EACCES", "scandir")
        return entriesOf(entry).map(([name, { node }]) => ({ name, kind: kindOf(node) }))
      }),
    scanOne: (path, request) => call("scanOne", path, () => scanFolder(volume, path, request)),
    scan: (path, names, request, choose) =>
      faults.around(
        "Disk.scan",
        Effect.gen(function* () {
          const found = []
          for (let index = 0; index < names.length; index++) {
            const name = names[index]
            if (name === undefined) continue
            if (index % turn === turn - 1) yield* Effect.yieldNow()
            const scanned = scanFolder(volume, `${path}/${name}`, request)
            const one = choose(name, isRefusal(scanned) ? hidden(scanned) : scanned)
            if (one !== undefined) found.push(one)
          }
          return found
        })
      ),
    removeEmpty: (path) => call("removeEmpty", path, (now) => volume.removeFolder(now, path)),
    sync: (path) =>
      call("sync", path, () => {
        const entry = volume.at(path, false, "open")
        if (isRefusal(entry)) return entry.code === "ENOENT" ? undefined : entry
        if (entry.node.isSymlink()) return new Refusal("ELOOP", "open")
        return volume.device.sync(entry, entry.node)
      }),
    freeBytes: (path) =>
      call("freeBytes", path, () => {
        const entry = volume.at(path, true, "statfs")
        if (isRefusal(entry)) return entry
        return volume.free
      }),
    lock: (path, wait) => faults.around("Disk.lock", lock(volume, path, wait))
  }
}

/** How many folders are scanned before other fibres have their turn. */
const turn = 256

const settle = <A>(method: string, path: string, outcome: A | Refusal): Effect.Effect<A, PlatformError> =>
  isRefusal(outcome) ? Effect.fail(toPlatformError(method, path, outcome)) : Effect.succeed(outcome)

const infoOf = (inode: Inode): PathInfo => ({
  kind: kindOf(inode),
  size: sizeOf(inode),
  mode: inode.mode & 0o7777,
  uid: inode.uid,
  device,
  inode: inode.ino,
  modified: inode.mtime.getTime()
})

const kindOf = (inode: Inode): EntryKind =>
  inode.isFile() ? "File" : inode.isDirectory() ? "Directory" : inode.isSymlink() ? "SymbolicLink" : "Other"

const scanFolder = (volume: MemoryVolume, path: string, request: ScanRequest): Scanned | Refusal => {
  const folder = volume.at(path, true, "lstat")
  if (isRefusal(folder)) return isGone(folder) ? nothing : folder
  if (!folder.node.isDirectory()) return nothing
  const marker = walk(volume, `${path}/${request.marker}`, false, "lstat")
  if (isRefusal(marker) && !isGone(marker)) return marker
  return {
    text: readSmall(volume, `${path}/${request.file}`, request),
    marker: !isRefusal(marker) && marker.node.isFile()
  }
}

const nothing: Scanned = { text: { _tag: "Absent" }, marker: false }

const hidden = (refusal: Refusal): Scanned => ({
  text: unreadable(`cannot be looked into: ${refusal.code}`),
  marker: false
})

const unreadable = (reason: string): SmallFile => ({ _tag: "Unreadable", reason })

const isGone = ({ code }: Refusal): boolean => code === "ENOENT" || code === "ENOTDIR"

const readSmall = (volume: MemoryVolume, path: string, { file, maximumBytes }: ScanRequest): SmallFile => {
  const entry = walk(volume, path, false, "open")
  if (isRefusal(entry)) return isGone(entry) ? nothing.text : unreadable(`${file} cannot be read: ${entry.code}`)
  const { node } = entry
  if (node.isSymlink()) return unreadable(`${file} is a symbolic link`)
  if (!may(volume.user, node, read)) return unreadable(`${file} cannot be read: EACCES`)
  if (!node.isFile()) return unreadable(`${file} is not a plain file`)
  const size = node.getSize()
  return size > maximumBytes
    ? unreadable(`${file} is ${size} bytes long and at most ${maximumBytes} are read`)
    : { _tag: "Text", text: node.buf.toString("utf8", 0, size) }
}

const queues = new WeakMap<Inode, LockQueue>()

const lock = (
  volume: MemoryVolume,
  path: string,
  wait: boolean
): Effect.Effect<Option.Option<Lease>, PlatformError, Scope.Scope> =>
  Effect.uninterruptibleMask((restore) => {
    const attempt: Effect.Effect<Option.Option<Lease>, PlatformError, Scope.Scope> = Effect.gen(function* () {
      const inode = yield* lockFile(volume, path)
      const queue = queueOf(inode)
      if (!(yield* queue.take(wait, restore))) return Option.none()
      // Whoever held it may have deleted the file: the lock that counts is then another one.
      const there = volume.at(path, false, "lstat")
      if (isRefusal(there) || there.node !== inode) {
        queue.release()
        return yield* attempt
      }
      yield* onClose(Effect.sync(() => queue.release()))
      return Option.some(noLease)
    })
    return attempt
  })

const queueOf = (inode: Inode): LockQueue => {
  const queue = queues.get(inode) ?? new LockQueue()
  queues.set(inode, queue)
  return queue
}

const lockFile = (volume: MemoryVolume, path: string): Effect.Effect<Inode, PlatformError> =>
  Effect.clockWith((clock) => settle("lock", path, findOrMake(volume, clock.unsafeCurrentTimeMillis(), path)))

const findOrMake = (volume: MemoryVolume, now: number, path: string): Inode | Refusal => {
  const place = locate(volume, path, "open")
  if (isRefusal(place)) return place
  const entry = place.entry ?? volume.makeFile(now, place, 0o600)
  if (isRefusal(entry)) return entry
  if (entry.node.isSymlink()) return new Refusal("ELOOP", "open")
  return entry.node.isFile() ? entry.node : new Refusal("EISDIR", "open")
}
