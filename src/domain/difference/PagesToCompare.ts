/**
 * Pages of two sides, all of them, each with who counts it. What can be said without reading is told at once: a page that one side
 * has alone, one that cannot be read, and one that both have from the very same place, as from a common parent.
 */
import { cut, type Owned, type PageRun, pair } from "./PagePair.ts"
import { PageFates } from "./PageFates.ts"
import type { Comparison } from "./ReadPlan.ts"

/** Who counts pages. */
export interface PageOwner {
  readonly number: number
  readonly fates: PageFates
}

/** Pages of two sides. */
export class PagesToCompare {
  readonly #owners: Array<PageFates> = []
  readonly #comparisons: Array<Comparison> = []
  readonly #pageSize: number

  constructor(pageSize: number) {
    this.#pageSize = pageSize
  }

  /** The number of the page at an address, or of the first one behind it. */
  numberOf(address: bigint): number {
    const size = BigInt(this.#pageSize)
    return Number((address + size - 1n) / size)
  }

  /** Where the page of a number begins. */
  addressOf(page: number): bigint {
    return BigInt(page) * BigInt(this.#pageSize)
  }

  /** Those whose contents have to be read, in the order in which they were added. */
  get comparisons(): ReadonlyArray<Comparison> {
    return this.#comparisons
  }

  /** A new owner of pages, by whose number they are added and told of. */
  owner(keeps: boolean): PageOwner {
    const fates = new PageFates(keeps)
    this.#owners.push(fates)
    return { number: this.#owners.length - 1, fates }
  }

  /** Adds pages of both sides, those of each in order; pages that nobody owns are left out. */
  add(before: ReadonlyArray<PageRun>, after: ReadonlyArray<PageRun>, owners: ReadonlyArray<Owned>): void {
    for (const piece of cut(pair(before, after, this.#pageSize), owners, this.#pageSize)) {
      const { count, first, owner } = piece
      if (owner === undefined) continue
      const [one, other] = [piece.before, piece.after]
      if (one === undefined || other === undefined) {
        this.tell(owner, first, count, one === undefined ? "onlyAfter" : "onlyBefore")
      } else if (one.place === undefined || other.place === undefined) {
        this.tell(owner, first, count, "unknown")
      } else if (one.place.file === other.place.file && one.place.offset === other.place.offset) {
        this.tell(owner, first, count, "equal")
      } else this.#comparisons.push({ first, count, owner, before: one.place, after: other.place })
    }
  }

  /** Tells what became of pages of an owner. */
  readonly tell = (owner: number, ...run: Parameters<PageFates["tell"]>): void => this.#owners[owner]?.tell(...run)
}
