/**
 * What the images of a folder say, as far as it tells which other images there have to be.
 *
 * An image is read into a part of it; all parts together are what the rules are asked of.
 */
import * as Either from "effect/Either"
import * as ImageFile from "../image/ImageFile.ts"
import type { AnyKind, ImageKind } from "../image/ImageKind.ts"
import { kinds } from "../image/kinds.ts"
import * as ReadMessage from "../image/readMessage.ts"
import type { CgroupEntry } from "../image/message/Cgroup.ts"
import type { CoreEntry, TaskKobjIdsEntry } from "../image/message/Core.ts"
import type { FdinfoEntry, FileEntry } from "../image/message/Fdinfo.ts"
import type { FsEntry } from "../image/message/Fs.ts"
import type { InventoryEntry } from "../image/message/Inventory.ts"
import type { IpcShmEntry } from "../image/message/IpcShm.ts"
import type { MemfdInodeEntry } from "../image/message/Memfd.ts"
import type { MmEntry } from "../image/message/Mm.ts"
import type { MntEntry } from "../image/message/Mnt.ts"
import type { PagemapEntry, PagemapHead } from "../image/message/Pagemap.ts"
import type { PstreeEntry } from "../image/message/Pstree.ts"
import type { RemapFilePathEntry } from "../image/message/RemapFilePath.ts"
import type { TtyInfoEntry } from "../image/message/Tty.ts"
import { identifyName } from "./imageName.ts"
import { isSingle, ofTooLong, ofUnreadable } from "./Loss.ts"
import * as PageFacts from "./PageFacts.ts"
import type { Problem } from "./Verification.ts"

/** What the images say. A kind of which no image reads is empty, or absent where there is one of it. */
export interface Contents {
  /** The names of all plain files, with their lengths. */
  readonly names: ReadonlyMap<string, number>
  readonly inventory: InventoryEntry | undefined
  readonly tree: ReadonlyArray<PstreeEntry> | undefined
  /** By the id of a thread. */
  readonly cores: ReadonlyMap<number, CoreEntry>
  /** By pid. */
  readonly ids: ReadonlyMap<number, TaskKobjIdsEntry>
  readonly mms: ReadonlyMap<number, MmEntry>
  readonly fs: ReadonlyMap<number, FsEntry>
  /** By the id of the table of descriptors. */
  readonly fdinfos: ReadonlyMap<number, ReadonlyArray<FdinfoEntry>>
  readonly files: ReadonlyArray<FileEntry> | undefined
  readonly remaps: ReadonlyArray<RemapFilePathEntry> | undefined
  readonly memfds: ReadonlyArray<MemfdInodeEntry> | undefined
  readonly terminals: ReadonlyArray<TtyInfoEntry> | undefined
  readonly cgroup: CgroupEntry | undefined
  /** By the id of the namespace. */
  readonly mounts: ReadonlyMap<number, ReadonlyArray<MntEntry>>
  readonly segments: ReadonlyMap<number, ReadonlyArray<IpcShmEntry>>
  /** By the name of the file. */
  readonly pagemaps: ReadonlyMap<string, PageFacts.PageFacts>
}

/** The part of it that one image gives. */
export type Part = Partial<Omit<Contents, "names">>

/** Reads one image; a file that is none, or whose content tells nothing of other files, is an empty part. */
export const read = (file: string, bytes: Uint8Array): Either.Either<Part, Problem> => {
  const name = identifyName(file)
  const kind = allKinds.get(name ?? "")
  if (name === undefined || kind === undefined) return Either.right({})
  return Either.mapLeft(decode(name, kind, file, bytes), (reason) => describe(name, kind, file, bytes, reason))
}

/** Whether a file is an image with entries. */
export const isRead = (file: string): boolean => allKinds.has(identifyName(file) ?? "")

/** Whether contents of files, of memory or of queues lie between the entries of an image. */
export const holdsContent = (file: string): boolean => {
  const kind = allKinds.get(identifyName(file) ?? "")
  return kind?.extra !== undefined || kind?.headExtra !== undefined
}

/** All parts as one; of a kind that has one image, one. */
export const assemble = (names: ReadonlyMap<string, number>, parts: ReadonlyArray<Part>): Contents => ({
  names,
  ...empty,
  ...Object.assign({}, ...parts.filter((part) => Object.values(part).every((value) => !(value instanceof Map)))),
  cores: merged(parts, "cores"),
  ids: merged(parts, "ids"),
  mms: merged(parts, "mms"),
  fs: merged(parts, "fs"),
  fdinfos: merged(parts, "fdinfos"),
  mounts: merged(parts, "mounts"),
  segments: merged(parts, "segments"),
  pagemaps: merged(parts, "pagemaps")
})

const allKinds: ReadonlyMap<string, AnyKind> = new Map(Object.entries(kinds))

const empty = {
  inventory: undefined,
  tree: undefined,
  files: undefined,
  remaps: undefined,
  memfds: undefined,
  terminals: undefined,
  cgroup: undefined
}

type Maps = "cores" | "ids" | "mms" | "fs" | "fdinfos" | "mounts" | "segments" | "pagemaps"

const merged = <K extends Maps>(parts: ReadonlyArray<Part>, key: K): Contents[K] => {
  const all = new Map<unknown, unknown>()
  for (const part of parts) for (const [id, value] of part[key] ?? []) all.set(id, value)
  // Each part's map is of this type.
  return all as Contents[K] & Map<unknown, unknown>
}

type Read = Either.Either<readonly [part: Part, entries: number], string>

const decode = (name: string, kind: AnyKind, file: string, bytes: Uint8Array): Either.Either<Part, string> => {
  const reader = readers[name]
  const read: Read = reader === undefined
    ? Either.map(ImageFile.read(kind, bytes), ({ entries }) => [{}, entries.length])
    : reader(bytes, Number(kind.file.exec(file)?.[1] ?? 0), file)
  return Either.flatMap(
    read,
    ([part, count]) =>
      isSingle(name) && count !== 1
        ? Either.left(count === 0 ? "it ends before its entry" : `it has ${count} entries, and one of its kind has one`)
        : Either.right(part)
  )
}

/** Of the kinds that tell of other files. */
const readers: Readonly<Record<string, (bytes: Uint8Array, id: number, file: string) => Read>> = {
  inventory: (bytes) => values(kinds.inventory, bytes, ([inventory]) => ({ inventory })),
  pstree: (bytes) => values(kinds.pstree, bytes, (tree) => ({ tree })),
  core: (bytes, id) => values(kinds.core, bytes, ([core]) => ({ cores: one(id, core) })),
  ids: (bytes, id) => values(kinds.ids, bytes, ([ids]) => ({ ids: one(id, ids) })),
  mm: (bytes, id) => values(kinds.mm, bytes, ([mm]) => ({ mms: one(id, mm) })),
  fs: (bytes, id) => values(kinds.fs, bytes, ([fs]) => ({ fs: one(id, fs) })),
  fdinfo: (bytes, id) => values(kinds.fdinfo, bytes, (fdinfo) => ({ fdinfos: one(id, fdinfo) })),
  files: (bytes) => values(kinds.files, bytes, (files) => ({ files })),
  remap_fpath: (bytes) => values(kinds.remap_fpath, bytes, (remaps) => ({ remaps })),
  memfd_inode: (bytes) => values(kinds.memfd_inode, bytes, (memfds) => ({ memfds })),
  tty_info: (bytes) => values(kinds.tty_info, bytes, (terminals) => ({ terminals })),
  cgroup: (bytes) => values(kinds.cgroup, bytes, ([cgroup]) => ({ cgroup })),
  mnts: (bytes, id) => values(kinds.mnts, bytes, (mounts) => ({ mounts: one(id, mounts) })),
  ipcns_shm: (bytes, id) => values(kinds.ipcns_shm, bytes, (segments) => ({ segments: one(id, segments) })),
  pagemap: (bytes, _, file) => pagemap(kinds.pagemap, bytes, file),
  shmem_pagemap: (bytes, _, file) => pagemap(kinds.shmem_pagemap, bytes, file)
}

const values = <A, H>(kind: ImageKind<A, H>, bytes: Uint8Array, partOf: (values: ReadonlyArray<A>) => Part): Read =>
  Either.map(ImageFile.values(kind, bytes), (values) => [partOf(values), values.length] as const)

const pagemap = (kind: ImageKind<PagemapEntry, PagemapHead>, bytes: Uint8Array, file: string): Read =>
  Either.map(
    ImageFile.read(kind, bytes),
    (image) => [{ pagemaps: one(file, PageFacts.read(image)) }, image.entries.length] as const
  )

const one = <K, A>(key: K, value: A | undefined): ReadonlyMap<K, A> =>
  new Map(value === undefined ? [] : [[key, value] as const])

/** What is wrong with a file that does not read: cut off, too long, or something else than an image of its kind. */
const describe = (name: string, kind: AnyKind, file: string, bytes: Uint8Array, reason: string): Problem => {
  if (isSingle(name) && firstReads(kind, bytes)) {
    return { file, fault: "too long", detail: "there is more in it than its entry", ...ofTooLong(file) }
  }
  const isCut = /^it (ends|lacks|is too short)/.test(reason)
  return {
    file,
    fault: isCut ? "truncated" : "undecodable",
    detail: isCut && bytes.byteLength === 0 ? "it is empty" : reason,
    ...ofUnreadable(file)
  }
}

/** Whether the first entry reads by itself. */
const firstReads = (kind: AnyKind, bytes: Uint8Array): boolean => {
  const start = ImageFile.magicOf(bytes)?.start
  if (start === undefined || bytes.byteLength < start + 4) return false
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const end = start + 4 + view.getUint32(start, true)
  if (end > bytes.byteLength) return false
  return Either.match(ReadMessage.decode(kind.entry, bytes.subarray(start + 4, end)), {
    onLeft: () => false,
    onRight: (value) => {
      const extra = kind.extra?.(value, bytes.subarray(end)) ?? 0
      return end + extra < bytes.byteLength && Either.isRight(ImageFile.read(kind, bytes.subarray(0, end + extra)))
    }
  })
}
