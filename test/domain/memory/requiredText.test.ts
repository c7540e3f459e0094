import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import { plain } from "../../../src/domain/memory/ByteView.ts"
import { expression } from "../../../src/domain/memory/expression.ts"
import { literal } from "../../../src/domain/memory/literal.ts"
import type { Match, Matcher } from "../../../src/domain/memory/Matcher.ts"
import { around, requiredText } from "../../../src/domain/memory/requiredText.ts"

const utf8 = new TextEncoder()

describe("what every match has", () => {
  it.each<readonly [string, string, boolean]>([
    ["token=[0-9a-f]{40}", "token=", true],
    ["-----BEGIN [A-Z ]+-----.*-----END", "-----BEGIN ", true],
    ["[\\w.]+@[\\w.]+\\.com", ".com", false],
    ["abc+de", "abc", true],
    ["a?bcdx*", "bcd", false],
    ["\\babc", "abc", false],
    ["abc\\x41\\x42", "abc", true],
    ["(?<name>[\\]a]long text)abc", "abc", false]
  ])("%s: %s", (source, text, isFirst) => {
    expect(requiredText(source)).toEqual({ text, isFirst })
  })

  it.each([
    "abc|abd",
    "(abc|x)abc",
    "abc?",
    "abc{2}e?f",
    "(abc)?",
    "[abc]def?",
    "(?!abc)\\d",
    "\\1abc",
    "abc\\u0041",
    "ab",
    "abc{"
  ])(
    "%s: nothing",
    (source) => {
      expect(requiredText(source)).toBe(undefined)
    }
  )
})

/** Parts of expressions over few letters, so that their texts are found, and found nearly. */
const arbitrarySource = FastCheck.array(
  FastCheck.constantFrom(
    ...["abc", "abb", "aab", "a", "b", "c"],
    ...[
      "a?",
      "b+",
      "c*",
      "a{2}",
      "b{0,1}",
      "[ab]",
      "[^a]",
      ".",
      "\\x61",
      "\\w",
      "\\b",
      "^",
      "\\.",
      "(?:abc)?",
      "(ab)+"
    ],
    ...["(?=a)", "(?!b)", "(?<=a)", "(?<!abc)", "b+?", "(?:a[)]b)"]
  ),
  { minLength: 1, maxLength: 6 }
).map((parts) => parts.join(""))

const arbitraryBytes = FastCheck.array(FastCheck.constantFrom("abc", "a", "b", "c", ".", "\n", "x".repeat(9)), {
  maxLength: 40
}).map((parts) => utf8.encode(parts.join("")))

const all = (matcher: Matcher, bytes: Uint8Array, from: number, limit: number, to: number): ReadonlyArray<Match> => {
  const found: Array<Match> = []
  matcher.tune(bytes, from, to)
  for (let at = from; at < limit;) {
    const match = matcher.next(bytes, 0, at, limit, to)
    if (match === undefined) break
    found.push(match)
    at = match.end
  }
  return found
}

describe("an expression around what its matches have", () => {
  it.prop(
    "finds what it finds by itself",
    [
      arbitrarySource,
      arbitraryBytes,
      FastCheck.nat(100),
      FastCheck.nat(100),
      FastCheck.nat(100),
      FastCheck.constantFrom(6, 20)
    ],
    ([source, bytes, ...rest]) => {
      const longest = rest[3]
      const [from = 0, limit = 0, to = 0] = rest.slice(0, 3).map((bound) =>
        bytes.length - Math.min(bound, bytes.length)
      )
        .sort((a, b) => a - b)
      const required = requiredText(source)
      const alone = Either.getOrUndefined(expression(source, plain, longest))
      FastCheck.pre(required !== undefined && alone !== undefined)
      if (required === undefined || alone === undefined) return
      const fast = around(alone, literal(utf8.encode(required.text), plain), required)
      expect(all(fast, bytes, from, limit, to)).toEqual(all(alone, bytes, from, limit, to))
    },
    { fastCheck: { numRuns: 2000 } }
  )
})
