import { describe, expect, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import { type Comparison, plan } from "../../../src/domain/difference/ReadPlan.ts"

const size = 4096

const comparisons = FastCheck.array(
  FastCheck.record({
    gap: FastCheck.nat({ max: 3 }),
    count: FastCheck.integer({ min: 1, max: 9 }),
    before: FastCheck.record({ file: FastCheck.constantFrom("a", "b"), page: FastCheck.nat({ max: 60 }) }),
    after: FastCheck.record({ file: FastCheck.constantFrom("a", "c"), page: FastCheck.nat({ max: 60 }) })
  }),
  { maxLength: 30 }
).map((list) => {
  let first = 0
  return list.map(({ after, before, count, gap }, owner): Comparison => {
    first += gap + count
    return {
      first: first - count,
      count,
      owner,
      before: { file: before.file, offset: before.page * size },
      after: { file: after.file, offset: after.page * size }
    }
  })
})

describe("the plan of reads", () => {
  it.prop("reads each page where it is, on both sides, in portions that fit", [comparisons], ([all]) => {
    const capacity = 4 * size
    const read: Array<string> = []
    for (const portion of plan(all, size, capacity)) {
      for (const side of ["before", "after"] as const) {
        let end = 0
        for (const { at, bytes } of portion[side]) {
          expect(at).toBe(end)
          end += bytes
        }
        expect(end).toBeLessThanOrEqual(capacity)
      }
      for (const { after, before, count, first, owner } of portion.pages) {
        for (let page = 0; page < count; page++) {
          // Where in which file the page lies that is at this place of the memory of its side.
          const placeOf = (side: "before" | "after", at: number) => {
            const span = portion[side].find((one) => one.at <= at && at < one.at + one.bytes)
            return span === undefined ? "nowhere" : `${span.file} ${span.offset + at - span.at}`
          }
          const offset = page * size
          read.push(
            `${owner} ${first + page}: ${placeOf("before", before + offset)}, ${placeOf("after", after + offset)}`
          )
        }
      }
    }
    expect(read).toEqual(
      all.flatMap(({ after, before, count, first, owner }) =>
        Array.from(
          { length: count },
          (_, page) =>
            `${owner} ${first + page}: ${before.file} ${before.offset + page * size}, ${after.file} ${
              after.offset + page * size
            }`
        )
      )
    )
  })

  it("reads over a short hole, and goes on in each file of a chain", () => {
    const at = (page: number, file: string): Comparison => ({
      first: page,
      count: 1,
      owner: 0,
      before: { file, offset: page * size },
      after: { file: "after", offset: page * size }
    })
    const [portion, ...rest] = [...plan([at(0, "own"), at(1, "parent"), at(2, "own"), at(3, "parent")], size, 2 ** 20)]
    expect(rest).toEqual([])
    expect(portion?.before).toEqual([
      { file: "own", offset: 0, bytes: 3 * size, at: 0 },
      { file: "parent", offset: size, bytes: 3 * size, at: 3 * size }
    ])
    expect(portion?.after).toEqual([{ file: "after", offset: 0, bytes: 4 * size, at: 0 }])
    const far = [...plan([at(0, "own"), at(17, "own"), at(34, "own")], size, 2 ** 20)]
    expect(far[0]?.before.length).toBe(1)
    expect([...plan([at(0, "own"), at(18, "own")], size, 2 ** 20)][0]?.before.length).toBe(2)
  })
})
