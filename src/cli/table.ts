/** Rows of text under a heading, in columns as wide as their widest cell, in the layout of Docker's tables. */
import { strip } from "./style.ts"

/** Lays out a table, without colours; every line ends in a newline. */
export const table = (heading: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<string>>): string => {
  const lines = [heading, ...rows]
  const widths = heading.map((_, column) => Math.max(...lines.map((line) => width(line[column] ?? ""))))
  return lines.map((line) =>
    `${
      line.map((cell, column) => cell.padEnd(cell.length - width(cell) + (widths[column] ?? 0))).join("   ").trimEnd()
    }\n`
  ).join("")
}

/** Names with their values beside them, the values aligned; a value without a name goes on with the one above. */
export const fields = (pairs: ReadonlyArray<readonly [string, string]>): string => {
  const widest = Math.max(0, ...pairs.map(([name]) => width(name)))
  return pairs.map(([name, value]) => `${(name === "" ? "" : `${name}:`).padEnd(widest + 2)}${value}\n`).join("")
}

const width = (text: string): number => Array.from(strip(text)).length
