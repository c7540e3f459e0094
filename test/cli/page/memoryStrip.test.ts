import { describe, expect, it } from "@effect/vitest"
import { cellsOf } from "../../../src/cli/page/memoryStrip.ts"
import type { PageMap, Place } from "../../../src/domain/memory/PageMap.ts"

const dumped: Place = { _tag: "Dumped", depth: 0, file: "pages-1.img", offset: 0 }
const inParent: Place = { _tag: "Dumped", depth: 1, file: "pages-1.img", offset: 0 }
const missing: Place = { _tag: "Missing", reason: "there is no pages-1.img" }

/** Pages by their numbers: from, up to, where. */
const map = (...ranges: ReadonlyArray<readonly [number, number, Place]>): PageMap => ({
  ranges: ranges.map(([from, to, place]) => ({ start: BigInt(from * 4096), end: BigInt(to * 4096), place }))
})
const cells = (pages: PageMap, count: number, most: number) => cellsOf(pages, 0n, BigInt(count * 4096), 4096, most)

describe("cellsOf", () => {
  it("shows each page where there is room for it, like ones as one", () => {
    expect(cells(map([1, 3, dumped], [3, 4, inParent], [7, 8, missing]), 8, 100)).toEqual([
      { what: "dumped", level: 4, from: 1 / 8, to: 3 / 8 },
      { what: "parent", level: 4, from: 3 / 8, to: 4 / 8 },
      { what: "missing", level: 4, from: 7 / 8, to: 1 }
    ])
  })

  it("shows how much of a stretch there is where there is no room for pages", () => {
    expect(
      cells(map([0, 1, dumped], [4, 6, dumped], [9, 12, dumped], [12, 16, dumped]), 16, 4).map(({ level }) => level)
    )
      .toEqual([1, 2, 3, 4])
  })

  it("shows what there is more of, but whatever is missing", () => {
    expect(cells(map([0, 1, dumped], [1, 4, inParent]), 4, 1)).toEqual([{ what: "parent", level: 3, from: 0, to: 1 }])
    expect(cells(map([0, 3, dumped], [3, 4, missing]), 4, 1)).toEqual([{ what: "missing", level: 1, from: 0, to: 1 }])
  })

  it("shows nothing of what was not dumped, and no more stretches than pages", () => {
    expect(cells(map(), 8, 100)).toEqual([])
    expect(cells(map([0, 1, dumped]), 1, 0.3)).toEqual([{ what: "dumped", level: 4, from: 0, to: 1 }])
  })
})
