import { expect, it } from "@effect/vitest"
import { compareMounts } from "../../../src/domain/difference/compareContainers.ts"
import { mountsOf } from "../../../src/domain/inspection/mountsOf.ts"

const many = 150_000

const entries = (parentOf: (id: number) => number) =>
  Array.from({ length: many }, (_, index) => ({
    fstype: 1,
    mnt_id: index + 1,
    root_dev: 0,
    parent_mnt_id: parentOf(index + 1),
    flags: 0,
    root: "/",
    mountpoint: "/",
    source: "",
    options: ""
  }))

it("reads more mounts on one than a function takes arguments, and a chain of as many", () => {
  expect(mountsOf(1, entries((id) => id === 1 ? 0 : 1)).length).toBe(many)
  const chain = mountsOf(1, entries((id) => id - 1))
  expect(chain.map(({ id }) => id)).toEqual(Array.from({ length: many }, (_, index) => index + 1))
})

it("compares as many mounts at one place, the first with the first", () => {
  const mounts = mountsOf(1, entries((id) => id - 1))
  const changed = mounts.map((one, index) => index === 0 ? { ...one, source: "other" } : one)
  const found = compareMounts(mounts, changed.slice(0, -1))
  expect(found.map(({ changes, fate }) => [fate, changes.some(({ field }) => field === "source")])).toEqual([
    ["changed", true],
    ["went", true]
  ])
})
