/**
 * What became of pages, run by run: counted for each owner, and kept where somebody wants to know which pages they were.
 */
import * as PageCount from "./PageCount.ts"

/** What became of a page. */
export type PageFate = keyof PageCount.PageCount

/** Pages in a row of one fate. */
export interface FateRun {
  readonly first: number
  readonly count: number
  readonly fate: PageFate
}

/** The fates of the pages of one owner. They may be told in any order. */
export class PageFates {
  readonly #counts: { -readonly [K in PageFate]: number } = { ...PageCount.none }
  readonly #runs: Array<FateRun> = []
  readonly #keeps: boolean

  /** @param keeps whether the runs are kept, not the counts alone */
  constructor(keeps: boolean) {
    this.#keeps = keeps
  }

  /** Tells what became of pages. */
  tell(first: number, count: number, fate: PageFate): void {
    this.#counts[fate] += count
    if (!this.#keeps) return
    const last = this.#runs.at(-1)
    if (last !== undefined && last.fate === fate && last.first + last.count === first) {
      this.#runs[this.#runs.length - 1] = { ...last, count: last.count + count }
    } else this.#runs.push({ first, count, fate })
  }

  get count(): PageCount.PageCount {
    return { ...this.#counts }
  }

  /** In the order of the pages. */
  get runs(): ReadonlyArray<FateRun> {
    const sorted = [...this.#runs].sort((a, b) => a.first - b.first)
    const joined: Array<FateRun> = []
    for (const run of sorted) {
      const last = joined.at(-1)
      if (last !== undefined && last.fate === run.fate && last.first + last.count === run.first) {
        joined[joined.length - 1] = { ...last, count: last.count + run.count }
      } else joined.push(run)
    }
    return joined
  }
}

/** The part of runs that lies from a page up to another. */
export const within = (runs: ReadonlyArray<FateRun>, first: number, end: number): ReadonlyArray<FateRun> =>
  runs.flatMap((run) => {
    const from = Math.max(first, run.first)
    const count = Math.min(end, run.first + run.count) - from
    return count > 0 ? [{ first: from, count, fate: run.fate }] : []
  })

/** How many pages of the runs are what. */
export const countOf = (runs: ReadonlyArray<FateRun>): PageCount.PageCount => {
  const fates = new PageFates(false)
  for (const { count, fate, first } of runs) fates.tell(first, count, fate)
  return fates.count
}
