/**
 * In which portions the contents of pages are read to be compared: much at once on each side, and little that is not needed.
 *
 * Pages of neighbours in memory lie beside each other in a pages file, with holes where one side has pages of its own, and in
 * another file where a parent has them. So a portion has several spans on each side, each read in one go.
 */
import type { PagePlace } from "./PagePair.ts"

/** Pages to be compared. */
export interface Comparison {
  /** The number of the first page. */
  readonly first: number
  readonly count: number
  readonly owner: number
  readonly before: PagePlace
  readonly after: PagePlace
}

/** What is read in one go. */
export interface Span {
  readonly file: string
  readonly offset: number
  readonly bytes: number
  /** Where it comes to lie in the memory of its side. */
  readonly at: number
}

/** Pages whose contents have been read: where they lie in the memory of each side. */
export interface Placed {
  readonly first: number
  readonly count: number
  readonly owner: number
  readonly before: number
  readonly after: number
}

/** What is read before it is compared. */
export interface Portion {
  readonly before: ReadonlyArray<Span>
  readonly after: ReadonlyArray<Span>
  readonly pages: ReadonlyArray<Placed>
}

/** The longest hole that is read over, in bytes: reading it costs less than another read. */
const longestHole = 64 * 1024

/**
 * Plans the reads. A portion takes at most `capacity` bytes on each side, which has to be that of several pages; one of memory of
 * another size is as good.
 */
export function* plan(
  comparisons: Iterable<Comparison>,
  pageSize: number,
  capacity: number
): Generator<Portion, void> {
  let portion = new Building(capacity)
  for (const one of comparisons) {
    let done = 0
    while (done < one.count) {
      const rest = {
        first: one.first + done,
        count: one.count - done,
        owner: one.owner,
        before: { file: one.before.file, offset: one.before.offset + done * pageSize },
        after: { file: one.after.file, offset: one.after.offset + done * pageSize }
      }
      const taken = portion.take(rest, pageSize)
      if (taken === 0) {
        yield portion.finish()
        portion = new Building(capacity)
      }
      done += taken
    }
  }
  if (!portion.isEmpty) yield portion.finish()
}

/** A portion that still grows. */
class Building {
  readonly #pages: Array<Comparison & { readonly placed: { readonly before: Position; readonly after: Position } }> = []
  readonly #before: Side
  readonly #after: Side

  constructor(capacity: number) {
    this.#before = new Side(capacity)
    this.#after = new Side(capacity)
  }

  get isEmpty(): boolean {
    return this.#pages.length === 0
  }

  /** Takes the first of these pages, as many as fit; tells how many. */
  take(pages: Comparison, pageSize: number): number {
    const room = Math.min(this.#before.roomFor(pages.before), this.#after.roomFor(pages.after))
    // A hole may be longer than what is left.
    const count = Math.max(0, Math.min(pages.count, Math.floor(room / pageSize)))
    if (count > 0) {
      const before = this.#before.add(pages.before, count * pageSize)
      const after = this.#after.add(pages.after, count * pageSize)
      this.#pages.push({ ...pages, count, placed: { before, after } })
    }
    return count
  }

  finish(): Portion {
    const before = this.#before.spans
    const after = this.#after.spans
    return {
      before,
      after,
      pages: this.#pages.map(({ count, first, owner, placed }) => ({
        first,
        count,
        owner,
        before: placeOf(placed.before, before),
        after: placeOf(placed.after, after)
      }))
    }
  }
}

/** A place within a span, which is laid into memory when all are known. */
interface Position {
  readonly span: number
  readonly offset: number
}

const placeOf = ({ offset, span }: Position, spans: ReadonlyArray<Span>): number => (spans[span]?.at ?? 0) + offset

/** One side of it. The last span in each file can grow: a chain changes between its files, and goes on in each. */
class Side {
  readonly #spans: Array<{ readonly file: string; readonly offset: number; bytes: number }> = []
  readonly #last = new Map<string, number>()
  readonly #capacity: number
  #used = 0

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  /** One behind the other. */
  get spans(): ReadonlyArray<Span> {
    let at = 0
    return this.#spans.map((span) => {
      at += span.bytes
      return { ...span, at: at - span.bytes }
    })
  }

  roomFor(place: PagePlace): number {
    return this.#capacity - this.#used - (this.#growing(place)?.hole ?? 0)
  }

  add(place: PagePlace, bytes: number): Position {
    const growing = this.#growing(place)
    if (growing === undefined) {
      this.#last.set(place.file, this.#spans.length)
      this.#spans.push({ ...place, bytes })
      this.#used += bytes
      return { span: this.#spans.length - 1, offset: 0 }
    }
    const { hole, index, span } = growing
    const offset = span.bytes + hole
    span.bytes = offset + bytes
    this.#used += hole + bytes
    return { span: index, offset }
  }

  /** The span that these bytes follow, close enough. */
  #growing({ file, offset }: PagePlace) {
    const index = this.#last.get(file)
    const span = index === undefined ? undefined : this.#spans[index]
    if (index === undefined || span === undefined) return undefined
    const hole = offset - span.offset - span.bytes
    // What is compared has to lie at multiples of the words that are compared.
    return hole >= 0 && hole <= longestHole && hole % 8 === 0 ? { index, span, hole } : undefined
  }
}
