// How a check is proved: by what it refuses. Violations are planted in a copy of the project that passes, and the check has
// to name every one of them.
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import * as StandIn from "./stand-in.ts"

/** Something that a check refuses. */
export interface Violation {
  readonly what: string
  /** Where it is planted, which the check has to name. */
  readonly file: string
  readonly text: string
  /** What the check says of it. */
  readonly says: string
}

/**
 * Tests that a check of `npm run check` passes without the violations, fails with them, and names each.
 *
 * `reports` splits what the check writes into the reports of single violations.
 */
export const refuses = (check: string, reports: RegExp, violations: ReadonlyArray<Violation>): void => {
  describe(`the check "${check}"`, () => {
    let standIn: StandIn.StandIn
    let before: StandIn.Outcome
    let after: StandIn.Outcome

    beforeAll(async () => {
      standIn = StandIn.make()
      before = await standIn.run("check.mjs", ["--only", check])
      for (const { file, text } of violations) standIn.plant(file, text)
      after = await standIn.run("check.mjs", ["--only", check])
    })

    afterAll(() => standIn.remove())

    it("passes without a violation", () => {
      expect(before).toMatchObject({ code: 0, output: expect.stringMatching(/^ok /) })
    })

    it("fails with them, and says which check it was", () => {
      expect(after.code).toBe(1)
      expect(after.output.trimEnd().split("\n").at(-1)).toBe(`failed: ${check}`)
    })

    it.each(violations)("refuses that $what", ({ file, says }) => {
      const named = after.output.split(reports).filter((report) => report.includes(file))
      expect(named.join("\n")).toContain(says)
    })
  })
}
