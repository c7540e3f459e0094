/** Tables and lists of the page, alike wherever they are: with a caption, headings, and a bound on their rows. */
import { counted } from "./figures.ts"
import { type Content, type Html, markup } from "./markup.ts"

/** A column. */
interface Column {
  readonly name: string
  /** Of numbers, which stand to the right. */
  readonly isNumber?: boolean
}

/** A table. */
export interface Table {
  readonly caption: string
  readonly columns: ReadonlyArray<Column>
  readonly rows: ReadonlyArray<Row>
  /** More rows than these are left out, and it is said. */
  readonly most?: number
}

/** A row: a cell for each column. */
interface Row {
  /** For links to it. */
  readonly id?: string
  readonly cells: ReadonlyArray<Content>
}

/** A table that scrolls by itself where it is too wide; the caption is for those who hear it, a heading being above it. */
export const table = ({ caption, columns, most = mostRows, rows }: Table): Html => {
  const shown = rows.slice(0, most)
  const cell = (content: Content, index: number) =>
    columns[index]?.isNumber === true ? markup`<td class="n">${content}</td>` : markup`<td>${content}</td>`
  return markup`
    <div class="wide" tabindex="0" role="region" aria-label="${caption}">
      <table>
        <caption>${caption}</caption>
        <thead>
          <tr>${
    columns.map(({ isNumber, name }) =>
      isNumber === true ? markup`<th scope="col" class="n">${name}</th>` : markup`<th scope="col">${name}</th>`
    )
  }</tr>
        </thead>
        <tbody>${
    shown.map(({ cells, id }) =>
      id === undefined
        ? markup`
              <tr>${cells.map(cell)}</tr>
            `
        : markup`
              <tr id="${id}">${cells.map(cell)}</tr>
            `
    )
  }</tbody>
      </table>
    </div>${leftOut(rows.length - shown.length, "row")}
  `
}

/** Names with what they are; those that are not there are left out. */
export const facts = (pairs: ReadonlyArray<readonly [name: string, value: Content]>): Html => {
  const given = pairs.filter(([, value]) => value !== undefined && value !== "")
  return given.length === 0 ? markup`` : markup`<dl class="facts">${
    given.map(([name, value]) =>
      markup`
        <div>
          <dt>${name}</dt>
          <dd>${value}</dd>
        </div>
      `
    )
  }</dl>`
}

/** Says that something is not shown. */
export const leftOut = (count: number, one: string): Html =>
  count > 0 ? markup`<p class="note">${counted(count, `more ${one}`)} left out to keep the page small.</p>` : markup``

/** As many rows as a person would look through. */
const mostRows = 1000
