/** The memory of one process as a picture: rows of bars, each area with its kind above and its heat strip below. */
import type { MemoryArea } from "../../domain/memory/MemoryArea.ts"
import { addressOf } from "../../domain/memory/MemoryHit.ts"
import * as PageMap from "../../domain/memory/PageMap.ts"
import * as humanize from "../humanize.ts"
import { coordinate, counted, percent } from "./figures.ts"
import { type Html, markup } from "./markup.ts"
import { type Item, layoutOf, mapWidth, narrowest, type Row } from "./memoryLayout.ts"
import { type Cell, cellsOf } from "./memoryStrip.ts"

/** The memory of a process, as `ProcessMemory` has it. */
export interface Subject {
  readonly pid: number
  readonly areas: ReadonlyArray<MemoryArea>
  readonly pages: PageMap.PageMap
  readonly pageSize: number
}

/** The name of what is mapped in an area. */
export type NameOf = (area: MemoryArea) => string | undefined

/** Draws the map. Each area leads to its row in the table, if that is not left out: those have the ids `a<pid>-<index>`. */
export const memoryMap = (subject: Subject, nameOf: NameOf, most: number): Html => {
  const { rows, scale } = layoutOf(subject.areas, most)
  if (rows.length === 0) return markup`<p class="note">It has no areas of memory.</p>`
  const indexes = new Map(subject.areas.map((area, index) => [area, index]))
  const draw = (item: Item) => item.areas.length === 0 ? gap(item) : bar(item, subject, nameOf, indexes)
  return markup`
    <div class="map" data-map="${subject.pid}" data-scale="${scale}">${
    rows.map((row) =>
      markup`
        ${separation(row)}<div class="row"><span class="at">${addressOf(row.items[0]?.start ?? 0n)}</span>
        <svg viewBox="0 0 ${mapWidth} 40" preserveAspectRatio="none" role="group" aria-label="Areas from ${
        addressOf(
          row.items[0]?.start ?? 0n
        )
      } to ${addressOf(row.items.at(-1)?.end ?? 0n)}">${row.items.map(draw)}</svg></div>
      `
    )
  }</div>
    <p
      class="note">To one scale: a tenth of the width is ${
    humanize.bytes(
      (scale * mapWidth) / 10
    )
  }. What would be narrower than ${coordinate((100 * narrowest) / mapWidth)}% of the width is drawn that wide.</p>
  `
}

const separation = ({ gap }: Row): Html =>
  gap === undefined ? markup`` : markup`<p class="far"><span>nothing for ${humanize.bytes(Number(gap))}</span></p>`

const gap = ({ size, width, x }: Item): Html =>
  markup`
    <g class="gap">
      <title>nothing for ${humanize.bytes(size)}</title>
      <rect x="${coordinate(x)}" y="0" width="${coordinate(width)}" height="40" />
      <path d="M${coordinate(x + width / 2)} 0V40" />
    </g>
  `

const bar = (item: Item, subject: Subject, nameOf: NameOf, indexes: ReadonlyMap<MemoryArea, number>): Html => {
  const [area, ...others] = item.areas
  if (area === undefined) return markup``
  const kind = others.some((other) => other.kind !== area.kind) ? "several" : area.kind
  const href = `#a${subject.pid}-${indexes.get(area) ?? 0}`
  const x = coordinate(item.x)
  const width = coordinate(item.width)
  return markup`
    <a href="${href}" class="area k-${kind}"
      data-size="${item.size}"><title>${
    others.length === 0 ? tooltip(area, subject, nameOf(area)) : tooltipOfSeveral(
      item,
      subject
    )
  }</title><rect class="kind" x="${x}" y="0" width="${width}" height="16"/><rect class="strip" x="${x}" y="18" width="${width}" height="22"/>${
    paths(
      stripOf(item, subject)
    )
  }</a>
  `
}

/** Cells where the strip of an item has them, in units of the map. */
const stripOf = ({ areas, size, width, x }: Item, { pageSize, pages }: Subject): ReadonlyArray<Cell> => {
  let before = 0
  return areas.flatMap((area) => {
    const own = Number(area.end - area.start)
    const start = x + (width * before) / size
    const length = (width * own) / size
    before += own
    return cellsOf(pages, area.start, area.end, pageSize, length / cellWidth)
      .map((cell) => ({ ...cell, from: start + cell.from * length, to: start + cell.to * length }))
  })
}

/** Cells that look alike are one element, however many there are. */
const paths = (cells: ReadonlyArray<Cell>): ReadonlyArray<Html> => {
  const looks = new Map<string, string>()
  for (const { from, level, to, what } of cells) {
    const look = `${what} l${level}`
    looks.set(
      look,
      `${looks.get(look) ?? ""}M${coordinate(from)} 18H${coordinate(to)}V40H${coordinate(from)}Z`
    )
  }
  return Array.from(looks, ([look, path]) =>
    markup`
      <path class="${look}" d="${path}" />
    `)
}

const tooltip = (area: MemoryArea, { pages }: Subject, name: string | undefined): string =>
  [
    `${area.kind}${name === undefined ? "" : `: ${name}`}`,
    `${addressOf(area.start)} to ${addressOf(area.end)}`,
    `${humanize.bytes(Number(area.end - area.start))}, ${area.protection}`,
    ...places(PageMap.totals(pages, area.start, area.end), Number(area.end - area.start))
  ].join(" · ")

const tooltipOfSeveral = ({ areas, end, size, start }: Item, { pages }: Subject): string =>
  [
    counted(areas.length, "small area"),
    `${addressOf(start)} to ${addressOf(end)}`,
    humanize.bytes(size),
    ...places(PageMap.totals(pages, start, end), size)
  ].join(" · ")

const places = ({ lazy, missing, own, parent }: PageMap.Totals, size: number): ReadonlyArray<string> => {
  const part = (bytes: bigint, what: string) =>
    bytes === 0n ? [] : [`${humanize.bytes(Number(bytes))} (${percent(Number(bytes), size)}) ${what}`]
  const all = [
    ...part(own, "dumped"),
    ...part(parent, "in a parent"),
    ...part(lazy, "left to be fetched"),
    ...part(missing, "missing")
  ]
  return all.length === 0 ? ["nothing of it dumped"] : all
}

/** A cell of the strip is at least so wide, unless it is a page. */
const cellWidth = 2
