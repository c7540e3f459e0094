/** Rows of text under a heading, in columns as wide as their widest cell, in the layout of Docker's tables. */
import { strip } from "./style.ts"

/** Lays out a table, without colours; every line ends in a newline. */
export const table = (heading: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<string>>): string => {
  const lines = [heading, ...rows]
  const widths = heading.map((_, column) => widest(lines, (line) => line[column] ?? ""))
  return lines.map((line) =>
    `${
      // Nothing stands after the last cell: one that is very wide makes no other line so.
      line.map((cell, column) =>
        column === line.length - 1 ? cell : cell.padEnd(cell.length - width(cell) + (widths[column] ?? 0))
      ).join("   ").trimEnd()}\n`
  ).join("")
}

/** Names with their values beside them, the values aligned; a value without a name goes on with the one above. */
export const fields = (pairs: ReadonlyArray<readonly [string, string]>): string => {
  const column = widest(pairs, ([name]) => name) + 2
  return pairs.map(([name, value]) => `${(name === "" ? "" : `${name}:`).padEnd(column)}${value}\n`).join("")
}

/** There may be more lines than a function takes arguments. */
const widest = <A>(lines: ReadonlyArray<A>, cellOf: (line: A) => string): number =>
  lines.reduce((most, line) => Math.max(most, width(cellOf(line))), 0)

const width = (text: string): number => Array.from(strip(text)).length
