import { describe, it } from "@effect/vitest"
import * as Table from "./Table.ts"

describe("docs/programs.md", () => {
  it("has a row for each program that is tested, in their order, and no other", () => {
    Table.expectSubjects()
  })
})
