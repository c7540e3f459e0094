/** How a command hands over its result: a table, JSON, or names only. */
import * as Effect from "effect/Effect"
import type * as ParseResult from "effect/ParseResult"
import type * as Schema from "effect/Schema"
import { Output, type OutputFailed } from "./Output.ts"
import { Settings } from "./Settings.ts"
import { escape } from "./escape.ts"
import * as Json from "./json.ts"

/** What printing a result can fail with. */
export type PrintError = OutputFailed | ParseResult.ParseError

/** A result in its three forms. */
export interface Result<A, I> {
  readonly schema: Schema.Schema<A, I>
  readonly value: A
  /** For people; ends in a newline unless it is empty. */
  readonly text: Effect.Effect<string, never, Output> | string
  /** What `--quiet` prints, one a line. */
  readonly names: ReadonlyArray<string>
}

/** Prints a result in the form that was asked for. JSON wins over quiet: a program reads all of it. */
export const result = <A, I>(
  { names, schema, text, value }: Result<A, I>
): Effect.Effect<void, PrintError, Output | Settings> =>
  Effect.gen(function* () {
    const output = yield* Output
    const settings = yield* Settings
    const whole = settings.format === "json"
      ? `${yield* Json.encoder(schema, 2)(value)}\n`
      : settings.quiet
      ? names.map((name) => `${escape(name)}\n`).join("")
      : typeof text === "string"
      ? text
      : yield* text
    if (whole !== "") yield* output.out(whole)
  })

/** Says what went less well than asked. */
export const warnings = (texts: ReadonlyArray<string>): Effect.Effect<void, never, Output> =>
  Effect.flatMap(
    Output,
    ({ err }) => Effect.forEach(texts, (text) => err(`stasis: warning: ${escape(text)}\n`), { discard: true })
  )
