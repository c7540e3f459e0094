import { describe, expect, it } from "@effect/vitest"
import * as Table from "./Table.ts"

describe("docs/programs.md", () => {
  it("has a row for each program that is tested, in their order, and no other", () => {
    const subjects = Object.keys(Table.subjects) as ReadonlyArray<Table.Subject>
    expect(Table.keys()).toEqual(subjects.map(Table.keyOf))
  })
})
