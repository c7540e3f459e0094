// `@effect/vitest` for tests of pure code under Deno, with no permission at all: `describe`, `it`, `it.each`, `it.prop`
// and vitest's own `expect`, on `Deno.test`. `deno.json` puts this file in the place of the package. It has no hooks, no
// snapshots and no `it.effect`, on purpose: pure code needs none of them.
import process from "node:process"
import { format } from "node:util"
import * as Arbitrary from "effect/Arbitrary"
import * as FastCheck from "effect/FastCheck"
import * as Schema from "effect/Schema"

declare const Deno: {
  readonly test: {
    (name: string, run: () => unknown): void
    ignore(name: string, run: () => unknown): void
    only(name: string, run: () => unknown): void
  }
}

// One library beneath `expect` asks for an environment variable (to colour its output) when it is loaded, which Deno
// refuses here. It is shown an empty environment for as long as that takes.
const environment = process.env
Object.defineProperty(process, "env", { value: {}, configurable: true })
const chai = await import("chai")
const matchers = await import("@vitest/expect")
Object.defineProperty(process, "env", { value: environment, configurable: true })

for (const plugin of [matchers.JestExtend, matchers.JestChaiExpect, matchers.JestAsymmetricMatchers]) {
  chai.use(plugin as Chai.ChaiPlugin)
}

export const expect = chai.expect

const groups: Array<string> = []

/** Groups tests: the name of each begins with the group's. */
export const describe = (name: string, define: () => void): void => {
  groups.push(name)
  define()
  groups.pop()
}

type Define = (name: string, run: () => unknown) => void

const under = (define: Define): Define => (name, run) => define([...groups, name].join(" > "), run)

type Inputs = ReadonlyArray<unknown> | { readonly [name: string]: unknown }

const arbitrary = (input: unknown): FastCheck.Arbitrary<unknown> =>
  Schema.isSchema(input) ? Arbitrary.make(input as Schema.Schema.Any) : input as FastCheck.Arbitrary<unknown>

const all = (inputs: Inputs): FastCheck.Arbitrary<unknown> =>
  Array.isArray(inputs)
    ? FastCheck.tuple(...inputs.map(arbitrary))
    : FastCheck.record(Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, arbitrary(input)])))

// `%s` and its kind are filled in from the row in order, `$name` from the row's fields.
const title = (name: string, row: ReadonlyArray<unknown>, index: number): string => {
  const places = name.match(/%[sdifjoO]/g)?.length ?? 0
  const filled = format(name.replaceAll("%#", String(index)), ...row.slice(0, places))
  const fields: unknown = row[0]
  return filled.replace(
    /\$(\w+)/g,
    (place, key: string) =>
      typeof fields === "object" && fields !== null && key in fields ? String(Reflect.get(fields, key)) : place
  )
}

const api = (define: Define) =>
  Object.assign(under(define), {
    each: (rows: ReadonlyArray<unknown>) => (name: string, run: (...row: ReadonlyArray<unknown>) => unknown): void => {
      for (const [index, row] of rows.entries()) {
        const values = Array.isArray(row) ? row : [row]
        under(define)(title(name, values, index), () => run(...values))
      }
    },
    for: (rows: ReadonlyArray<unknown>) => (name: string, run: (row: unknown) => unknown): void => {
      for (const [index, row] of rows.entries()) {
        under(define)(title(name, Array.isArray(row) ? row : [row], index), () => run(row))
      }
    },
    prop: (
      name: string,
      inputs: Inputs,
      run: (values: never) => void,
      options?: number | { readonly fastCheck?: FastCheck.Parameters<unknown> }
    ): void =>
      under(define)(name, () => {
        const property = FastCheck.property(all(inputs), (values) => run(values as never))
        FastCheck.assert(property as never, typeof options === "object" ? options.fastCheck as never : undefined)
      })
  })

/** One test. */
export const it = Object.assign(api(Deno.test), { skip: api(Deno.test.ignore), only: api(Deno.test.only) })

export { it as test }
