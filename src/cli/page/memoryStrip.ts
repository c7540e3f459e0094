/** The heat strip of an area: how much of each stretch of it was dumped, is in a parent, or cannot be found. */
import * as PageMap from "../../domain/memory/PageMap.ts"

/** What most of a stretch is, with how much of it from 1 to 4: a quarter or less, a half, three quarters, all or nearly. */
export interface Cell {
  readonly what: "dumped" | "parent" | "lazy" | "missing"
  readonly level: number
  /** Where it begins and ends, as shares of the area. */
  readonly from: number
  readonly to: number
}

/**
 * The stretches of an area of which there is something to show, in order; those beside each other that look alike are one. What is
 * in none was not dumped.
 *
 * @param most how many stretches there is room for; none is less than a page
 */
export const cellsOf = (
  pages: PageMap.PageMap,
  start: bigint,
  end: bigint,
  pageSize: number,
  most: number
): ReadonlyArray<Cell> => {
  const cells: Array<Cell> = []
  if (PageMap.within(pages, start, end).length === 0) return cells
  const count = Math.ceil(Number(end - start) / pageSize)
  const stretches = Math.max(1, Math.min(count, Math.floor(most)))
  for (let index = 0; index < stretches; index++) {
    const first = Math.floor((index * count) / stretches)
    const last = Math.floor(((index + 1) * count) / stretches)
    const seen = lookOf(pages, start + BigInt(first * pageSize), start + BigInt(last * pageSize), end)
    if (seen === undefined) continue
    const before = cells.at(-1)
    const from = first / count
    const to = last / count
    if (before !== undefined && before.to === from && before.what === seen.what && before.level === seen.level) {
      cells[cells.length - 1] = { ...before, to }
    } else cells.push({ ...seen, from, to })
  }
  return cells
}

const lookOf = (
  pages: PageMap.PageMap,
  start: bigint,
  until: bigint,
  most: bigint
): Pick<Cell, "what" | "level"> | undefined => {
  const end = until < most ? until : most
  const { lazy, missing, own, parent } = PageMap.totals(pages, start, end)
  const level = (part: bigint) => Math.max(1, Math.ceil((4 * Number(part)) / Number(end - start)))
  // Whatever is lost has to be seen, however little it is.
  if (missing > 0n) return { what: "missing", level: level(missing) }
  if (own === 0n && parent === 0n && lazy === 0n) return undefined
  if (own >= parent && own >= lazy) return { what: "dumped", level: level(own) }
  return parent >= lazy ? { what: "parent", level: level(parent) } : { what: "lazy", level: level(lazy) }
}
