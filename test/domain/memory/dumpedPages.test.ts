// Where pages are, by pagemaps of a chain of folders: held to a model that knows each page by itself.
import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import type { PagemapEntry } from "../../../src/domain/image/message/Pagemap.ts"
import { pageMapOf, pageSizeOf } from "../../../src/domain/memory/dumpedPages.ts"
import * as PageMap from "../../../src/domain/memory/PageMap.ts"

type State = "none" | "present" | "lazy" | "parent"

interface Layer {
  readonly states: ReadonlyArray<State>
  /** Whether an entry ends behind a page, though it could go on. */
  readonly breaks: ReadonlyArray<boolean>
  /** As releases before flags and before the wider count wrote it. */
  readonly isOld: boolean
}

const pages = 24
const page = 4096

const arbitraryLayer: FastCheck.Arbitrary<Layer> = FastCheck.record({
  states: FastCheck.array(FastCheck.constantFrom<State>("none", "present", "present", "lazy", "parent"), {
    minLength: pages,
    maxLength: pages
  }),
  breaks: FastCheck.array(FastCheck.boolean(), { minLength: pages, maxLength: pages }),
  isOld: FastCheck.boolean()
}).map((layer) => ({
  ...layer,
  // They knew of no lazy pages.
  states: layer.isOld ? layer.states.map((state) => state === "lazy" ? "none" : state) : layer.states
}))

const flagsOf = { none: 0, parent: 1, lazy: 2, present: 4 }

const entry = (vaddr: bigint, count: number, state: State, isOld: boolean): PagemapEntry =>
  isOld
    ? { vaddr, compat_nr_pages: count, ...(state === "parent" ? { in_parent: true } : {}) }
    : { vaddr, compat_nr_pages: 0, nr_pages: BigInt(count), flags: flagsOf[state] }

const entriesOf = ({ breaks, isOld, states }: Layer): ReadonlyArray<PagemapEntry> => {
  const entries: Array<PagemapEntry> = []
  for (let start = 0; start < pages;) {
    const state = states[start] ?? "none"
    let end = start + 1
    while (end < pages && states[end] === state && breaks[end] !== true) end++
    if (state !== "none") entries.push(entry(BigInt(start * page), end - start, state, isOld))
    start = end
  }
  return entries
}

const fileOf = (layer: Layer) => {
  const present = layer.states.filter((state) => state === "present").length
  return { entries: entriesOf(layer), file: "pages-1.img", bytes: present * page }
}

const mapOf = (layers: ReadonlyArray<Layer>): Either.Either<PageMap.PageMap, string> =>
  layers.reduceRight<Either.Either<PageMap.PageMap, string>>(
    (parent, layer, depth) => pageMapOf(fileOf(layer), page, depth, parent),
    Either.left("there is no parent")
  )

/** Where a page is, looked up on its own. */
const placeOf = (layers: ReadonlyArray<Layer>, depth: number, index: number): PageMap.Place | undefined => {
  const layer = layers[depth]
  if (layer === undefined) return { _tag: "Missing", reason: "there is no parent" }
  switch (layer.states[index]) {
    case "present": {
      const before = layer.states.slice(0, index).filter((state) => state === "present").length
      return { _tag: "Dumped", depth, file: "pages-1.img", offset: before * page }
    }
    case "lazy":
      return { _tag: "Lazy" }
    case "parent":
      return placeOf(layers, depth + 1, index) ?? { _tag: "Missing", reason: "the parent does not have it" }
    default:
      return undefined
  }
}

describe("pageMapOf", () => {
  it.prop(
    "finds each page where it is, in whichever folder of the chain",
    [FastCheck.array(arbitraryLayer, { minLength: 1, maxLength: 4 })],
    ([layers]) => {
      const map = Either.getOrThrow(mapOf(layers))
      for (let index = 0; index < pages; index++) {
        const address = BigInt(index * page)
        const [range] = PageMap.within(map, address, address + BigInt(page))
        expect(range?.place).toEqual(placeOf(layers, 0, index))
        const inside = address + 5n
        const found = PageMap.at(map, inside)
        expect(found !== undefined && found.start <= inside && inside < found.end).toBe(range !== undefined)
      }
      for (const [index, range] of map.ranges.entries()) {
        expect(range.start < range.end).toBe(true)
        const next = map.ranges[index + 1]
        if (next !== undefined) expect(range.end < next.start || !PageMap.follows(range, next)).toBe(true)
      }
    }
  )

  const own = (entries: ReadonlyArray<PagemapEntry>, bytes: number | undefined = 0) =>
    pageMapOf({ entries, file: "pages-7.img", bytes }, page, 0, Either.left("there is no parent"))
  const present = (vaddr: bigint, count: bigint): PagemapEntry => ({
    vaddr,
    compat_nr_pages: 0,
    nr_pages: count,
    flags: 4
  })

  it("says of pages beyond the end of the file that they are missing, but has those before", () => {
    expect(own([present(0x1000n, 3n)], 2 * page - 1)).toEqual(Either.right({
      ranges: [
        { start: 0x1000n, end: 0x2000n, place: { _tag: "Dumped", depth: 0, file: "pages-7.img", offset: 0 } },
        { start: 0x2000n, end: 0x4000n, place: { _tag: "Missing", reason: "pages-7.img ends before it" } }
      ]
    }))
    const gone = pageMapOf({ entries: [present(0n, 1n)], file: "p", bytes: undefined }, page, 0, Either.left(""))
    expect(gone).toEqual(Either.right({
      ranges: [{ start: 0n, end: 0x1000n, place: { _tag: "Missing", reason: "there is no p" } }]
    }))
  })

  it.each([
    ["out of order", [present(0x2000n, 1n), present(0x1000n, 1n)], "entry 1 of its pagemap is out of order"],
    ["overlapping", [present(0x1000n, 2n), present(0x2000n, 1n)], "entry 1 of its pagemap is out of order"],
    ["more than memory", [present(0x1000n, 1n << 60n)], "entry 0 of its pagemap goes beyond all memory"],
    ["more than any file", [present(0n, 1n << 45n)], "entry 0 of its pagemap goes beyond any file"]
  ])("gives the reason where a map is %s", (_, entries, reason) => {
    expect(own(entries)).toEqual(Either.left(reason))
  })

  it("takes no time for pages without number that are in a parent", () => {
    const map = own([{ vaddr: 0n, compat_nr_pages: 0, nr_pages: 1n << 51n, flags: 1 }])
    expect(Either.map(map, ({ ranges }) => ranges.length)).toEqual(Either.right(1))
  })
})

describe("pageSizeOf", () => {
  const entries = [{ vaddr: 0n, compat_nr_pages: 3, flags: 4 }, { vaddr: 0x100000n, compat_nr_pages: 9, flags: 1 }]
  it.each([
    [3 * 4096, 4096],
    [3 * 16_384, 16_384],
    [3 * 65_536, 65_536],
    [3 * 4096 - 1, undefined],
    [undefined, undefined]
  ])("tells it from a file of %s bytes", (bytes, size) => {
    expect(pageSizeOf({ entries, file: "p", bytes })).toBe(size)
  })
})
