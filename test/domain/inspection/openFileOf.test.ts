import { describe, expect, it } from "@effect/vitest"
import type { FileEntry } from "../../../src/domain/image/message/Fdinfo.ts"
import type { RegFileEntry } from "../../../src/domain/image/message/Regfile.ts"
import { type FileEntries, fileImages } from "../../../src/domain/inspection/FileImages.ts"
import { openFileOf } from "../../../src/domain/inspection/openFileOf.ts"

const fown = { uid: 0, euid: 0, signum: 0, pid_type: 0, pid: 0 }
const [readOnly, writeOnly, readWrite] = [0, 1, 2]

const pipe = (id: number, flags: number, pipe_id = 70): FileEntry => ({
  type: "PIPE",
  id,
  pipe: { id, pipe_id, flags, fown }
})

const regular = (id: number, flags: number, more: Partial<RegFileEntry> = {}): FileEntry => ({
  type: "REG",
  id,
  reg: { id, flags, pos: 0n, fown, name: "/run/fifo", build_id: [], ...more }
})

const fifo = (id: number, regf_id: number): FileEntry => ({ type: "FIFO", id, fifo: { id, pipe_id: 80, regf_id } })

const images = (
  files: ReadonlyArray<FileEntry>,
  holders: ReadonlyArray<readonly [number, number, number]>,
  more: Partial<FileEntries> = {}
) => {
  const held = new Map<number, Array<{ readonly pid: number; readonly descriptor: number }>>()
  for (const [id, pid, descriptor] of holders) held.set(id, [...held.get(id) ?? [], { pid, descriptor }])
  return fileImages({
    files,
    pipeData: [],
    socketQueues: [],
    tcpStreams: new Map(),
    terminals: [],
    memoryFiles: [],
    removed: [],
    machine: "X86_64",
    ...more
  }, held)
}

describe("a pipe", () => {
  it("has the descriptors of its other ends, and not those of its own or of another pipe", () => {
    const there = images(
      [pipe(1, readOnly), pipe(2, writeOnly), pipe(3, readOnly), pipe(4, writeOnly, 71), pipe(5, writeOnly)],
      [[1, 10, 3], [2, 10, 4], [2, 11, 1], [3, 12, 0], [4, 13, 1], [5, 14, 2]]
    )
    expect(openFileOf({ id: 1, type: "PIPE" }, there)).toMatchObject({
      kind: "pipe",
      access: "read",
      pipe: 70,
      peers: [{ pid: 10, descriptor: 4 }, { pid: 11, descriptor: 1 }, { pid: 14, descriptor: 2 }]
    })
    expect(openFileOf({ id: 2, type: "PIPE" }, there)).toMatchObject({
      access: "write",
      peers: [{ pid: 10, descriptor: 3 }, { pid: 12, descriptor: 0 }]
    })
    expect(openFileOf({ id: 4, type: "PIPE" }, there)).toMatchObject({ peers: [] })
  })

  it("has what lies in it, all of its parts, which is none of another pipe's", () => {
    const pipeData = [{ pipe_id: 70, bytes: 5 }, { pipe_id: 71, bytes: 100 }, { pipe_id: 70, bytes: 2 }]
    const there = images([pipe(1, readOnly), pipe(2, readOnly, 72)], [], { pipeData })
    expect(openFileOf({ id: 1, type: "PIPE" }, there)).toMatchObject({ buffered: 7 })
    expect(openFileOf({ id: 2, type: "PIPE" }, there)).toMatchObject({ buffered: 0 })
  })
})

describe("a fifo", () => {
  it("is read or written as its file was opened, and one that is opened for both is at both ends", () => {
    const there = images(
      [fifo(1, 11), regular(11, readOnly), fifo(2, 12), regular(12, writeOnly), fifo(3, 13), regular(13, readWrite)]
        .concat(fifo(4, 14), regular(14, readWrite)),
      [[1, 10, 3], [2, 11, 3], [3, 12, 3], [4, 13, 3]]
    )
    expect(openFileOf({ id: 1, type: "FIFO" }, there)).toMatchObject({
      kind: "fifo",
      access: "read",
      path: "/run/fifo",
      peers: [{ pid: 11, descriptor: 3 }, { pid: 12, descriptor: 3 }, { pid: 13, descriptor: 3 }]
    })
    expect(openFileOf({ id: 3, type: "FIFO" }, there)).toMatchObject({
      access: "read-write",
      peers: [{ pid: 10, descriptor: 3 }, { pid: 11, descriptor: 3 }, { pid: 13, descriptor: 3 }]
    })
  })
})

describe("a file", () => {
  it.each([
    [0o100644, "file", "0644"],
    [0o041777, "folder", "1777"],
    [0o020620, "character-device", "0620"],
    [0o060660, "block-device", "0660"],
    [0o010600, "fifo", "0600"],
    [0o140755, "socket", "0755"]
  ])("of the mode %i is a %s", (mode, type, permissions) => {
    const there = images([regular(1, readOnly, { mode, pos: 7n, size: 9n })], [])
    expect(openFileOf({ id: 1, type: "REG" }, there)).toMatchObject({ type, permissions, position: 7, size: 9 })
  })

  it("is removed where the images say so of it", () => {
    const removed = [{ orig_id: 2, remap_id: 5, remap_type: "GHOST" as const }]
    const there = images([regular(1, readOnly), regular(2, readOnly)], [], { removed })
    expect([1, 2].map((id) => openFileOf({ id, type: "REG" }, there))).toMatchObject([
      { isRemoved: false },
      { isRemoved: true }
    ])
  })

  it("that is not in the images is told by its kind alone", () => {
    expect(openFileOf({ id: 1, type: "EXT" }, images([], []))).toEqual({ kind: "external", id: 1, type: "EXT" })
    expect(openFileOf({ id: 1, type: "REG" }, images([], []))).toEqual({ kind: "unknown", id: 1, type: "REG" })
  })
})
