/** What memory is searched for: a text, bytes, or a regular expression over bytes. */
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import type { ByteViews } from "./ByteView.ts"
import { expression, longestMatch } from "./expression.ts"
import { literal } from "./literal.ts"
import type { Matcher } from "./Matcher.ts"
import { around, requiredText } from "./requiredText.ts"

/** What is searched for; the three forms exclude one another. */
export const Pattern = Schema.Union(
  /** A text, as UTF-8. */
  Schema.Struct({ text: Schema.String }),
  /** Bytes in hexadecimal digits, two for each; spaces between them do not count. */
  Schema.Struct({ bytes: Schema.String }),
  /** A regular expression in JavaScript's syntax; see `expression.ts` for what it means on bytes. */
  Schema.Struct({ regex: Schema.String })
)
/** What is searched for. */
export type Pattern = typeof Pattern.Type

/** The longest text, bytes or source of an expression that is looked for, in bytes. */
export const longestPattern = longestMatch

/** Makes a pattern ready to be looked for; the reason of a failure is one line. */
export const matcherOf = (pattern: Pattern, views: ByteViews): Either.Either<Matcher, string> => {
  if ("regex" in pattern) {
    return pattern.regex.length > longestPattern
      ? Either.left(tooLong)
      : Either.map(expression(pattern.regex, views), (matcher) => {
        const required = requiredText(pattern.regex)
        return required === undefined ? matcher : around(matcher, literal(utf8.encode(required.text), views), required)
      })
  }
  return Either.flatMap(
    "text" in pattern ? Either.right(utf8.encode(pattern.text)) : bytesOf(pattern.bytes),
    (bytes) =>
      bytes.length === 0
        ? Either.left("it is empty")
        : bytes.length > longestPattern
        ? Either.left(tooLong)
        : Either.right(literal(bytes, views))
  )
}

/** The pattern as it was given. */
export const sourceOf = (pattern: Pattern): string =>
  "regex" in pattern ? pattern.regex : "text" in pattern ? pattern.text : pattern.bytes

const utf8 = new TextEncoder()

const tooLong = `it is longer than ${longestPattern} bytes`

const bytesOf = (text: string): Either.Either<Uint8Array, string> => {
  const digits = text.replace(/^0x/i, "").replace(/\s+/g, "")
  if (!/^[\da-f]*$/i.test(digits)) return Either.left("it is not hexadecimal digits")
  if (digits.length % 2 !== 0) return Either.left("its last byte lacks a digit")
  return Either.right(
    Uint8Array.from(
      { length: digits.length / 2 },
      (_, index) => Number.parseInt(digits.slice(2 * index, 2 * index + 2), 16)
    )
  )
}
