import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as ImageFile from "../../../src/domain/image/ImageFile.ts"
import { kinds } from "../../../src/domain/image/kinds.ts"
import { fromBase64 } from "./fromBase64.ts"

// Written by CRIU 4.2.1 of a Python program with a second thread and a child.
const pstree = fromBase64("GUNWVDAwJ1AMAAAACBoQABgaIBooGigcCgAAAAgdEBoYGiAaKB0=")
const processes = [
  { pid: 26, ppid: 0, pgid: 26, sid: 26, threads: [26, 28] },
  { pid: 29, ppid: 26, pgid: 26, sid: 26, threads: [29] }
]

describe("ImageFile", () => {
  it("reads what CRIU wrote, and writes the same bytes", () => {
    const image = Either.getOrThrow(ImageFile.read(kinds.pstree, pstree))
    expect(image.head).toBeUndefined()
    expect(image.entries.map(({ value }) => value)).toEqual(processes)
    expect(ImageFile.write(kinds.pstree, image.entries)).toEqual(pstree)
  })

  it("reads what older releases wrote, with the number of the kind alone", () => {
    expect(ImageFile.values(kinds.pstree, pstree.slice(4))).toEqual(Either.right(processes))
  })

  it("begins the inventory and service files as CRIU does", () => {
    const start = (bytes: Uint8Array) => [...bytes.slice(0, 4)]
    expect(start(ImageFile.write(kinds.inventory, []))).toEqual([0x16, 0x31, 0x31, 0x58])
    expect(start(ImageFile.write(kinds.stats, []))).toEqual([0x40, 0x59, 0x10, 0x55])
    expect(start(ImageFile.write(kinds.irmap_cache, []))).toEqual([0x40, 0x59, 0x10, 0x55])
    expect(start(ImageFile.write(kinds.core, []))).toEqual([0x19, 0x43, 0x56, 0x54])
  })

  it("reads an image without entries", () => {
    expect(ImageFile.values(kinds.pstree, pstree.slice(0, 8))).toEqual(Either.right([]))
  })

  it("reads the head of a page map, of which the rest may be missing", () => {
    const value = { vaddr: 4096n, compat_nr_pages: 1 }
    const whole = ImageFile.write(kinds.pagemap, [{ value }], { value: { pages_id: 3 } })
    expect(ImageFile.read(kinds.pagemap, whole)).toMatchObject({ right: { head: { value: { pages_id: 3 } } } })
    expect(ImageFile.head(kinds.pagemap, whole.slice(0, 14))).toEqual(Either.right([{ pages_id: 3 }, 14]))
    expect(ImageFile.head(kinds.pagemap, whole.slice(0, 13))).toEqual(Either.left("it ends within entry 0"))
    expect(ImageFile.head(kinds.pagemap, pstree))
      .toEqual(Either.left("it does not begin with the numbers of its kind"))
  })

  it.each([
    ["nothing", 0, "it is too short for an image"],
    ["one number of two", 7, "it is too short for an image"],
    ["half a length", 10, "it ends within the length of entry 0"],
    ["half an entry", 20, "it ends within entry 0"],
    ["a second entry without its last byte", pstree.length - 1, "it ends within entry 1"]
  ])("says that there is only %s", (_, size, reason) => {
    expect(ImageFile.read(kinds.pstree, pstree.slice(0, size))).toEqual(Either.left(reason))
  })

  it("says that it is of another kind, that an entry is malformed, that a head is missing", () => {
    expect(ImageFile.read(kinds.mm, pstree)).toEqual(Either.left("it does not begin with the numbers of its kind"))
    const malformed = Uint8Array.from([...pstree.slice(0, 8), 2, 0, 0, 0, 0x08, 1])
    expect(ImageFile.read(kinds.pstree, malformed)).toEqual(Either.left('entry 0: pstree_entry lacks "ppid"'))
    expect(ImageFile.read(kinds.pagemap, ImageFile.write(kinds.pagemap, [])))
      .toEqual(Either.left("it lacks its pagemap_head"))
  })

  it.each([
    // A number, a list, a number of a list: each would end within the second entry.
    ["a number", [1, 0, 0, 0, 0x08, 4, 0, 0, 0, 1, 1, 1, 1]],
    ["a list", [2, 0, 0, 0, 0x2a, 4, 4, 0, 0, 0, 1, 1, 1, 1]],
    ["a number of a list", [3, 0, 0, 0, 0x2a, 1, 0x80, 4, 0, 0, 0, 1, 1, 1, 1]]
  ])("lets %s not reach into the next entry", (_, entries) => {
    const crossing = Uint8Array.from([...pstree.slice(0, 8), ...entries])
    expect(ImageFile.read(kinds.pstree, crossing)).toEqual(Either.left("entry 0: pstree_entry is malformed"))
  })
})
