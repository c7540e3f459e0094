import { describe, it } from "@effect/vitest"
import * as Kind from "./Kind.ts"

describe("docs/docker.md", () => {
  it("has a row for each kind of container that is tested, in their order, and no other", () => {
    Kind.table.expectSubjects()
  })
})
