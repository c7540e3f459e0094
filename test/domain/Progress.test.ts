// The share of an operation that is done.
import { describe, expect, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import * as Progress from "../../src/domain/Progress.ts"

describe("Progress.ratio", () => {
  it.each<readonly [Progress.Step, bytes: number, total: number, ratio: number]>([
    ["waiting", 0, 0, 0],
    ["dumping", 5, 0, 0],
    ["dumping", 0, 10, 0],
    ["dumping", 5, 10, 0.5],
    ["dumping", 10, 10, 1],
    ["dumping", 11, 10, 1],
    ["syncing", 5, 10, 0.5],
    ["paging", 5, 10, 0.5],
    ["done", 0, 0, 1],
    ["done", 5, 10, 1]
  ])("of %s, %i of %i bytes, is %d", (step, bytes, total, ratio) => {
    expect(Progress.ratio({ step, bytes, total })).toBe(ratio)
  })

  it("begins at nothing", () => {
    expect(Progress.ratio(Progress.initial)).toBe(0)
  })

  const size = FastCheck.maxSafeNat()

  it.prop("lies between 0 and 1 and grows with the bytes", [
    FastCheck.constantFrom(...Progress.Step.literals),
    size,
    size,
    size
  ], ([step, bytes, more, total]) => {
    const before = Progress.ratio({ step, bytes, total })
    const after = Progress.ratio({ step, bytes: bytes + more, total })
    expect(before >= 0 && after <= 1 && before <= after).toBe(true)
  })
})
