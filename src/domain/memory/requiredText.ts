/**
 * What every match of an expression has in it: a few plain characters. Bytes are found much faster than expressions, so only what lies
 * around these characters is given to the expression.
 */
import type { Matcher } from "./Matcher.ts"

/** Characters that are in every match. */
export interface RequiredText {
  readonly text: string
  /** Whether a match begins with them. */
  readonly isFirst: boolean
}

/**
 * The longest of the plain texts that every match of an expression must have; `undefined` where there is none of three characters, or
 * where the source has anything that is not surely understood here.
 */
export const requiredText = (source: string): RequiredText | undefined => {
  // A choice requires nothing, wherever it is.
  if (source.includes("|")) return undefined
  const runs: Array<RequiredText> = []
  let run = ""
  let begins = 0
  let depth = 0
  const end = (until: number) => {
    if (until > 0) runs.push({ text: run.slice(0, until), isFirst: begins === 0 })
    run = ""
  }
  for (let at = 0; at < source.length;) {
    const token = tokens.find((one) => {
      one.lastIndex = at
      return one.test(source)
    })
    if (token === undefined) return undefined
    const text = source.slice(at, token.lastIndex)
    if (token === plainly || token === escapedly) {
      if (run === "") begins = at
      if (depth === 0) run += text.at(-1) ?? ""
    } else if (token === repeated) {
      // The last character may be there no time, or with `+` at least once.
      end(text.startsWith("+") ? run.length : run.length - 1)
    } else {
      end(run.length)
      if (token === opening) depth++
      if (token === closing) depth--
    }
    at = token.lastIndex
  }
  end(run.length)
  const longest = runs.reduce<RequiredText | undefined>(
    (best, one) => (one.text.length > (best?.text.length ?? 0) ? one : best),
    undefined
  )
  return longest === undefined || longest.text.length < leastCharacters ? undefined : longest
}

/**
 * The same matcher, given only what lies around a text that every match has.
 *
 * @param text finds that text
 */
export const around = (matcher: Matcher, text: Matcher, { isFirst }: RequiredText): Matcher => ({
  longest: matcher.longest,
  behind: matcher.behind,
  tune: text.tune,
  next: (bytes, begin, from, limit, to) => {
    const reach = isFirst ? 0 : matcher.longest - text.longest
    for (let start = from; start < limit;) {
      const found = text.next(bytes, begin, start, Math.min(to, limit + reach), to)
      if (found === undefined) return undefined
      start = Math.max(start, found.at - reach)
      const stop = Math.min(limit, found.at + pieceBytes)
      const match = start < stop ? matcher.next(bytes, begin, start, stop, to) : undefined
      if (match !== undefined) return match
      start = stop
    }
    return undefined
  }
})

/** Fewer are found too often. */
const leastCharacters = 3

/** So much behind a text is given to the expression with it: it costs nothing, and it may be there again. */
const pieceBytes = 4096

const plainly = /[\w \-=:;,<>@#%&"'`~!/]/y
const escapedly = /\\[!-/:-@[-^`{-~]/y
const repeated = /(?:[*+?]|\{\d+(?:,\d*)?\})\??/y
const opening = /\((?:\?(?:[:=!]|<[=!]|<[A-Za-z]\w*>))?/y
const closing = /\)/y
/** What is one character, or none, and not known. */
const unknown = /[.^$]|\\[dDwWsSbBnrtfv]|\\x[\da-fA-F]{2}|\[(?:[^\\\]]|\\.)*\]/sy

/** All that is understood. */
const tokens = [plainly, escapedly, repeated, opening, closing, unknown]
