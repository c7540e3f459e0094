// The figures that the bench judges by.
import { describe, expect, it } from "@effect/vitest"
import * as Figures from "../../bench/Figures.ts"
import * as Row from "../../bench/Row.ts"

describe("Figures", () => {
  it("finds the middle of an even and of an odd number of values, in any order", () => {
    expect(Figures.median([3, 1, 2])).toBe(2)
    expect(Figures.median([4, 1, 3, 2])).toBe(2.5)
    expect(Figures.quarters([1, 2, 3, 4, 5])).toEqual({ low: 2, high: 4 })
  })

  it("gives an interval around the median that narrows as runs agree", () => {
    const wide = Figures.medianInterval([1, 9, 2, 8, 3, 7, 4, 6, 5])
    const narrow = Figures.medianInterval([5, 5.1, 4.9, 5, 5.1, 4.9, 5, 5, 5])
    expect(wide.low).toBeLessThan(5)
    expect(wide.high).toBeGreaterThan(5)
    expect(narrow.high - narrow.low).toBeLessThan((wide.high - wide.low) / 4)
  })
})

describe("Row", () => {
  const bare = [100, 101, 99, 100, 100]
  const bound = { share: 0.05, milliseconds: 30 }

  it("holds a difference to its bound with the far end of the interval", () => {
    const slower = (by: number) => ({ ours: bare.map((one) => one + by), bare })
    expect(Row.ofDifference("piece", "what", slower(34), bound).holds).toBe(true)
    expect(Row.ofDifference("piece", "what", slower(36), bound).holds).toBe(false)
    expect(Row.ofDifference("piece", "what", { ours: [134, 135, 133, 180, 190], bare }, bound).holds).toBe(false)
  })

  it("holds a ratio and a quantity to theirs", () => {
    expect(Row.ofRatio("piece", "what", { ours: [120], bare: [100] }, 1.2).holds).toBe(true)
    expect(Row.ofRatio("piece", "what", { ours: [121], bare: [100] }, 1.2).holds).toBe(false)
    expect(Row.ofRatio("piece", "what", { ours: [121], bare: [100] }, undefined).holds).toBe(undefined)
    expect(Row.ofQuantity("piece", "what", [9, 11, 12], "/s", { least: 10 }).holds).toBe(true)
    expect(Row.ofQuantity("piece", "what", [9, 11, 12], "/s", { most: 10 }).holds).toBe(false)
  })

  it("says how many times faster, and holds that to its bound", () => {
    const row = Row.ofSpeed("piece", "what", { ours: [10], bare: [80] }, 8)
    expect(row).toMatchObject({ ratio: "1/8.0", bound: "ratio ≤ 1/8", holds: true })
    expect(Row.ofSpeed("piece", "what", { ours: [10], bare: [79] }, 8).holds).toBe(false)
    expect(Row.ofSpeed("piece", "what", { ours: [10], bare: [79] }, undefined).holds).toBe(undefined)
  })

  it("gives one value as it is, without a spread or a share of nothing", () => {
    const row = Row.ofQuantity("piece", "what", [0], "bytes", { most: 0 }, [0])
    expect(row).toMatchObject({ ours: "0 bytes", ratio: "", spread: "", holds: true })
  })
})
