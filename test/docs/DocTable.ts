/**
 * A table in a page of the docs, made from what tests saw: each test asserts its row, and with `STASIS_WRITE_DOCS=1` writes it.
 * What is in the rows is for the tests to say.
 */
import { readFileSync, writeFileSync } from "node:fs"
import { env } from "node:process"
import { expect } from "@effect/vitest"
import * as Effect from "effect/Effect"

/** A table. */
export interface DocTable<Subject extends string> {
  /** The page has exactly this row; or is given it, where the environment asks for that. The cells are those behind the subject's own. */
  readonly expectRow: (subject: Subject, ...cells: ReadonlyArray<string>) => Effect.Effect<void>
  /** The page has a row for each subject, in their order, and no other. */
  readonly expectSubjects: () => void
}

/** What a table is. */
export interface Recipe<Subject extends string> {
  /** The name of the page, in `docs`. */
  readonly page: string
  readonly columns: ReadonlyArray<string>
  /** The subjects in the order of the table, each with the cells that its row begins with: two of them, and no two subjects the same. */
  readonly subjects: Readonly<Record<Subject, readonly [string, string]>>
}

/** The table of a page. */
export const make = <Subject extends string>({ columns, page, subjects }: Recipe<Subject>): DocTable<Subject> => {
  const path = new URL(`../../docs/${page}`, import.meta.url).pathname
  const head = `| ${columns.join(" | ")} |\n| ${columns.map(() => "---").join(" | ")} |\n`
  const keys = new Map(
    Object.entries<readonly [string, string]>(subjects).map(([name, cells]) => [name, cells.join(" | ")])
  )

  const read = (): Map<string, string> => {
    const table = readFileSync(path, "utf8").split(head)[1] ?? ""
    const lines = table.split("\n").filter((text) => text.startsWith("| "))
    return new Map(lines.map((text) => [text.slice(2).split(" | ").slice(0, 2).join(" | "), text]))
  }

  const write = (rows: ReadonlyMap<string, string>): void => {
    const [before, after = ""] = readFileSync(path, "utf8").split(head)
    const rest = after.split("\n").filter((text) => !text.startsWith("| ")).join("\n")
    const lines = [...keys.values()].flatMap((key) => rows.get(key) ?? [])
    writeFileSync(path, `${before}${head}${lines.join("\n")}\n${rest}`)
  }

  return {
    expectRow: (subject, ...cells) =>
      Effect.sync(() => {
        const key = keys.get(subject) ?? ""
        const line = `| ${[key, ...cells].join(" | ")} |`
        const rows = read()
        if (env["STASIS_WRITE_DOCS"] === "1") {
          rows.set(key, line)
          write(rows)
        }
        expect(rows.get(key)).toBe(line)
      }),
    expectSubjects: () => expect([...read().keys()]).toEqual([...keys.values()])
  }
}
