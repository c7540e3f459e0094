/** Text of a page: what was written in this program stays as it is, and whatever comes from elsewhere is escaped. */
import { escape } from "../escape.ts"

/** Not exported: nothing but {@link markup} makes {@link Html}. */
const isHtml: unique symbol = Symbol("stasis/cli/page/Html")

/** Text that can be a part of a page. */
export interface Html {
  readonly [isHtml]: true
  readonly text: string
}

/** What a template takes: strings and numbers are escaped, and what is not there is nothing. */
export type Content = Html | string | number | undefined | ReadonlyArray<Html>

/**
 * Makes a part of a page. A value may stand where text may, and in an attribute between double quotes; nowhere else.
 */
export const markup = (strings: TemplateStringsArray, ...values: ReadonlyArray<Content>): Html => ({
  [isHtml]: true,
  text: linesOf(strings).map((string, index) => string + textOf(values[index])).join("")
})

/** A template as it is written down, without its indentation: it is made many times, and read by a browser. */
const linesOf = (strings: TemplateStringsArray): ReadonlyArray<string> => {
  const known = written.get(strings)
  if (known !== undefined) return known
  const lines = strings.map((string) => string.replace(/\n\s*/g, "\n"))
  written.set(strings, lines)
  return lines
}

const written = new WeakMap<TemplateStringsArray, ReadonlyArray<string>>()

/** Puts parts together, with something between them. */
export const join = (parts: ReadonlyArray<Html>, between: string): Html =>
  markup`${parts.map((part, index) => (index === 0 ? part : markup`${between}${part}`))}`

const textOf = (value: Content): string => {
  if (value === undefined) return ""
  if (typeof value === "object") return "text" in value ? value.text : value.map(({ text }) => text).join("")
  return escape(String(value)).replace(/[&<>"']/g, (character) => entities[character] ?? "")
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;"
}
