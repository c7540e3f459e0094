/**
 * What a page map says of the files beside it: how many pages lie in which pages file, and which pages are in the images of the
 * parent (CRIU's `images/pagemap.proto`, `criu/include/pagemap.h`).
 *
 * What is in the pages is not looked at.
 */
import type { Image } from "../image/ImageFile.ts"
import type { PagemapEntry, PagemapHead } from "../image/message/Pagemap.ts"

/** Addresses from `start` up to `end`. */
interface Range {
  readonly start: bigint
  readonly end: bigint
}

/** A run of pages. */
export interface Run {
  readonly start: bigint
  readonly pages: number
}

/** What a page map says. */
export interface PageFacts {
  readonly pagesId: number
  /** How many pages the pages file holds of it. */
  readonly present: number
  /** What the parent has to have. */
  readonly inParent: ReadonlyArray<Run>
  /** All that it knows of, in order. */
  readonly known: ReadonlyArray<Run>
}

const parentFlag = 1
const presentFlag = 4

/** Reads what a page map says. */
export const read = ({ entries, head }: Image<PagemapEntry, PagemapHead>): PageFacts => {
  const inParent: Array<Run> = []
  const known: Array<Run> = []
  let present = 0
  for (const { value } of entries) {
    // CRIU 4.2 moved the count to a larger field.
    const pages = value.nr_pages === undefined ? value.compat_nr_pages : Number(value.nr_pages)
    // Images of before there were flags have pages wherever the parent has none.
    const flags = value.flags ?? (value.in_parent === true ? parentFlag : presentFlag)
    const run = { start: value.vaddr, pages }
    known.push(run)
    if ((flags & parentFlag) !== 0) inParent.push(run)
    else if ((flags & presentFlag) !== 0) present += pages
  }
  return { pagesId: head?.value.pages_id ?? 0, present, inParent, known }
}

/** The first address of what a map wants of its parent that the parent's map does not know of; `undefined` where it knows all. */
export const firstUnknown = (
  wanted: ReadonlyArray<Run>,
  known: ReadonlyArray<Run>,
  pageSize: number
): bigint | undefined => {
  const ranges = joined(known, pageSize)
  for (const { end, start } of joined(wanted, pageSize)) {
    // Both are in order; there are few enough of the wanted to look for each.
    const holder = ranges[lastUpTo(ranges, start)]
    if (holder === undefined || holder.end <= start) return start
    if (holder.end < end) return holder.end
  }
  return undefined
}

/** Runs that touch each other as one. */
const joined = (runs: ReadonlyArray<Run>, pageSize: number): ReadonlyArray<Range> => {
  const ranges: Array<{ start: bigint; end: bigint }> = []
  const inOrder = [...runs].sort((a, b) => a.start < b.start ? -1 : a.start > b.start ? 1 : 0)
  for (const { pages, start } of inOrder) {
    const end = start + BigInt(pages) * BigInt(pageSize)
    const last = ranges.at(-1)
    if (last !== undefined && start <= last.end) last.end = end > last.end ? end : last.end
    else ranges.push({ start, end })
  }
  return ranges
}

const lastUpTo = (ranges: ReadonlyArray<Range>, start: bigint): number => {
  let [low, high] = [0, ranges.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((ranges[middle]?.start ?? 0n) <= start) low = middle + 1
    else high = middle
  }
  return low - 1
}
