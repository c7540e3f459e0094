import { expect, it } from "@effect/vitest"
import * as TaskState from "../../../src/domain/image/TaskState.ts"

it("names the states as CRIU numbers them, and any other number as unknown", () => {
  expect([1, 2, 3, 6, 0, 7].map(TaskState.of)).toEqual(["alive", "dead", "stopped", "zombie", "unknown", "unknown"])
})
