// The search of pages, held to a search of all memory at once: wherever the pages lie in their files, and however little is read
// at a time.
import { describe, expect, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as Stream from "effect/Stream"
import { plain } from "../../src/domain/memory/ByteView.ts"
import { expression } from "../../src/domain/memory/expression.ts"
import { literal } from "../../src/domain/memory/literal.ts"
import type { Matcher } from "../../src/domain/memory/Matcher.ts"
import type { DumpedRange } from "../../src/domain/memory/PageMap.ts"
import type { Found } from "../../src/domain/memory/Window.ts"
import { ImageUnreadable } from "../../src/domain/CheckpointError.ts"
import type { ReadPages } from "../../src/effects/openPages.ts"
import { makeSearcher, searchPages } from "../../src/effects/searchPages.ts"

/** Memory as bytes by their addresses, and as ranges of files. */
interface Memory {
  readonly ranges: ReadonlyArray<DumpedRange>
  readonly spans: ReadonlyArray<{ readonly address: number; readonly text: string }>
  readonly readPages: ReadPages
}

/** Parts of memory, each after a gap or none, each in one of three files, whose parts lie in an order of their own. */
const arbitraryMemory: FastCheck.Arbitrary<Memory> = FastCheck.array(
  FastCheck.record({
    gap: FastCheck.constantFrom(0, 0, 0, 3),
    file: FastCheck.nat(2),
    order: FastCheck.nat(100),
    content: FastCheck.array(FastCheck.constantFrom(..."aabc\n"), { minLength: 1, maxLength: 12 })
  }),
  { maxLength: 12 }
).map((parts) => {
  const files = ["", "", ""]
  const offsets = new Map<number, number>()
  const inFiles = [...parts.entries()].sort(([, a], [, b]) => a.order - b.order)
  for (const [index, { content, file }] of inFiles) {
    offsets.set(index, (files[file] ?? "").length)
    files[file] += content.join("")
  }
  const spans: Array<{ address: number; text: string }> = []
  let at = 0
  const ranges = parts.map(({ content, file, gap }, index): DumpedRange => {
    const start = at + gap
    const last = spans.at(-1)
    if (last !== undefined && gap === 0) last.text += content.join("")
    else spans.push({ address: start, text: content.join("") })
    at = start + content.length
    return {
      start: BigInt(start),
      end: BigInt(at),
      place: { _tag: "Dumped", depth: file, file: `pages-${file}.img`, offset: offsets.get(index) ?? -1 }
    }
  })
  return {
    ranges,
    spans,
    readPages: (depth, file, offset, into) =>
      // As a disk, it is done later.
      Effect.zipRight(
        Effect.yieldNow(),
        Effect.sync(() => {
          expect(file).toBe(`pages-${depth}.img`)
          for (let index = 0; index < into.length; index++) into[index] = files[depth]?.charCodeAt(offset + index) ?? 0
        })
      )
  }
})

const shown = ({ address, after, before, match }: Found) => [Number(address), ...[before, match, after].map(textOf)]
const textOf = (bytes: Uint8Array) => String.fromCharCode(...bytes)

const found = (memory: Memory, matcher: Matcher, context: number, chunk: number) =>
  Effect.map(
    Stream.runCollect(searchPages(makeSearcher(matcher, context, chunk), memory.readPages, memory.ranges)),
    (all) => Chunk.toReadonlyArray(all).map(shown)
  )

const expected = ({ spans }: Memory, pattern: RegExp, context: number) =>
  spans.flatMap(({ address, text }) =>
    [...text.matchAll(pattern)].map(({ 0: match, index }) => [
      address + index,
      text.slice(Math.max(0, index - context), index),
      match,
      text.slice(index + match.length, index + match.length + context)
    ])
  )

const arbitraryContext = FastCheck.constantFrom(0, 1, 5)
const arbitraryChunk = FastCheck.constantFrom(1, 2, 3, 7, 16, 1000)

describe("searchPages", () => {
  it.effect.prop(
    "finds bytes across pages, files and parts, and nothing across a gap",
    [
      arbitraryMemory,
      FastCheck.array(FastCheck.constantFrom(..."aab"), { minLength: 1, maxLength: 5 }),
      arbitraryContext,
      arbitraryChunk
    ],
    ([memory, needle, context, chunk]) =>
      Effect.gen(function* () {
        const matcher = literal(new TextEncoder().encode(needle.join("")), plain)
        expect(yield* found(memory, matcher, context, chunk)).toEqual(
          expected(memory, new RegExp(needle.join(""), "g"), context)
        )
      })
  )

  it.effect.prop(
    "finds expressions as they would be in all of memory at once",
    [
      arbitraryMemory,
      FastCheck.constantFrom("ab", "a{1,4}", "^a", "c$", "a[^b]", "b.?a", "(?<=b)a", "\\bab?", "a(?!b)", "(a|b)c|ca"),
      arbitraryContext,
      arbitraryChunk
    ],
    ([memory, source, context, chunk]) =>
      Effect.gen(function* () {
        const matcher = Either.getOrThrow(expression(source, plain, 6))
        expect(yield* found(memory, matcher, context, chunk)).toEqual(
          expected(memory, new RegExp(source, "gms"), context)
        )
      })
  )

  it.effect("fails where a file cannot be read, after what was found before", () =>
    Effect.gen(function* () {
      const ranges = [0, 1].map((index): DumpedRange => ({
        start: BigInt(4 * index),
        end: BigInt(4 * index + 4),
        place: { _tag: "Dumped", depth: index, file: "pages-1.img", offset: 0 }
      }))
      const readPages: ReadPages = (depth, file, _, into) =>
        depth === 0
          ? Effect.sync(() => void into.fill(97))
          : Effect.fail(new ImageUnreadable({ path: "/x", file, reason: "it is not there" }))
      const seen: Array<bigint> = []
      const searched = searchPages(makeSearcher(literal(Uint8Array.of(97, 97, 97), plain), 0, 4), readPages, ranges)
      const error = yield* Effect.flip(
        Stream.runForEach(searched, ({ address }) => Effect.sync(() => void seen.push(address)))
      )
      expect([error._tag, seen]).toEqual(["ImageUnreadable", [0n]])
    }))

  it.effect("goes no further than is asked for, and hands on a bounded number at once", () =>
    Effect.gen(function* () {
      const size = 10_000
      const ranges: ReadonlyArray<DumpedRange> = [
        { start: 0n, end: BigInt(size), place: { _tag: "Dumped", depth: 0, file: "pages-1.img", offset: 0 } }
      ]
      const zeros: ReadPages = (_depth, _file, _offset, into) => Effect.sync(() => void into.fill(0))
      const zero = literal(Uint8Array.of(0), plain)
      let tried = 0
      const counted: Matcher = {
        ...zero,
        next: (...all) => {
          tried++
          return zero.next(...all)
        }
      }
      yield* Stream.runDrain(Stream.take(searchPages(makeSearcher(counted, 0, size), zeros, ranges), 1))
      expect(tried).toBeLessThanOrEqual(256)
      const sizes = (context: number) =>
        Effect.map(
          Stream.runCollect(Stream.chunks(searchPages(makeSearcher(zero, context, size), zeros, ranges))),
          (chunks) => Chunk.toReadonlyArray(chunks).map(Chunk.size)
        )
      const few = yield* sizes(0)
      expect([Math.max(...few), few.reduce((sum, one) => sum + one)]).toEqual([256, size])
      // With much around each the bytes are what bounds it.
      expect(Math.max(...yield* sizes(5000))).toBeLessThan(256)
    }))
})
