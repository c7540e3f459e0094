import { expect, it } from "@effect/vitest"
import { processOf } from "../../../src/domain/inspection/processOf.ts"
import type { Mount } from "../../../src/domain/inspection/Mount.ts"
import { processTree } from "../../../src/cli/inspection/processTree.ts"
import { mountTable } from "../../../src/cli/inspection/sectionTables.ts"

const many = 20_000

const child = (pid: number, ppid: number) =>
  processOf(
    {
      entry: { pid, ppid, pgid: 1, sid: 1, threads: [] },
      core: undefined,
      threads: new Map(),
      ids: undefined,
      fs: undefined,
      memory: undefined,
      executableId: undefined,
      commandLine: undefined,
      environment: undefined
    },
    { pathOf: () => undefined, cgroups: undefined }
  )

it("draws a chain of processes no deeper than can be read, and every one of them", () => {
  const text = processTree(Array.from({ length: many }, (_, index) => child(index + 1, index)))
  const lines = text.trimEnd().split("\n").slice(1)
  expect(lines.map((line) => Number.parseInt(line, 10))).toEqual(Array.from({ length: many }, (_, index) => index + 1))
  expect(lines[1]).toMatch(/ {3}└─ \[\]$/)
  expect(lines.reduce((most, { length }) => Math.max(most, length), 0)).toBeLessThan(200)
})

it("draws more children of one process than a function takes arguments", () => {
  const text = processTree(Array.from({ length: 150_000 }, (_, index) => child(index + 1, index === 0 ? 0 : 1)))
  const lines = text.trimEnd().split("\n")
  expect(lines.length).toBe(150_001)
  expect(lines.slice(-2).map((line) => line.replace(/ {2,}/g, " "))).toEqual([
    "149999 - unknown 0 - - ├─ []",
    "150000 - unknown 0 - - └─ []"
  ])
})

it("draws a chain of mounts no deeper than can be read, and every one of them", () => {
  const mounts = Array.from({ length: many }, (_, id): Mount => ({
    namespace: 1,
    id: id + 1,
    parent: id,
    root: "/",
    mountpoint: `/${id}`,
    source: "none",
    type: "tmpfs",
    flags: [],
    fileSystemFlags: [],
    options: "",
    isExternal: false
  }))
  const lines = mountTable(mounts).trimEnd().split("\n").slice(1)
  expect(lines.map((line) => line.trimStart().split(" ")[0])).toEqual(mounts.map(({ mountpoint }) => mountpoint))
  expect(lines[1]).toMatch(/^ {2}\/1 /)
  expect(lines.reduce((most, { length }) => Math.max(most, length), 0)).toBeLessThan(200)
})
