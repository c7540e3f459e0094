// The grammar of names: what passes, what is refused and with which words.
import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as Schema from "effect/Schema"
import * as CheckpointDirectory from "../../src/domain/CheckpointDirectory.ts"
import * as CheckpointName from "../../src/domain/CheckpointName.ts"

const first = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

const character = (set: string) => FastCheck.constantFrom(...set)

/** What the seed's pattern describes, made without the pattern. */
const seedName = FastCheck.tuple(
  character(first),
  FastCheck.string({ unit: character(`${first}_.-`), minLength: 1, maxLength: 254 })
).map(([head, tail]) => head + tail)

/** Names of create: those of the seed without a trailing dot. */
const newName = seedName.filter((name) => !name.endsWith("."))

const directory = FastCheck.array(
  FastCheck.string({ minLength: 1, maxLength: 20, unit: "binary" }).filter((part) => !part.includes("/")),
  { minLength: 1, maxLength: 5 }
).map((parts) => CheckpointDirectory.parse(`/${parts.join("/")}`)).filter(Either.isRight).map((parsed) => parsed.right)

/** Any string, near misses among them. */
const anyString = FastCheck.oneof(
  FastCheck.string({ unit: "binary" }),
  FastCheck.string({ unit: character(`a0.-_/\\\0\n `), maxLength: 4 }),
  FastCheck.tuple(newName, FastCheck.string({ unit: "binary", minLength: 1, maxLength: 2 })).map(([a, b]) => a + b)
)

/** Lexical resolution of a path, as the kernel does it where no link is on the way. */
const resolve = (path: string): string => {
  const kept: Array<string> = []
  for (const part of path.split("/")) {
    if (part === "..") kept.pop()
    else if (part !== "" && part !== ".") kept.push(part)
  }
  return `/${kept.join("/")}`
}

const accepted: ReadonlyArray<readonly [why: string, name: string]> = [
  ["two characters, the seed's shortest", "ab"],
  ["digits", "00"],
  ["a digit first", "1st"],
  ["a dash last", "a-"],
  ["an underscore last", "a_"],
  ["dots inside", "v1..2.3"],
  ["every kind of character", "aZ0_.-9"],
  ["a name that reads as a path of Windows", "NUL"],
  ["the file of a checkpoint's own", "config.json"],
  ["255 bytes", "a".repeat(255)]
]

/** Refused by the seed's pattern, with the seed's message. */
const refused: ReadonlyArray<readonly [why: string, name: string]> = [
  ["empty", ""],
  ["one character", "a"],
  ["a dot", "."],
  ["two dots", ".."],
  ["three dots", "..."],
  ["the parent's neighbour", "../x"],
  ["a slash inside", "a/b"],
  ["a slash last", "ab/"],
  ["an absolute path", "/ab"],
  ["a way out in the middle", "ab/../../c"],
  ["a backslash", "a\\b"],
  ["a leading dash", "-a"],
  ["a leading dot", ".a"],
  ["a leading underscore", "_a"],
  ["NUL inside", "a\0b"],
  ["NUL last", "ab\0"],
  ["a newline inside", "a\nb"],
  ["a newline last", "ab\n"],
  ["a carriage return last", "ab\r"],
  ["a line separator last", "ab\u2028"],
  ["a space inside", "a b"],
  ["a space first", " ab"],
  ["a space last", "ab "],
  ["a tab", "a\tb"],
  ["a colon", "a:b"],
  ["a percent sign", "a%2e"],
  ["a tilde first", "~ab"],
  ["an escape sequence", "a\u001b[31m"],
  ["a Cyrillic a", "\u0430b"],
  ["a Cyrillic e inside", "b\u0435fore"],
  ["full-width letters", "\uff41\uff42"],
  ["a full-width dot", "a\uff0e\uff0e"],
  ["a division slash", "a\u2215b"],
  ["a one dot leader", "a\u2024b"],
  ["a non-breaking hyphen", "a\u2011b"],
  ["Arabic digits", "a\u0661"],
  ["a Kelvin sign, which lower-cases to k", "a\u212a"],
  ["a long s, which upper-cases to S", "a\u017f"],
  ["a combining accent", "ae\u0301"],
  ["a zero-width space", "a\u200bb"],
  ["a right-to-left override", "a\u202eb"],
  ["a byte order mark first", "\ufeffab"],
  ["half of a character", "a\ud800"],
  ["an emoji", "a\u{1f680}"]
]

const left = (parsed: Either.Either<string, Error & { readonly reason: string }>) =>
  Either.match(parsed, { onLeft: ({ message, reason }) => ({ message, reason }), onRight: (name) => ({ name }) })

describe("CheckpointName", () => {
  it.each(accepted)("accepts %s", (_, name) => {
    expect(Either.getOrUndefined(CheckpointName.parse(name))).toBe(name)
    expect(Either.getOrUndefined(CheckpointName.parseExisting(name))).toBe(name)
    expect(CheckpointName.isExisting(name)).toBe(true)
  })

  it.each(refused)("refuses %s, in the seed's words", (_, name) => {
    const refusal = {
      reason: "Pattern",
      message: `Invalid checkpoint ID (${name}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed`
    }
    expect(left(CheckpointName.parse(name))).toEqual(refusal)
    expect(left(CheckpointName.parseExisting(name))).toEqual(refusal)
    expect(CheckpointName.isExisting(name)).toBe(false)
  })

  it("refuses 256 bytes in words of its own", () => {
    const name = "a".repeat(256)
    const refusal = {
      reason: "Length",
      message: `Invalid checkpoint ID (${name}), it is 256 bytes long and at most 255 are allowed`
    }
    expect(left(CheckpointName.parse(name))).toEqual(refusal)
    expect(left(CheckpointName.parseExisting(name))).toEqual(refusal)
    expect(CheckpointName.isExisting(name)).toBe(false)
  })

  it.each(["a.", "ab..", `${"a".repeat(254)}.`])("refuses the trailing dot of %s only to what is made", (name) => {
    expect(left(CheckpointName.parse(name))).toEqual({
      reason: "TrailingDot",
      message: `Invalid checkpoint ID (${name}), it must not end in a dot`
    })
    expect(Either.getOrUndefined(CheckpointName.parseExisting(name))).toBe(name)
    expect(CheckpointName.isExisting(name)).toBe(true)
  })

  it.prop("accepts whatever the seed's pattern describes, and prints it as it was", [newName], ([name]) => {
    expect(CheckpointName.parse(name)).toEqual(Either.right(name))
  })

  it.prop("accepts no less of what is there already", [seedName], ([name]) => {
    expect(CheckpointName.parseExisting(name)).toEqual(Either.right(name))
  })

  it.prop("keeps a name in its directory, whatever the directory is", [seedName, directory], ([name, into]) => {
    const parsed = CheckpointName.parseExisting(name)
    const path = Either.isRight(parsed) ? CheckpointDirectory.locate(into, parsed.right) : ""
    expect(resolve(path)).toBe(path)
    expect(path.slice(0, path.lastIndexOf("/"))).toBe(into)
  })

  it.prop("lets no string out of the directory: it is one component or it is refused", [anyString], ([name]) => {
    const parsed = CheckpointName.parseExisting(name)
    if (Either.isRight(parsed)) {
      expect(resolve(`/base/dir/${name}`)).toBe(`/base/dir/${name}`)
      expect(name).toMatch(/^[\x21-\x7e]{2,255}$/)
    } else expect(parsed.left.message).toContain(`Invalid checkpoint ID (${name}), `)
    expect(CheckpointName.isExisting(name)).toBe(Either.isRight(parsed))
  })

  it.prop("refuses with the seed's message whatever the seed refuses", [anyString], ([name]) => {
    const isSeeds = name.length > 1 && first.includes(name.charAt(0)) &&
      Array.from(name).every((c) => `${first}_.-`.includes(c))
    const message = left(CheckpointName.parse(name))
    if (!isSeeds) {
      expect(message).toEqual({
        reason: "Pattern",
        message: `Invalid checkpoint ID (${name}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed`
      })
    } else expect(JSON.stringify(message)).not.toContain("Pattern")
  })

  it("is a schema of the same rules and the same words", () => {
    const decode = Schema.decodeUnknownEither(CheckpointName.CheckpointName)
    expect(decode("first")).toEqual(Either.right("first"))
    expect(decode("a.")).toEqual(Either.right("a."))
    expect(String(Either.getOrUndefined(Either.flip(decode("../x"))))).toContain(
      "Invalid checkpoint ID (../x), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed"
    )
    expect(Either.isLeft(decode(5))).toBe(true)
  })

  it.prop("is a schema whose values print as they were read", [CheckpointName.CheckpointName], ([name]) => {
    expect(Schema.encodeSync(CheckpointName.CheckpointName)(name)).toBe(name)
    expect(Schema.decodeSync(CheckpointName.CheckpointName)(name)).toBe(name)
  })
})
