/**
 * Pages of two sides laid beside each other: runs of pages that both hold, that one holds, and where their contents lie.
 *
 * It knows page numbers and places, never a content; what the pages are of is its caller's business.
 */

/** Where the contents of pages in a row begin. */
export interface PagePlace {
  /** What tells the file from every other one, on either side: the same text is the same file. */
  readonly file: string
  /** In bytes from its beginning. */
  readonly offset: number
}

/** Pages in a row that one side holds. */
export interface PageRun {
  /** The number of the first page: its address divided by the size of a page. */
  readonly first: number
  readonly count: number
  /** Absent where the side holds the pages, and what is in them cannot be read. */
  readonly place: PagePlace | undefined
}

/** Pages in a row that are alike in where they are to be found. */
export interface PagePair {
  readonly first: number
  readonly count: number
  /** Absent where this side does not hold the pages. */
  readonly before: PageRun | undefined
  readonly after: PageRun | undefined
}

/** A side's part of a run that begins at a page and is so long. */
const part = (run: PageRun, first: number, count: number, pageSize: number): PageRun => ({
  first,
  count,
  place: run.place === undefined
    ? undefined
    : { file: run.place.file, offset: run.place.offset + (first - run.first) * pageSize }
})

/** Lays the pages of two sides beside each other, in the order of their numbers, in which both are given. */
export const pair = (
  before: ReadonlyArray<PageRun>,
  after: ReadonlyArray<PageRun>,
  pageSize: number
): ReadonlyArray<PagePair> => {
  const pairs: Array<PagePair> = []
  let [left, right] = [0, 0]
  let at = 0
  for (;;) {
    while (isOver(before[left], at)) left++
    while (isOver(after[right], at)) right++
    const one = before[left]
    const other = after[right]
    if (one === undefined && other === undefined) return pairs
    const first = Math.max(at, Math.min(one?.first ?? Infinity, other?.first ?? Infinity))
    const [has, hasToo] = [holds(one, first), holds(other, first)]
    const end = Math.min(endOf(one, first), endOf(other, first))
    pairs.push({
      first,
      count: end - first,
      before: has ? part(has, first, end - first, pageSize) : undefined,
      after: hasToo ? part(hasToo, first, end - first, pageSize) : undefined
    })
    at = end
  }
}

const isOver = (run: PageRun | undefined, at: number): boolean => run !== undefined && run.first + run.count <= at

const holds = (run: PageRun | undefined, page: number): PageRun | undefined =>
  run !== undefined && run.first <= page ? run : undefined

/** Where a run that holds the page ends, or one that does not begins. */
const endOf = (run: PageRun | undefined, page: number): number =>
  run === undefined ? Infinity : run.first <= page ? run.first + run.count : run.first

/** A range of pages that belongs to somebody. Ranges do not overlap, and are in the order of their pages. */
export interface Owned {
  readonly first: number
  readonly count: number
  readonly owner: number
}

/** Pages in a row of one owner; absent where they are nobody's. */
export interface OwnedPair extends PagePair {
  readonly owner: number | undefined
}

/** Cuts pairs where their owners change. */
export const cut = (
  pairs: ReadonlyArray<PagePair>,
  ranges: ReadonlyArray<Owned>,
  pageSize: number
): ReadonlyArray<OwnedPair> => {
  const pieces: Array<OwnedPair> = []
  let index = 0
  for (const pair of pairs) {
    const end = pair.first + pair.count
    let first = pair.first
    while (first < end) {
      while (isOwnedBefore(ranges[index], first)) index++
      const range = ranges[index]
      const isWithin = range !== undefined && range.first <= first
      const until = Math.min(end, range === undefined ? end : isWithin ? range.first + range.count : range.first)
      pieces.push({
        first,
        count: until - first,
        before: pair.before === undefined ? undefined : part(pair.before, first, until - first, pageSize),
        after: pair.after === undefined ? undefined : part(pair.after, first, until - first, pageSize),
        owner: isWithin ? range.owner : undefined
      })
      first = until
    }
  }
  return pieces
}

const isOwnedBefore = (range: Owned | undefined, page: number): boolean =>
  range !== undefined && range.first + range.count <= page
