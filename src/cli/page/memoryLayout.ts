/**
 * Where on a map the areas of one process's memory lie: rows of bars, all to one scale.
 *
 * It is geometry alone: what a bar looks like is for `memoryMap.ts`. The rules:
 *
 * - A bar is as wide as its area is large, by one scale for the whole process, but never narrower than `narrowest`.
 * - What lies between two areas is drawn to the same scale up to `widestGap`, and is marked as compressed beyond.
 * - The largest gaps begin a new row; the widest row is as wide as the map.
 * - Of more areas than are to be drawn, the largest have bars of their own; smaller ones beside each other share one.
 */
import type { MemoryArea } from "../../domain/memory/MemoryArea.ts"

/** The width of a map, in its own units. */
export const mapWidth = 1000

/** The least width of a bar. */
export const narrowest = 3

/** The width of a gap that is not to scale. */
export const widestGap = 14

/** A piece of a row. */
export interface Item {
  /** One area, several that share a bar, or none: a gap. */
  readonly areas: ReadonlyArray<MemoryArea>
  readonly start: bigint
  readonly end: bigint
  /** What the areas take, or how large the gap is, in bytes. */
  readonly size: number
  readonly x: number
  readonly width: number
}

/** A row of the map. */
export interface Row {
  /** How far the row before it is away, in bytes; absent where it goes on without a gap, and of the first. */
  readonly gap: bigint | undefined
  readonly items: ReadonlyArray<Item>
}

/** A map. */
export interface Layout {
  readonly rows: ReadonlyArray<Row>
  /** Bytes for each unit of width. */
  readonly scale: number
}

/** Lays out the areas, which are in the order of their addresses; at most about `most` bars. */
export const layoutOf = (areas: ReadonlyArray<MemoryArea>, most: number): Layout => {
  const rows = rowsOf(together(areas, most))
  const perByte = rows.length === 0 ? 1 : largestScale(rows)
  return { rows: rows.map((row, index) => placed(row, rows[index - 1], perByte)), scale: 1 / perByte }
}

/** Areas that have one bar. */
type Bar = readonly [MemoryArea, ...Array<MemoryArea>]

const together = (areas: ReadonlyArray<MemoryArea>, most: number): ReadonlyArray<Bar> => {
  if (areas.length <= most) return areas.map((area): Bar => [area])
  const sizes = areas.map(({ end, start }) => Number(end - start)).sort((a, b) => b - a)
  // Between two bars of their own lies at most one of several.
  const least = sizes[Math.floor(most / 2)] ?? 0
  const bars: Array<[MemoryArea, ...Array<MemoryArea>]> = []
  let open = false
  for (const area of areas) {
    const isSmall = Number(area.end - area.start) <= least
    const last = bars.at(-1)
    if (isSmall && open && last !== undefined && area.start - endOf(last) < farApart) last.push(area)
    else bars.push([area])
    open = isSmall
  }
  return bars
}

const rowsOf = (bars: ReadonlyArray<Bar>): ReadonlyArray<ReadonlyArray<Bar>> => {
  const gaps = bars.map((bar, index) => gapBefore(bar, bars[index - 1]))
  const breaks = new Set(
    gaps.map((gap, index) => ({ gap, index })).filter(({ gap }) => gap >= farApart)
      .sort((a, b) => (a.gap > b.gap ? -1 : a.gap < b.gap ? 1 : 0)).slice(0, mostBreaks).map(({ index }) => index)
  )
  const rows: Array<Array<Bar>> = []
  for (const [index, bar] of bars.entries()) {
    const last = rows.at(-1)
    if (last === undefined || breaks.has(index) || last.length === mostOfRow) rows.push([bar])
    else last.push(bar)
  }
  return rows
}

/** The largest scale, in units a byte, at which every row fits. */
const largestScale = (rows: ReadonlyArray<ReadonlyArray<Bar>>): number => {
  const most = Math.max(...rows.map((row) => row.reduce((sum, bar) => sum + sizeOf(bar), 0)))
  let low = 0
  let high = mapWidth / most
  if (rows.every((row) => widthOf(row, high) <= mapWidth)) return high
  for (let step = 0; step < 64; step++) {
    const middle = (low + high) / 2
    if (rows.every((row) => widthOf(row, middle) <= mapWidth)) low = middle
    else high = middle
  }
  return low
}

const widthOf = (row: ReadonlyArray<Bar>, perByte: number): number =>
  row.reduce((sum, bar, index) => sum + barWidth(bar, perByte) + gapWidth(gapBefore(bar, row[index - 1]), perByte), 0)

const barWidth = (bar: Bar, perByte: number): number => Math.max(narrowest, sizeOf(bar) * perByte)
const gapWidth = (gap: bigint, perByte: number): number => Math.min(widestGap, Number(gap) * perByte)

const placed = (row: ReadonlyArray<Bar>, before: ReadonlyArray<Bar> | undefined, perByte: number): Row => {
  const items: Array<Item> = []
  let x = 0
  for (const [index, bar] of row.entries()) {
    const [first] = bar
    const previous = row[index - 1]
    const gap = gapBefore(bar, previous)
    if (gap > 0n && previous !== undefined) {
      const width = gapWidth(gap, perByte)
      items.push({ areas: [], start: endOf(previous), end: first.start, size: Number(gap), x, width })
      x += width
    }
    const width = barWidth(bar, perByte)
    items.push({ areas: bar, start: first.start, end: endOf(bar), size: sizeOf(bar), x, width })
    x += width
  }
  const [first] = row
  const gap = first === undefined ? 0n : gapBefore(first, before?.at(-1))
  return { gap: gap === 0n ? undefined : gap, items }
}

const endOf = (bar: Bar): bigint => (bar.at(-1) ?? bar[0]).end
const sizeOf = (bar: Bar): number => bar.reduce((sum, { end, start }) => sum + Number(end - start), 0)

const gapBefore = ([first]: Bar, previous: Bar | undefined): bigint =>
  previous === undefined || first.start < endOf(previous) ? 0n : first.start - endOf(previous)

/** So far from each other, areas lie in different parts of an address space: 256 MiB. */
const farApart = 1n << 28n

const mostBreaks = 7

/** So many narrow bars and compressed gaps always fit: 58 × (3 + 14) is 986. */
const mostOfRow = 58
