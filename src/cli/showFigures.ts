/** The numbers of a difference in tables: pages by kind of memory, and figures beside each other. */
import type { Difference, Figure } from "../domain/difference/Difference.ts"
import * as humanize from "./humanize.ts"
import { table } from "./table.ts"

/** The pages by kind of memory, with their sum; nothing where there are none. */
export const showKinds = (
  { kinds, pageSize, pages }: Difference["memory"],
  strong: (text: string) => string
): ReadonlyArray<string> => {
  if (kinds.length === 0) return []
  const rows = [...kinds, { kind: "all", pages }].map(({ kind, pages }) => [
    kind,
    ...[pages.different, pages.onlyAfter, pages.onlyBefore, pages.equal].map(String),
    ...(hasUnknown(pages) ? [`${pages.unknown}`] : [])
  ])
  const heading = ["MEMORY", "CHANGED", "NEW", "GONE", "EQUAL", ...(hasUnknown(pages) ? ["UNREAD"] : [])]
  return [
    `${strong("Pages")}${pageSize === undefined ? "" : ` of ${humanize.bytes(pageSize)}`}\n${table(heading, rows)}`
  ]
}

const hasUnknown = ({ unknown }: { readonly unknown: number }): boolean => unknown > 0

/** The figures that are not the same on both sides. */
export const showFigures = (
  figures: ReadonlyArray<Figure>,
  strong: (text: string) => string
): ReadonlyArray<string> => {
  const rows = figures.filter(({ after, before }) => before !== after)
    .map(({ after, before, name }) => [words(name), showNumber(name, before), showNumber(name, after)])
  return rows.length === 0 ? [] : [`${strong("Figures")}\n${table(["", "BEFORE", "AFTER"], rows)}`]
}

/** `imageBytes` as `image bytes`, without the unit that the value shows. */
const words = (name: string): string =>
  name.replace(/(Bytes|Micros)$/, "").replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)

const showNumber = (name: string, value: number | undefined): string =>
  value === undefined
    ? "-"
    : name.endsWith("Bytes")
    ? humanize.bytes(value)
    : name.endsWith("Micros")
    ? humanize.duration(value / 1000)
    : `${value}`
