// The words for a value that does not fit a schema.
import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as ParseResult from "effect/ParseResult"
import * as Schema from "effect/Schema"
import * as Mismatch from "../../src/domain/Mismatch.ts"

const Inner = Schema.Struct({ count: Schema.Int.pipe(Schema.positive()) })
const Subject = Schema.Struct({
  inner: Schema.optional(Inner),
  word: Schema.optional(Schema.Literal("a", "b")),
  either: Schema.optional(Schema.Union(Schema.String, Inner)),
  list: Schema.optional(Schema.Array(Inner)),
  pair: Schema.optional(Schema.Tuple(Schema.String, Schema.Number)),
  labels: Schema.optional(Schema.Record({ key: Schema.String, value: Schema.String })),
  number: Schema.optional(Schema.NumberFromString),
  json: Schema.optional(Schema.parseJson(Inner))
})

const decode = ParseResult.decodeUnknownEither(Subject, { onExcessProperty: "error" })

const first = (value: unknown) => Either.match(decode(value), { onLeft: Mismatch.first, onRight: () => "it fits" })

describe("Mismatch", () => {
  it.each([
    ["a value that fits", {}, "it fits"],
    ["a text", "a", { path: "", reason: "expected an object, found a string" }],
    ["nothing", undefined, { path: "", reason: "expected an object, found undefined" }],
    ["a missing field", { inner: {} }, { path: "inner.count", reason: "it is missing" }],
    ["a field too many", { more: 1 }, { path: "more", reason: "it is not expected" }],
    ["a text for a number", { inner: { count: "x" } }, {
      path: "inner.count",
      reason: "expected a number, found a string"
    }],
    ["half a number", { inner: { count: 1.5 } }, { path: "inner.count", reason: "expected an integer, found 1.5" }],
    ["a number too small", { inner: { count: 0 } }, {
      path: "inner.count",
      reason: "expected a positive number, found 0"
    }],
    ["neither of two words", { word: "c" }, { path: "word", reason: 'expected "a" or "b", found a string' }],
    ["neither of two", { either: 5 }, { path: "either", reason: "expected a string or an object, found 5" }],
    ["the second of two", { either: { count: null } }, {
      path: "either.count",
      reason: "expected a number, found null"
    }],
    ["an object for a list", { list: {} }, { path: "list", reason: "expected an array, found an object" }],
    ["a place in a list", { list: [{ count: 1 }, 5] }, { path: "list.1", reason: "expected an object, found 5" }],
    ["half a pair", { pair: ["a"] }, { path: "pair.1", reason: "it is missing" }],
    ["a number for a label", { labels: { a: 5 } }, { path: "labels.a", reason: "expected a string, found 5" }],
    ["a number that is a text that is none", { number: "x" }, { path: "number", reason: "found a string" }],
    ["a text that is no JSON", { json: "{" }, { path: "json", reason: "found a string" }],
    ["JSON of another shape", { json: "{}" }, { path: "json.count", reason: "it is missing" }]
  ])("finds %s", (_, value, expected) => {
    const found = first(value)
    if (typeof found === "string" || typeof expected === "string") expect(found).toBe(expected)
    else {
      expect(found.path).toBe(expected.path)
      expect(found.reason).toContain(expected.reason)
    }
  })

  it("shows 40 characters of a key, in one line", () => {
    expect(first({ labels: { [`a\n"${"b".repeat(100)}`]: 5 } })).toEqual({
      path: `labels.a\\n\\"${"b".repeat(37)}`,
      reason: "expected a string, found 5"
    })
  })
})
