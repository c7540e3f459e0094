/**
 * The dumped memory of one process: its areas, where each page of it is, in these images or in those that they build on, and the
 * bytes. Nothing is ever read whole.
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { type ImagesNotFound, ImageUnreadable, ProcessNotFound, type StorageFailed } from "../domain/CheckpointError.ts"
import { kinds } from "../domain/image/kinds.ts"
import type { MmEntry } from "../domain/image/message/Mm.ts"
import { commonPageSize, toldPageSize } from "../domain/memory/dumpedPages.ts"
import * as MemoryArea from "../domain/memory/MemoryArea.ts"
import * as PageMap from "../domain/memory/PageMap.ts"
import { type ImageChain, openChain } from "./imageChain.ts"
import type { ImageFolder, Images } from "./Images.ts"
import { type MappedPages, mappedPages } from "./mappedPages.ts"
import { openPages, type ReadPages } from "./openPages.ts"
import { hasImage, readValues } from "./readImage.ts"
import { readSharedMemory, type SharedMemory } from "./sharedMemory.ts"

/** What reading the memory of a process can fail with. */
export type MemoryError = ProcessNotFound | ImageUnreadable | StorageFailed

/** What could not be read, where the rest can. */
export type MemoryProblem = ImagesNotFound | MemoryError

/** Bytes that are known, from an address on. */
interface Piece {
  readonly start: bigint
  readonly bytes: Uint8Array
}

/** The dumped memory of one process, with what its parents' images hold of it. */
export interface ProcessMemory {
  readonly pid: number
  /** In bytes. */
  readonly pageSize: number
  /** What the process says of its memory: where its arguments, its environment, its heap and its stack are. */
  readonly mm: MmEntry
  /** In the order of their addresses. */
  readonly areas: ReadonlyArray<MemoryArea.MemoryArea>
  /** Where its pages are, those that it shares with others included. */
  readonly pages: PageMap.PageMap
  /** The same without what it shares. */
  readonly ownPages: PageMap.PageMap
  /** The id of the page map of what an area shares with other processes, where it has one. */
  readonly sharedId: (area: MemoryArea.MemoryArea) => bigint | undefined
  /** What could not be read of its memory; the rest can. */
  readonly problems: ReadonlyArray<MemoryProblem>
  /**
   * Reads `length` bytes from an address on, as far as they were dumped: what lies together is one piece, and what is in no piece
   * was not dumped. It takes as much memory as there is to read.
   */
  readonly read: (
    start: bigint,
    length: number
  ) => Effect.Effect<ReadonlyArray<Piece>, ImageUnreadable | StorageFailed>
}

/** The images of a chain, opened for reading the memory of several processes. */
export interface OpenMemory {
  readonly chain: ImageChain
  readonly shared: SharedMemory
  /** In bytes, as any of the processes was told. */
  readonly pageSize: Effect.Effect<number | undefined>
  /** The pages of shared memory, by its id; their addresses count from its start. */
  readonly sharedPages: (id: bigint) => Effect.Effect<MappedPages>
  readonly readPages: ReadPages
}

/** Opens a folder and those that it builds on for reading memory. */
export const openMemories = (folder: ImageFolder): Effect.Effect<OpenMemory, never, Images | Scope.Scope> =>
  Effect.gen(function* () {
    const chain = yield* openChain(folder)
    const shared = yield* readSharedMemory(chain)
    const pageSize = yield* Effect.cached(anyPageSize(folder))
    const pagesOf = yield* Effect.cachedFunction((id: bigint) => sharedPages(chain, shared, id, pageSize))
    return { chain, shared, pageSize, sharedPages: pagesOf, readPages: yield* openPages(chain) }
  })

/**
 * The memory of one process, by its pid in the images. Fails where its areas cannot be read; of pages that cannot be found the
 * result tells.
 */
export const openMemory = (
  folder: ImageFolder,
  pid: number
): Effect.Effect<ProcessMemory, MemoryError, Images | Scope.Scope> =>
  Effect.flatMap(openMemories(folder), (open) => memoryOf(open, pid))

/** The pids of the processes that have memory of their own, in order. A file whose number is written otherwise is not CRIU's. */
export const pidsOf = ({ files }: ImageFolder): ReadonlyArray<number> =>
  files.flatMap(({ name }) => kinds.mm.file.exec(name)?.[1] ?? [])
    .filter((pid) => String(Number(pid)) === pid)
    .map(Number)
    .sort((a, b) => a - b)

/** The same as {@link openMemory}, of images that are open. */
export const memoryOf = (
  open: OpenMemory,
  pid: number
): Effect.Effect<ProcessMemory, MemoryError> =>
  Effect.gen(function* () {
    const [folder] = open.chain.folders
    const file = `mm-${pid}.img`
    if (!hasImage(folder, file)) {
      return yield* new ProcessNotFound({ path: folder.path, pid, pids: pidsOf(folder) })
    }
    const [mm] = yield* readValues(folder, file, kinds.mm)
    if (mm === undefined) return yield* new ImageUnreadable({ path: folder.path, file, reason: "it is empty" })
    const areas = MemoryArea.ofProcess(mm)
    const own = yield* mappedPages(
      open.chain,
      `pagemap-${pid}.img`,
      toldPageSize(mm.mm_saved_auxv),
      open.pageSize
    )
    // Pages that nothing tells of are not known, and not untouched.
    const { unread } = own
    const ownPages = unread === undefined ? own.pages : {
      ranges: areas.filter(MemoryArea.hasOwnPages).map(({ end, start }) => PageMap.missing(start, end, unread))
    }
    const problems = [...broken(open.chain), ...open.shared.problems, ...own.problems]
    const others: Array<PageMap.PageRange> = []
    for (const area of areas) {
      const id = open.shared.idOf(area)
      if (id === undefined) continue
      const shared = yield* open.sharedPages(id)
      problems.push(...shared.problems)
      const { ranges } = PageMap.moved(shared.pages, area.offset, area.offset + area.end - area.start, area.start)
      if (shared.unread !== undefined) {
        others.push(PageMap.missing(area.start, area.end, shared.unread))
      }
      // One by one: an engine takes only so many arguments.
      for (const range of ranges) others.push(range)
    }
    const pages = PageMap.over(ownPages, { ranges: others })
    const read = (start: bigint, length: number) => readPieces(open.readPages, pages, start, length)
    return {
      pid,
      pageSize: own.pageSize,
      mm,
      areas,
      pages,
      ownPages,
      sharedId: open.shared.idOf,
      problems,
      read
    }
  })

/** The images of processes are read until one of them tells. */
const anyPageSize = (folder: ImageFolder): Effect.Effect<number | undefined> =>
  Effect.gen(function* () {
    for (const pid of pidsOf(folder)) {
      const [mm] = yield* Effect.orElseSucceed(readValues(folder, `mm-${pid}.img`, kinds.mm), () => [])
      const size = mm === undefined ? undefined : toldPageSize(mm.mm_saved_auxv)
      if (size !== undefined) return size
    }
    return undefined
  })

/** Memory of which no page was ever touched has no page map. */
const sharedPages = (
  chain: ImageChain,
  { segments }: SharedMemory,
  id: bigint,
  pageSize: Effect.Effect<number | undefined>
): Effect.Effect<MappedPages> => {
  const file = `pagemap-shmem-${id}.img`
  return hasImage(chain.folders[0], file) ? mappedPages(chain, file, undefined, pageSize) : Effect.succeed({
    pages: segments.get(id) ?? PageMap.empty,
    unread: undefined,
    pageSize: commonPageSize,
    problems: []
  })
}

const broken = (chain: ImageChain) => (chain.broken === undefined ? [] : [chain.broken])

const readPieces = (
  readPages: ReadPages,
  pages: PageMap.PageMap,
  start: bigint,
  length: number
): Effect.Effect<ReadonlyArray<Piece>, ImageUnreadable | StorageFailed> =>
  Effect.gen(function* () {
    const ranges = PageMap.within(pages, start, start + BigInt(length))
    const pieces: Array<Piece> = []
    let index = 0
    while (index < ranges.length) {
      // Those that lie together in memory, wherever their bytes are.
      const together: Array<PageMap.DumpedRange> = []
      for (let range = ranges[index]; range !== undefined; range = ranges[index]) {
        if (!PageMap.isDumped(range) || (together.length > 0 && together.at(-1)?.end !== range.start)) break
        together.push(range)
        index++
      }
      const first = together[0]
      if (first === undefined) {
        index++
        continue
      }
      const end = together.at(-1)?.end ?? first.end
      const bytes = new Uint8Array(Number(end - first.start))
      for (const { end: until, place, start: from } of together) {
        const into = bytes.subarray(Number(from - first.start), Number(until - first.start))
        yield* readPages(place.depth, place.file, place.offset, into)
      }
      pieces.push({ start: first.start, bytes })
    }
    return pieces
  })
