import { describe, expect, it } from "@effect/vitest"
import { type NamedArea, pairAreas } from "../../../src/domain/difference/pairAreas.ts"

const area = (start: number, end: number, form: NamedArea["form"] = "anonymous", name?: string): NamedArea => ({
  start: BigInt(start),
  end: BigInt(end),
  kind: form === "heap" || form === "stack" || form === "file" ? form : "anonymous",
  form,
  protection: "rw-p",
  offset: 0n,
  fileId: undefined,
  shmid: undefined,
  flags: 0,
  status: 0,
  name
})

const shown = (before: ReadonlyArray<NamedArea>, after: ReadonlyArray<NamedArea>) =>
  pairAreas(before, after).map((pair) =>
    [pair.before, pair.after].map((one) => one === undefined ? "none" : `${one.start}-${one.end}`).join(" is ")
  )

describe("pairing areas", () => {
  it.each([
    ["one that grew at its end", [area(1, 3, "heap")], [area(1, 9, "heap")], ["1-3 is 1-9"]],
    ["one that grew at its start", [area(6, 9, "stack")], [area(2, 9, "stack")], ["6-9 is 2-9"]],
    ["one that moved at both ends", [area(3, 6)], [area(2, 9)], ["3-6 is 2-9"]],
    ["one that was split: the first part is it", [area(1, 9)], [area(1, 4), area(4, 9)], ["1-9 is 1-4", "none is 4-9"]],
    ["two that were joined", [area(1, 4), area(4, 9)], [area(1, 9)], ["1-4 is 1-9", "4-9 is none"]],
    ["one of another kind in its place", [area(1, 4)], [area(1, 4, "heap")], ["1-4 is none", "none is 1-4"]],
    [
      "one of another file in its place",
      [area(1, 4, "file", "/a")],
      [area(1, 4, "file", "/b")],
      ["1-4 is none", "none is 1-4"]
    ],
    ["those that have nothing in common", [area(1, 3)], [area(5, 9)], ["1-3 is none", "none is 5-9"]],
    ["none", [], [], []]
  ])("%s", (_, before, after, expected) => {
    expect(shown(before, after)).toEqual(expected)
  })
})
