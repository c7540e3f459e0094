import { expect, it } from "@effect/vitest"
import { fields, table } from "../../src/cli/table.ts"

const many = 150_000

it("lays out more rows than a function takes arguments", () => {
  const lines = table(["PID", "NAME"], Array.from({ length: many }, (_, pid) => [String(pid), "x"])).split("\n")
  expect(lines.length).toBe(many + 2)
  expect(lines[1]).toBe("0        x")
})

it("lays out more fields than a function takes arguments", () => {
  const lines = fields(Array.from({ length: many }, (_, pid) => [String(pid), "x"])).split("\n")
  expect(lines[0]).toBe("0:      x")
  expect(lines.length).toBe(many + 1)
})

it("aligns what stands before the last cell of a row", () => {
  expect(table(["A", "B"], [["wide", "very wide"], ["x"]])).toBe("A      B\nwide   very wide\nx\n")
})
