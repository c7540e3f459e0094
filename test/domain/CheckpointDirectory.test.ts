// The grammar of checkpoint directories, where a checkpoint lies in one, and strings as single folder names.
import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as CheckpointDirectory from "../../src/domain/CheckpointDirectory.ts"
import * as CheckpointName from "../../src/domain/CheckpointName.ts"

const read = (input: string) =>
  Either.match(CheckpointDirectory.parse(input), { onLeft: (error) => error.reason, onRight: String })

const bytes = (input: string): number => encodeURIComponent(input).replace(/%[0-9A-F]{2}/g, "x").length

/** A path of so many bytes in components of at most 255. */
const long = (length: number): string =>
  Array.from({ length: Math.floor(length / 256) }, () => `/${"d".repeat(255)}`).join("") +
  (length % 256 === 0 ? "" : `/${"e".repeat(length % 256 - 1)}`)

const component = FastCheck.oneof(
  FastCheck.string({ unit: "grapheme", maxLength: 12 }),
  FastCheck.constantFrom("", ".", "..", "a", "...", ".a", " ", "a b", "-", "~", "\n", "\\", "%2e")
)

const path = FastCheck.array(component, { maxLength: 6 }).map((parts) => `/${parts.join("/")}`)

const inputs = FastCheck.oneof(
  path,
  FastCheck.string({ unit: "binary" }),
  FastCheck.string({ unit: "binary" }).map((rest) => `/${rest}`)
)

const accepted: ReadonlyArray<readonly [input: string, path: string]> = [
  ["/a", "/a"],
  ["/a/b", "/a/b"],
  ["/a/", "/a"],
  ["/a///", "/a"],
  ["//a", "/a"],
  ["///a//b/", "/a/b"],
  ["/./a", "/a"],
  ["/a/.", "/a"],
  ["/a/./b/./", "/a/b"],
  ["/...", "/..."],
  ["/..a/b..", "/..a/b.."],
  ["/.hidden", "/.hidden"],
  ["/with space/ b ", "/with space/ b "],
  ["/checkpoints/Sch\u00f6nes \u{1f680}", "/checkpoints/Sch\u00f6nes \u{1f680}"],
  ["/a\\b", "/a\\b"],
  ["/a\nb", "/a\nb"],
  ["/%2e%2e", "/%2e%2e"],
  [`/${"c".repeat(255)}`, `/${"c".repeat(255)}`],
  [`/${"\u00e9".repeat(127)}`, `/${"\u00e9".repeat(127)}`],
  [long(3583), long(3583)],
  [`${long(3583)}${"/".repeat(300)}`, long(3583)]
]

const refused: ReadonlyArray<readonly [reason: string, why: string, input: string]> = [
  ["Relative", "empty", ""],
  ["Relative", "a name", "a"],
  ["Relative", "a relative path", "a/b"],
  ["Relative", "the folder at hand", "."],
  ["Relative", "the folder above", "../a"],
  ["Relative", "a space before the slash", " /a"],
  ["Relative", "a home", "~/a"],
  ["Relative", "a backslash", "\\a"],
  ["Relative", "an address", "file:///a"],
  ["Root", "the root", "/"],
  ["Root", "the root, twice", "//"],
  ["Root", "the root, by a dot", "/."],
  ["Root", "the root, by dots and slashes", "/.//./"],
  ["ParentComponent", "the parent of the root", "/.."],
  ["ParentComponent", "the parent inside", "/a/../b"],
  ["ParentComponent", "the parent last", "/a/.."],
  ["ParentComponent", "the parent last, with a slash", "/a/../"],
  ["ParentComponent", "the parent first", "/../a"],
  ["Malformed", "NUL inside", "/a\0b"],
  ["Malformed", "NUL last", "/a\0"],
  ["Malformed", "NUL alone", "\0"],
  ["Malformed", "half of a character", "/a\ud800"],
  ["Malformed", "the other half", "/\udc00a"],
  ["TooLong", "a component of 256 bytes", `/${"c".repeat(256)}`],
  ["TooLong", "a component of 256 bytes, 128 characters", `/a/${"\u00e9".repeat(128)}/b`],
  ["TooLong", "a component of 256 bytes, 64 characters", `/${"\u{1f680}".repeat(64)}`],
  ["TooLong", "a component of 258 bytes, 86 characters", `/${"\u20ac".repeat(86)}`],
  ["TooLong", "3584 bytes", long(3584)]
]

describe("CheckpointDirectory", () => {
  it.each(accepted)("accepts %j as %j", (input, expected) => {
    expect(read(input)).toBe(expected)
  })

  it.each(refused)("refuses as %s: %s", (reason, _, input) => {
    expect(read(input)).toBe(reason)
    const error = Either.getOrUndefined(Either.flip(CheckpointDirectory.parse(input)))
    expect(error?.directory).toBe(input)
    expect(error?.message.startsWith(`Cannot use checkpoint directory "${input}": it `)).toBe(true)
  })

  it("has paths of the lengths it is tested with", () => {
    expect([3583, 3584].map((length) => bytes(long(length)))).toEqual([3583, 3584])
  })

  it.prop("reads what it printed as the same", [inputs], ([input]) => {
    const parsed = CheckpointDirectory.parse(input)
    if (Either.isRight(parsed)) expect(CheckpointDirectory.parse(parsed.right)).toEqual(parsed)
  })

  it.prop("gives a normal, absolute path", [inputs], ([input]) => {
    const parsed = CheckpointDirectory.parse(input)
    if (Either.isLeft(parsed)) return
    expect(parsed.right.startsWith("/")).toBe(true)
    for (const part of parsed.right.slice(1).split("/")) {
      expect(["", ".", ".."].includes(part)).toBe(false)
      expect(part.includes("\0")).toBe(false)
      expect(bytes(part) <= 255).toBe(true)
    }
    expect(bytes(parsed.right) <= CheckpointDirectory.maximumBytes).toBe(true)
  })

  it.prop("takes every path of plain components, doubled slashes or not", [
    FastCheck.array(FastCheck.string({ unit: "grapheme", minLength: 1, maxLength: 12 }), {
      minLength: 1,
      maxLength: 5
    }),
    FastCheck.integer({ min: 1, max: 3 })
  ], ([parts, slashes]) => {
    const plain = parts.map((part) => part.replaceAll("/", "|").replaceAll("\0", "0").replace(/^\.{1,2}$/, "dot"))
    const slash = "/".repeat(slashes)
    expect(read(slash + plain.join(slash) + "/".repeat(slashes - 1))).toBe(`/${plain.join("/")}`)
  })

  it.prop("is cut at its last slash, and joined again", [path], ([input]) => {
    const parsed = CheckpointDirectory.parse(input)
    if (Either.isLeft(parsed)) return
    const { base, parent } = CheckpointDirectory.split(parsed.right)
    expect(base).not.toBe("")
    expect(base.includes("/")).toBe(false)
    expect(parent === "/" ? `/${base}` : `${parent}/${base}`).toBe(parsed.right)
  })

  it("is cut below the root and deeper", () => {
    const split = (input: string) => Either.map(CheckpointDirectory.parse(input), CheckpointDirectory.split)
    expect(split("/a")).toEqual(Either.right({ parent: "/", base: "a" }))
    expect(split("/a/b/c")).toEqual(Either.right({ parent: "/a/b", base: "c" }))
  })

  it("holds each checkpoint in a folder of its name", () => {
    const located = Either.all([CheckpointDirectory.parse("/srv/checkpoints/"), CheckpointName.parse("first")])
    expect(Either.map(located, ([directory, name]) => CheckpointDirectory.locate(directory, name)))
      .toEqual(Either.right("/srv/checkpoints/first"))
  })
})

const text = FastCheck.oneof(
  FastCheck.string({ unit: "binary" }),
  FastCheck.string({
    unit: FastCheck.constantFrom("a", ".", "%", "2", "e", "/", "\u00e9", "\ud83d", "\ude80"),
    maxLength: 5
  })
)

describe("CheckpointDirectory.encodeComponent", () => {
  it.each([
    ["", "%"],
    ["%", "%25"],
    [".", "%2e"],
    ["..", "%2e."],
    [".a", "%2ea"],
    ["a.b.", "a.b."],
    ["/run/runc", "%2frun%2frunc"],
    ["0123-abc_XYZ", "0123-abc_XYZ"],
    ["a b+c", "a%20b%2bc"],
    ["\0\n", "%00%0a"],
    ["\u00e9", "%c3%a9"],
    ["\u20ac", "%e2%82%ac"],
    ["\u{1f680}", "%f0%9f%9a%80"]
  ])("writes %j as %j", (input, expected) => {
    expect(CheckpointDirectory.encodeComponent(input)).toBe(expected)
  })

  it.prop("is one folder's name", [text], ([input]) => {
    const encoded = CheckpointDirectory.encodeComponent(input)
    expect(encoded).toMatch(/^[a-zA-Z0-9_%-][a-zA-Z0-9_.%-]*$/)
    expect(read(`/root/${encoded}`)).toBe(encoded.length > 255 ? "TooLong" : `/root/${encoded}`)
  })

  it.prop("gives two strings two names", [text, text], ([one, other]) => {
    expect(CheckpointDirectory.encodeComponent(one) === CheckpointDirectory.encodeComponent(other)).toBe(one === other)
  })

  it.prop("can be read back, so nothing is lost", [FastCheck.string({ unit: "grapheme", minLength: 1 })], ([input]) => {
    expect(decodeURIComponent(CheckpointDirectory.encodeComponent(input))).toBe(input)
  })

  it.prop("has at most three characters a byte", [FastCheck.string({ unit: "grapheme", minLength: 1 })], ([input]) => {
    const { length } = CheckpointDirectory.encodeComponent(input)
    expect(length <= 3 * bytes(input) && length >= bytes(input)).toBe(true)
  })

  it("always fits 85 bytes, and of any id that a runtime takes in plain characters all 255", () => {
    expect(CheckpointDirectory.encodeComponent("/".repeat(85))).toHaveLength(255)
    expect(CheckpointDirectory.encodeComponent("a".repeat(255))).toHaveLength(255)
  })

  it("is never cut, however long: two long inputs stay two", () => {
    const [one, other] = ["a", "b"].map((end) => CheckpointDirectory.encodeComponent("/".repeat(300) + end))
    expect(one).toHaveLength(901)
    expect(one === other).toBe(false)
  })
})
