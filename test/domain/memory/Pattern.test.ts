import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import { plain } from "../../../src/domain/memory/ByteView.ts"
import { expression } from "../../../src/domain/memory/expression.ts"
import type { Matcher } from "../../../src/domain/memory/Matcher.ts"
import { isSlow } from "../../../src/domain/memory/patience.ts"
import { matcherOf } from "../../../src/domain/memory/Pattern.ts"

const bytesOf = (text: string) => new TextEncoder().encode(text)

/** Where the matches are that begin before `limit` and lie before `to`, and what they are. */
const all = (
  matcher: Matcher,
  bytes: Uint8Array,
  { from = 0, limit = bytes.length, to = bytes.length } = {}
): ReadonlyArray<readonly [number, string]> => {
  const found: Array<readonly [number, string]> = []
  matcher.tune(bytes, from, to)
  for (let at = from; at < limit;) {
    const match = matcher.next(bytes, 0, at, limit, to)
    if (match === undefined) break
    found.push([match.at, String.fromCharCode(...bytes.subarray(match.at, match.end))])
    at = match.end
  }
  return found
}

const ready = (pattern: Parameters<typeof matcherOf>[0]) => Either.getOrThrow(matcherOf(pattern, plain))

/** Few letters, so that much is found. */
const arbitraryText = (maxLength: number, minLength = 0) =>
  FastCheck.array(FastCheck.constantFrom(0, 97, 97, 98), { minLength, maxLength }).map((bytes) =>
    Uint8Array.from(bytes)
  )

describe("bytes", () => {
  it.prop(
    "are found wherever they are, whatever is common, and nowhere beyond the bounds",
    [arbitraryText(5, 1), arbitraryText(200), FastCheck.nat(200), FastCheck.nat(200), FastCheck.nat(200)],
    ([needle, bytes, ...bounds]) => {
      const [from = 0, limit = 0, to = 0] = bounds.map((bound) => Math.min(bound, bytes.length)).sort((a, b) => a - b)
      const text = String.fromCharCode(...bytes.subarray(0, to))
      const word = String.fromCharCode(...needle)
      const expected: Array<readonly [number, string]> = []
      for (let at = text.indexOf(word, from); at >= 0 && at < limit; at = text.indexOf(word, at + word.length)) {
        expected.push([at, word])
      }
      const hex = Array.from(needle, (byte) => byte.toString(16).padStart(2, "0")).join("")
      expect(all(ready({ bytes: hex }), bytes, { from, limit, to })).toEqual(expected)
    }
  )

  it("are found as well where the rarest of them is common", () => {
    const bytes = new Uint8Array(100_000).fill(97)
    bytes.set(bytesOf("abaab"), 50_000)
    expect(all(ready({ text: "abaab" }), bytes)).toEqual([[50_000, "abaab"]])
    const zeros = new Uint8Array(100_000)
    zeros[70_001] = 1
    expect(all(ready({ bytes: "00 01 00" }), zeros)).toEqual([[70_000, "\0\x01\0"]])
  })

  it("of a text are those of UTF-8", () => {
    expect(all(ready({ text: "ü" }), bytesOf("aüb"))).toEqual([[1, "\xc3\xbc"]])
  })
})

describe("an expression", () => {
  const found = (source: string, text: string, longest?: number) =>
    all(Either.getOrThrow(expression(source, plain, longest)), bytesOf(text)).map(([at, match]) => [at, match])

  it.each([
    ["secret=\\w+", "a secret=x1 secret=y2;", [[2, "secret=x1"], [12, "secret=y2"]]],
    // Each byte is a character, and `.` is any.
    ["a.b", "a\nb", [[0, "a\nb"]]],
    ["^b$", "a\nb\nab", [[2, "b"]]],
    ["\\xc3\\xbc", "aüb", [[1, "\xc3\xbc"]]],
    ["ü+", "aüüb", [[1, "\xc3\xbc\xc3\xbc"]]],
    ["(?<=a)b", "bab", [[2, "b"]]],
    // What may be nothing is found only where it is something.
    ["(?=a)|b", "ab", [[1, "b"]]]
  ])("%s in %j", (source, text, expected) => {
    expect(found(source, text)).toEqual(expected)
  })

  it("has no match that is longer than the bound, and cuts what can be cut", () => {
    expect(found("a+", "aaaaa", 2)).toEqual([[0, "aa"], [2, "aa"], [4, "a"]])
    expect(found("a{3}", "aaaaa", 2)).toEqual([])
    expect(found("ab+c|bc", "abbbc", 3)).toEqual([[3, "bc"]])
  })

  it("is found in pieces as it is in one", () => {
    const text = "x".repeat(65_530) + "needle 12345" + "y".repeat(140_000) + "needle 9"
    expect(found("needle \\d+", text)).toEqual([[65_530, "needle 12345"], [205_542, "needle 9"]])
    expect(found("\\bneedle", "x".repeat(65_536) + "needle needle")).toEqual([[65_543, "needle"]])
  })
})

describe("what cannot be searched for", () => {
  it.each([
    [{ text: "" }, "it is empty"],
    [{ bytes: "  " }, "it is empty"],
    [{ bytes: "0xabc" }, "its last byte lacks a digit"],
    [{ bytes: "zz" }, "it is not hexadecimal digits"],
    [{ regex: "a*" }, "it matches where there is nothing, which is everywhere"],
    [{ regex: "" }, "it matches where there is nothing, which is everywhere"],
    [{ regex: "(" }, "Unterminated group"],
    [{ regex: "[ü]" }, '"ü" is several bytes, and a class is of single ones'],
    [{ text: "a".repeat(4097) }, "it is longer than 4096 bytes"],
    [{ regex: "a".repeat(4097) }, "it is longer than 4096 bytes"]
  ])("%j", (pattern, reason) => {
    expect(Either.flip(matcherOf(pattern, plain))).toEqual(Either.right(reason))
  })

  it.each([
    ["(a+)+b", true],
    ["(a|aa)+$", true],
    ["(x+x+)+y", true],
    ["(\\w+\\s?)*:", true],
    ["(.*,)*P", true],
    ["secret=\\w+", false],
    ["(\\w+\\.)+com", false],
    ["\\d{1,3}(\\.\\d{1,3}){3}", false],
    ["-----BEGIN [A-Z ]+-----.*-----END", false],
    ["[\\w.]+@[\\w.]+", false]
  ])("%s for ever: %s", (source, slow) => {
    expect(isSlow(Either.getOrThrow(expression(source, plain)), source, () => performance.now())).toBe(slow)
  })
})
