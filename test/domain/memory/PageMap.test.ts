// Page maps put together and looked up, held to a model that has a place for each byte.
import { describe, expect, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import * as PageMap from "../../../src/domain/memory/PageMap.ts"

const size = 32

/** Ranges in order, with gaps or none between them; the file's name tells the maps apart. */
const arbitraryMap = (file: string): FastCheck.Arbitrary<PageMap.PageMap> =>
  FastCheck.array(
    FastCheck.record({ gap: FastCheck.nat(4), length: FastCheck.integer({ min: 1, max: 6 }), kind: FastCheck.nat(3) }),
    {
      maxLength: 6
    }
  ).map((parts) => {
    let at = 0n
    return {
      ranges: parts.map(({ gap, kind, length }, index): PageMap.PageRange => {
        const start = at + BigInt(gap)
        at = start + BigInt(length)
        const place: PageMap.Place = kind === 0
          ? { _tag: "Lazy" }
          : kind === 1
          ? { _tag: "Missing", reason: "gone" }
          : { _tag: "Dumped", depth: kind - 2, file, offset: 100 * index }
        return { start, end: at, place }
      })
    }
  })

/** What each address has: the kind of its place, and of bytes that are there where they are. */
const bytesOf = ({ ranges }: PageMap.PageMap): Map<bigint, string> => {
  const bytes = new Map<bigint, string>()
  for (const { end, place, start } of ranges) {
    for (let address = start; address < end; address++) {
      expect(bytes.has(address)).toBe(false)
      bytes.set(
        address,
        place._tag === "Dumped" ? `${place.depth}${place.file}${place.offset + Number(address - start)}` : place._tag
      )
    }
  }
  return bytes
}

const between = (bytes: Map<bigint, string>, start: bigint, end: bigint) =>
  new Map([...bytes].filter(([address]) => address >= start && address < end))

const arbitraryBounds = FastCheck.tuple(FastCheck.nat(size), FastCheck.nat(size)).map(([a, b]) =>
  [BigInt(Math.min(a, b)), BigInt(Math.max(a, b))] as const
)

describe("PageMap", () => {
  it.prop("cuts out what lies between two addresses, and tells what is in no range", [
    arbitraryMap("a"),
    arbitraryBounds
  ], ([map, [start, end]]) => {
    const inside = bytesOf({ ranges: PageMap.within(map, start, end) })
    expect(inside).toEqual(between(bytesOf(map), start, end))
    const outside = PageMap.gaps(map, start, end).flatMap((gap) =>
      Array.from({ length: Number(gap.end - gap.start) }, (_, index) => gap.start + BigInt(index))
    )
    expect([...inside.keys(), ...outside].sort((a, b) => Number(a - b))).toEqual(
      Array.from({ length: Number(end - start) }, (_, index) => start + BigInt(index))
    )
  })

  it.prop("lays one map over another", [arbitraryMap("a"), arbitraryMap("b")], ([above, below]) => {
    const both = PageMap.over(above, below)
    expect(bytesOf(both)).toEqual(new Map([...bytesOf(below), ...bytesOf(above)]))
    expect(both.ranges.map(({ start }) => start)).toEqual(
      both.ranges.map(({ start }) => start).sort((a, b) => Number(a - b))
    )
  })

  it.prop("moves a part to other addresses", [arbitraryMap("a"), arbitraryBounds], ([map, [start, end]]) => {
    const moved = bytesOf(PageMap.moved(map, start, end, 1000n))
    expect(moved).toEqual(
      new Map([...between(bytesOf(map), start, end)].map(([address, byte]) => [address - start + 1000n, byte]))
    )
  })

  it.prop("counts what is where", [arbitraryMap("a"), arbitraryBounds], ([map, [start, end]]) => {
    const bytes = [...between(bytesOf(map), start, end).values()]
    const count = (test: RegExp) => BigInt(bytes.filter((byte) => test.test(byte)).length)
    expect(PageMap.totals(map, start, end)).toEqual({
      own: count(/^0/),
      parent: count(/^1/),
      lazy: count(/^Lazy/),
      missing: count(/^Missing/)
    })
  })
})
