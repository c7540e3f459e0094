/**
 * Looking for a regular expression in bytes: each byte is one character (latin1), by the engine's own expressions.
 *
 * A stream has no end to look to, so a match is bounded: what is longer is cut, if it is a match as well when it is cut, and an
 * expression sees no more than so many bytes before a match and from its start on.
 */
import * as Either from "effect/Either"
import type { ByteViews } from "./ByteView.ts"
import type { Match, Matcher } from "./Matcher.ts"

/** No match of an expression is longer, in bytes. */
export const longestMatch = 4096

/**
 * So many bytes are searched at a time: an expression that is slow on longer texts is not given any, and longer texts take an engine
 * several times as long to make.
 */
const pieceBytes = 65_536

/**
 * Looks for an expression in JavaScript's syntax. `.` is any byte; `^` and `$` are the starts and ends of lines. A character beyond
 * ASCII stands for its bytes in UTF-8, and is not allowed in a class, which is of bytes. The reason of a failure is one line.
 *
 * @param views for bytes as text
 * @param longest for tests
 */
export const expression = (
  source: string,
  views: ByteViews,
  longest = longestMatch
): Either.Either<Matcher, string> =>
  Either.gen(function* () {
    const ofBytes = yield* inBytes(source)
    const [all, here] = yield* Either.try({
      try: () => [new RegExp(ofBytes, "gms"), new RegExp(ofBytes, "yms")] as const,
      catch: (error) => (error instanceof Error ? error.message.replace(/^.*: /, "") : "it does not read")
    })
    if (all.test("")) return yield* Either.left("it matches where there is nothing, which is everywhere")
    return matcherOf(all, here, views, longest)
  })

const matcherOf = (all: RegExp, here: RegExp, views: ByteViews, longest: number): Matcher => ({
  longest,
  behind: longest,
  tune: () => undefined,
  next: (bytes, begin, from, limit, to) => {
    const view = views(bytes, to)
    for (let start = from; start < limit; start += pieceBytes) {
      const stop = Math.min(limit, start + pieceBytes)
      const offset = Math.max(begin, start - longest)
      const text = view.text(offset, Math.min(to, stop + longest))
      const found = firstIn(all, here, longest, text, start - offset, stop - offset)
      if (found !== undefined) return { at: found.at + offset, end: found.end + offset }
    }
    return undefined
  }
})

const firstIn = (
  all: RegExp,
  here: RegExp,
  longest: number,
  text: string,
  from: number,
  limit: number
): Match | undefined => {
  let at = from
  while (at < limit) {
    all.lastIndex = at
    const found = all.exec(text)
    if (found === null || found.index >= limit) return undefined
    at = found.index
    const length = found[0].length
    if (length > 0 && length <= longest) return { at, end: at + length }
    if (length > longest) {
      here.lastIndex = at
      const cut = here.exec(text.slice(0, at + longest))
      if (cut !== null && cut[0].length > 0) return { at, end: at + cut[0].length }
    }
    at++
  }
  return undefined
}

const utf8 = new TextEncoder()

/** Writes characters beyond ASCII as their bytes. */
const inBytes = (source: string): Either.Either<string, string> => {
  let written = ""
  let inClass = false
  let escaped = false
  for (const character of source) {
    if (character > "\x7f") {
      if (inClass) return Either.left(`"${character}" is several bytes, and a class is of single ones`)
      if (escaped) written = written.slice(0, -1)
      written += `(?:${Array.from(utf8.encode(character), (byte) => `\\x${byte.toString(16)}`).join("")})`
      escaped = false
      continue
    }
    written += character
    if (escaped) escaped = false
    else if (character === "\\") escaped = true
    else if (character === "[") inClass = true
    else if (character === "]") inClass = false
  }
  return Either.right(written)
}
