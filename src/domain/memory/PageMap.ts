/**
 * Where the pages of a process, or of shared memory, are: ranges of addresses, each with the file that has its bytes or with why
 * nobody has them.
 *
 * It is made from images in `dumpedPages.ts`; here is what it is, and how it is looked up and put together.
 */

/** Where the bytes of a range are. */
export type Place =
  | {
    readonly _tag: "Dumped"
    /** In which folder of the chain: 0 is that of the images themselves, 1 their parent's, and so on. */
    readonly depth: number
    readonly file: string
    /** Where in that file the range begins, in bytes. */
    readonly offset: number
  }
  /** They were left for a restore to fetch from the machine of the dump. */
  | { readonly _tag: "Lazy" }
  /** The images call for them, and they are not there. */
  | { readonly _tag: "Missing"; readonly reason: string }

/** Pages that lie one after the other, in memory as well as where they are. */
export interface PageRange {
  readonly start: bigint
  /** The first address behind it. */
  readonly end: bigint
  readonly place: Place
}

/** A range whose bytes are there. */
export type DumpedRange = PageRange & { readonly place: Extract<Place, { readonly _tag: "Dumped" }> }

/** Whether the bytes of a range are there. */
export const isDumped = (range: PageRange): range is DumpedRange => range.place._tag === "Dumped"

/**
 * The pages that the images tell of. What is in no range was not dumped: it was never touched, or is as its file has it.
 */
export interface PageMap {
  /** In the order of their addresses; none overlaps another. */
  readonly ranges: ReadonlyArray<PageRange>
}

/** No pages. */
export const empty: PageMap = { ranges: [] }

/** A range that the images call for and do not have. */
export const missing = (start: bigint, end: bigint, reason: string): PageRange => ({
  start,
  end,
  place: { _tag: "Missing", reason }
})

/** The range that an address lies in. */
export const at = (map: PageMap, address: bigint): PageRange | undefined => {
  const found = map.ranges[firstBehind(map, address)]
  return found !== undefined && found.start <= address ? found : undefined
}

/** The ranges from an address up to another, cut to lie between them. */
export const within = (map: PageMap, start: bigint, end: bigint): ReadonlyArray<PageRange> => {
  const found: Array<PageRange> = []
  for (let index = firstBehind(map, start); index < map.ranges.length; index++) {
    const range = map.ranges[index]
    if (range === undefined || range.start >= end) break
    found.push(cut(range, start, end))
  }
  return found
}

/** What of `start` to `end` is in no range: pairs of a first address and the first behind. */
export const gaps = (
  map: PageMap,
  start: bigint,
  end: bigint
): ReadonlyArray<{ readonly start: bigint; readonly end: bigint }> => {
  const found: Array<{ readonly start: bigint; readonly end: bigint }> = []
  let from = start
  for (const range of within(map, start, end)) {
    if (range.start > from) found.push({ start: from, end: range.start })
    from = range.end
  }
  return from < end ? [...found, { start: from, end }] : found
}

/** The ranges from `start` to `end`, at other addresses: `to` in place of `start`. */
export const moved = (map: PageMap, start: bigint, end: bigint, to: bigint): PageMap => ({
  ranges: within(map, start, end).map((range) => ({
    start: range.start - start + to,
    end: range.end - start + to,
    place: range.place
  }))
})

/** Those of both maps; where both tell of a page, as `above` has it. */
export const over = (above: PageMap, below: PageMap): PageMap => {
  if (below.ranges.length === 0) return above
  if (above.ranges.length === 0) return below
  const rest = below.ranges.flatMap((range) =>
    gaps(above, range.start, range.end).map((gap) => cut(range, gap.start, gap.end))
  )
  return { ranges: [...above.ranges, ...rest].sort(byStart) }
}

/** How many bytes lie in ranges: in the images themselves, in their parents, left for a restore to fetch, and nowhere. */
export interface Totals {
  readonly own: bigint
  readonly parent: bigint
  readonly lazy: bigint
  readonly missing: bigint
}

/** The totals of what lies from `start` to `end`. */
export const totals = (map: PageMap, start: bigint, end: bigint): Totals => {
  const sums = { own: 0n, parent: 0n, lazy: 0n, missing: 0n }
  for (const range of within(map, start, end)) {
    const { place } = range
    const key = place._tag === "Lazy"
      ? "lazy"
      : place._tag === "Missing"
      ? "missing"
      : place.depth === 0
      ? "own"
      : "parent"
    sums[key] += range.end - range.start
  }
  return sums
}

/** Whether a range goes on where another ends, in memory and where its bytes are. */
export const follows = (range: PageRange, next: PageRange): boolean => {
  if (range.end !== next.start) return false
  const { place } = range
  switch (place._tag) {
    case "Dumped":
      return next.place._tag === "Dumped" && place.depth === next.place.depth && place.file === next.place.file &&
        place.offset + Number(range.end - range.start) === next.place.offset
    case "Lazy":
      return next.place._tag === "Lazy"
    case "Missing":
      return next.place._tag === "Missing" && place.reason === next.place.reason
  }
}

/** The index of the first range that ends behind an address. */
const firstBehind = ({ ranges }: PageMap, address: bigint): number => {
  let low = 0
  let high = ranges.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const range = ranges[middle]
    if (range !== undefined && range.end <= address) low = middle + 1
    else high = middle
  }
  return low
}

const cut = (range: PageRange, start: bigint, end: bigint): PageRange => {
  if (range.start >= start && range.end <= end) return range
  const from = range.start > start ? range.start : start
  const { place } = range
  return {
    start: from,
    end: range.end < end ? range.end : end,
    place: place._tag === "Dumped" ? { ...place, offset: place.offset + Number(from - range.start) } : place
  }
}

const byStart = (a: PageRange, b: PageRange): number => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0)
