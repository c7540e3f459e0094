/** JSON as it is printed: to a program it says what any encoder would, and on a terminal no character of it acts. */
import * as Effect from "effect/Effect"
import type * as ParseResult from "effect/ParseResult"
import * as Schema from "effect/Schema"
import { escapeJson } from "./escape.ts"

/** Encodes values as JSON, on one line or, with `space`, indented by so much. */
export const encoder = <A, I>(
  schema: Schema.Schema<A, I>,
  space?: number
): (value: A) => Effect.Effect<string, ParseResult.ParseError> => {
  const encode = Schema.encode(Schema.parseJson(schema, space === undefined ? {} : { space }))
  return (value) => Effect.map(encode(value), escapeJson)
}
