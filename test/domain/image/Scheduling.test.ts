import { expect, it } from "@effect/vitest"
import * as Scheduling from "../../../src/domain/image/Scheduling.ts"

it("names policies, and what is none by its number", () => {
  expect([0, 1, 5, 6, 4].map(Scheduling.policyOf)).toEqual(["other", "fifo", "idle", "deadline", "4"])
})
