import { describe, expect, it } from "@effect/vitest"
import { compareDescriptors, haveSameInodes } from "../../../src/domain/difference/compareDescriptors.ts"
import type { Descriptor, Files, OpenFile } from "../../../src/domain/inspection/Files.ts"

const at = (descriptor: number, file: OpenFile): Descriptor => ({ descriptor, closeOnExec: false, file })

const file = (path: string, position: number): OpenFile => ({
  kind: "regular",
  id: 1,
  access: "read",
  flags: [],
  path,
  position,
  isRemoved: false
})

const pipeOf = (number: number): OpenFile => ({
  kind: "pipe",
  id: 2,
  access: "read",
  flags: [],
  pipe: number,
  buffered: 0,
  peers: []
})

const files = (...all: ReadonlyArray<OpenFile>): Files => ({
  processes: [{ pid: 1, descriptors: all.map((one, index) => at(index, one)) }],
  locks: [],
  removed: []
})

const shown = (before: ReadonlyArray<Descriptor>, after: ReadonlyArray<Descriptor>, inodes = true) =>
  compareDescriptors(before, after, inodes).map(({ changes, descriptor, fate, name }) =>
    [fate, descriptor, name, ...changes.map((one) => `${one.field} ${String(one.before)} ${String(one.after)}`)].join(
      " "
    )
  )

describe("comparing descriptors", () => {
  it("one that is as it was is no difference, and one of the same file that moved is one", () => {
    expect(shown([at(3, file("/a", 1))], [at(3, file("/a", 1))])).toEqual([])
    expect(shown([at(3, file("/a", 1))], [at(3, file("/a", 9))])).toEqual(["changed 3 /a position 1 9"])
  })

  it("one that refers to another file was closed and opened", () => {
    expect(shown([at(3, file("/a", 1))], [at(3, file("/b", 1)), at(4, file("/a", 1))])).toEqual([
      "closed 3 /a",
      "opened 3 /b",
      "opened 4 /a"
    ])
  })

  it("a pipe is another one by its number, unless all numbers are others after a restore", () => {
    expect(shown([at(3, pipeOf(7))], [at(3, pipeOf(8))])).toEqual(["closed 3 pipe:[7]", "opened 3 pipe:[8]"])
    expect(shown([at(3, pipeOf(7))], [at(3, pipeOf(8))], false)).toEqual([])
    expect(haveSameInodes(files(pipeOf(7), pipeOf(9)), files(pipeOf(9)))).toBe(true)
    expect(haveSameInodes(files(pipeOf(7)), files(pipeOf(8)))).toBe(false)
  })
})
