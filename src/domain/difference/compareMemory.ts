/**
 * The memory of the processes of two sides, compared: first which pages there are to be compared, and, when their fates have been
 * told, what became of the areas.
 *
 * Memory that processes share is compared once; each area that maps it counts the part that it maps.
 */
import type { AreaKind } from "../memory/AreaKind.ts"
import * as PageMap from "../memory/PageMap.ts"
import type { AreaDifference } from "./AreaDifference.ts"
import { type AreaPart, differenceOf, ownedBy, pagesOf, partsOf } from "./AreaPart.ts"
import { ownPages, type ProcessSide } from "./ProcessSide.ts"
import * as PageCount from "./PageCount.ts"
import type { NamedArea } from "./pairAreas.ts"
import { runsOf } from "./pageRuns.ts"
import { PagesToCompare } from "./PagesToCompare.ts"
import { SharedObjects } from "./SharedObjects.ts"

/** What the processes of one side share, and where its pages are. */
export interface MemorySide {
  /** What tells the folders of its chain from all others, the images' own first. */
  readonly folders: ReadonlyArray<string>
  /** The pages of what processes share, by their ids. */
  readonly shared: ReadonlyMap<bigint, PageMap.PageMap>
}

/** The memory of a process on both sides, or on one. */
export interface MemoryPair {
  readonly before: ProcessSide | undefined
  readonly after: ProcessSide | undefined
}

/** What became of the memory of a process. */
export interface ProcessMemoryDifference {
  /** Those that are not as they were, in the order of their addresses. */
  readonly areas: ReadonlyArray<AreaDifference>
  readonly virtual: { readonly before: number; readonly after: number }
  readonly pages: PageCount.PageCount
}

/** What became of all memory. */
export interface MemoryDifference {
  /** In the order of the pairs. */
  readonly processes: ReadonlyArray<ProcessMemoryDifference>
  /** What is shared counts once. */
  readonly pages: PageCount.PageCount
  readonly kinds: ReadonlyArray<{ readonly kind: AreaKind; readonly pages: PageCount.PageCount }>
}

/** A comparison that has been begun. */
export interface MemoryComparison {
  readonly pages: PagesToCompare
  /** What became of the memory, when the fates of all pages have been told. */
  readonly finish: () => MemoryDifference
}

/**
 * Begins a comparison.
 *
 * @param pageSize in bytes, on both sides
 * @param keeps whether it is to be said where the pages are that are not as they were
 */
export const compareMemory = (
  pageSize: number,
  before: MemorySide,
  after: MemorySide,
  pairs: ReadonlyArray<MemoryPair>,
  keeps: boolean
): MemoryComparison => {
  const pages = new PagesToCompare(pageSize)
  const objects = new SharedObjects(pages, pairs)
  const runs = (map: PageMap.PageMap, { folders }: MemorySide) => runsOf(map, pageSize, folders)
  const own = (side: ProcessSide | undefined) => (side === undefined ? PageMap.empty : ownPages(side))
  const processes = pairs.map((pair) => {
    const parts = partsOf(pair, objects, pages, keeps)
    pages.add(runs(own(pair.before), before), runs(own(pair.after), after), ownedBy(parts, pages))
    return { pair, parts }
  })
  const sharedBy = (id: bigint | undefined, { shared }: MemorySide) =>
    (id === undefined ? undefined : shared.get(id)) ?? PageMap.empty
  for (const { after: later, before: earlier, number: owner } of objects.all) {
    const all = { first: 0, count: Number.MAX_SAFE_INTEGER, owner }
    pages.add(runs(sharedBy(earlier, before), before), runs(sharedBy(later, after), after), [all])
  }
  return {
    pages,
    finish: () => ({
      processes: processes.map(({ pair, parts }) => ({
        areas: parts.flatMap((part) => differenceOf(part, pages, keeps) ?? []),
        virtual: { before: bytesOf(pair.before?.areas), after: bytesOf(pair.after?.areas) },
        pages: PageCount.sum(parts.map(pagesOf))
      })),
      ...totalsOf(processes.flatMap(({ parts }) => parts), objects)
    })
  }
}

const bytesOf = (areas: ReadonlyArray<NamedArea> = []): number =>
  areas.reduce((sum, { end, start }) => sum + Number(end - start), 0)

const totalsOf = (
  parts: ReadonlyArray<AreaPart>,
  objects: SharedObjects
): Pick<MemoryDifference, "pages" | "kinds"> => {
  const kinds = new Map<AreaKind, PageCount.PageCount>()
  const add = (kind: AreaKind, count: PageCount.PageCount) =>
    kinds.set(kind, PageCount.add(kinds.get(kind) ?? PageCount.none, count))
  for (const part of parts) {
    const { after, before } = part.pair
    if (part.shared === undefined) add((after ?? before).kind, pagesOf(part))
  }
  for (const { fates } of objects.all) add("shared", fates.count)
  return {
    pages: PageCount.sum(kinds.values()),
    kinds: [...kinds].filter(([, count]) => Object.values(count).some((pages) => pages > 0))
      .map(([kind, pages]) => ({ kind, pages })).sort((a, b) => (a.kind < b.kind ? -1 : 1))
  }
}
