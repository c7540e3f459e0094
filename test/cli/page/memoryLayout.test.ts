import { describe, expect, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import { layoutOf, mapWidth, narrowest, widestGap } from "../../../src/cli/page/memoryLayout.ts"
import type { MemoryArea } from "../../../src/domain/memory/MemoryArea.ts"

const area = (start: bigint, size: bigint): MemoryArea => ({
  start,
  end: start + size,
  kind: "anonymous",
  form: "anonymous",
  protection: "rw-p",
  offset: 0n,
  fileId: undefined,
  shmid: undefined,
  flags: 0,
  status: 0
})

/** Areas in order, each some gap behind the one before. */
const areas = FastCheck.array(
  FastCheck.tuple(
    FastCheck.oneof(FastCheck.constant(0), FastCheck.integer({ min: 1, max: 2 ** 30 })),
    FastCheck.integer({ min: 1, max: 2 ** 24 })
  ),
  { minLength: 1, maxLength: 300 }
).map((pairs) => {
  let at = 0x400000n
  return pairs.map(([gap, pages]) => {
    const one = area(at + BigInt(gap) * 4096n, BigInt(pages) * 4096n)
    at = one.end
    return one
  })
})

describe("layoutOf", () => {
  it("gives an area twice as large a bar twice as wide, up to the width of the map", () => {
    const { rows, scale } = layoutOf([area(0n, 4096n), area(4096n, 8192n)], 400)
    expect(scale * mapWidth).toBeCloseTo(12288)
    expect(rows.map(({ items }) => items.map(({ width, x }) => [Math.round(x), Math.round(width)])))
      .toEqual([[[0, 333], [333, 667]]])
  })

  it("compresses a gap, begins a row behind a large one, and says how large", () => {
    const far = 1n << 40n
    const { rows } = layoutOf([area(0n, 4096n), area(1n << 20n, 4096n), area(far, 4096n)], 400)
    expect(rows.map(({ gap, items }) => [gap, items.map(({ areas }) => areas.length)])).toEqual([
      [undefined, [1, 0, 1]],
      [far - (1n << 20n) - 4096n, [1]]
    ])
    expect(rows[0]?.items[1]).toMatchObject({ size: (1 << 20) - 4096, width: widestGap })
  })

  it.prop("is to one scale, within the map, and has every area once and in order", [areas], ([all]) => {
    const { rows, scale } = layoutOf(all, 100)
    const items = rows.flatMap((row) => row.items)
    expect(items.flatMap((item) => item.areas)).toEqual(all)
    for (const { items } of rows) {
      let end = 0
      for (const { areas, size, width, x } of items) {
        expect(Math.abs(x - end)).toBeLessThan(1e-6)
        end = x + width
        const exact = size / scale
        const wanted = areas.length > 0 ? Math.max(narrowest, exact) : Math.min(widestGap, exact)
        expect(Math.abs(width - wanted)).toBeLessThan(1e-6)
      }
      expect(end).toBeLessThan(mapWidth + 1e-6)
    }
    // Of many, small ones share a bar.
    expect(items.filter((item) => item.areas.length > 0).length).toBeLessThanOrEqual(Math.max(100, all.length))
  })

  it("draws of very many areas only so many bars", () => {
    const many = Array.from({ length: 60_000 }, (_, index) => area(BigInt(index) * 8192n, 4096n))
    const bars = layoutOf(many, 400).rows.flatMap(({ items }) => items.filter((item) => item.areas.length > 0))
    expect(bars.length).toBeLessThanOrEqual(402)
    expect(layoutOf([], 400).rows).toEqual([])
  })
})
