// Which images the others call for, and what the loss of each means, by the golden checkpoint: the table says what CRIU 4.2 does.
import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as ImageFile from "../../../src/domain/image/ImageFile.ts"
import type { ImageKind } from "../../../src/domain/image/ImageKind.ts"
import { kinds } from "../../../src/domain/image/kinds.ts"
import type { MntEntry } from "../../../src/domain/image/message/Mnt.ts"
import * as Contents from "../../../src/domain/verification/Contents.ts"
import * as NeededImages from "../../../src/domain/verification/NeededImages.ts"
import * as References from "../../../src/domain/verification/References.ts"
import type { Problem } from "../../../src/domain/verification/Verification.ts"
import { images } from "../../golden/web1.ts"
import { fromBase64 } from "../image/fromBase64.ts"

const golden = new Map(Object.entries(images).map(([name, text]) => [name, fromBase64(text)] as const))

/** All problems of a folder of these images; pages are not in it, but are said to be. */
const problemsOf = (files: ReadonlyMap<string, Uint8Array>): ReadonlyArray<Problem> => {
  const read = [...files].map(([name, bytes]) => Contents.read(name, bytes))
  const names = new Map([...files].map(([name, bytes]) => [name, bytes.byteLength] as const))
  for (let id = 1; id <= 9; id++) names.set(`pages-${id}.img`, 0)
  const contents = Contents.assemble(names, read.flatMap((one) => Either.isRight(one) ? [one.right] : []))
  return [
    ...read.flatMap((one) => Either.isLeft(one) ? [one.left] : []),
    ...NeededImages.missing(contents),
    ...References.broken(contents)
  ]
}

const without = (name: string) => new Map([...golden].filter(([one]) => one !== name))
const withBytes = (name: string, bytes: Uint8Array) => new Map([...golden, [name, bytes]])

const valuesOf = <A, H>(kind: ImageKind<A, H>, name: string) =>
  Either.getOrThrow(ImageFile.values(kind, golden.get(name) ?? new Uint8Array()))

const inMemory = ({ fstype, root }: MntEntry) => fstype === 5 && root === "/"

/** What the loss means, by the beginning of the name; of what is not here nothing else knows that it was there. */
const losses: ReadonlyArray<readonly [names: RegExp, restore: Problem["restore"]]> = [
  [/^(inventory|pstree|core|ids|mm|fs|pagemap|files|ghost-file|remap-fpath|memfd|cgroup|seccomp)\b/, "impossible"],
  [/^(tty-info|tcp-stream|mountpoints|utsns|ipcns-(var|shm)|tmpfs)\b/, "impossible"],
  [/^fdinfo/, "doubtful"]
]
const lossOf = (name: string) => losses.find(([names]) => names.test(name))?.[1]

describe("the images of a golden checkpoint", () => {
  it("are all there, and read", () => {
    expect(problemsOf(golden)).toEqual([])
  })

  it("are missed, each that is called for", () => {
    for (const name of golden.keys()) {
      const [first] = problemsOf(without(name)).filter(({ file }) => file === name)
      expect([name, first?.fault, first?.restore]).toEqual(
        lossOf(name) === undefined ? [name, undefined, undefined] : [name, "missing", lossOf(name)]
      )
    }
  })

  it("are missed the more where a pipe has no other descriptors", () => {
    const lost = problemsOf(new Map([...golden].filter(([name]) => !name.startsWith("fdinfo-"))))
    expect(lost).toContainEqual(expect.objectContaining({
      file: "fdinfo-2.img",
      restore: "impossible",
      consequence: expect.stringMatching(/^CRIU crashes on a pipe that nobody holds, file \d+ of files\.img$/)
    }))
  })

  it("are not missed where a process has closed all its descriptors: CRIU writes no table for it", () => {
    const tables = [...golden.keys()].filter((name) => name.startsWith("fdinfo-"))
    for (const name of tables) {
      const others = tables.filter((one) => one !== name).flatMap((one) =>
        valuesOf(kinds.fdinfo, one).map(({ id }) => id)
      )
      const own = valuesOf(kinds.fdinfo, name).map(({ id }) => id).filter((id) => !others.includes(id))
      const all = valuesOf(kinds.files, "files.img")
      // Terminals and named pipes have their names from other files.
      const gone = [
        ...own,
        ...all.flatMap(({ fifo, id, tty }) => own.includes(id) ? fifo?.regf_id ?? tty?.regf_id ?? [] : [])
      ]
      const left = all.filter(({ id }) => !gone.includes(id))
      const closed = new Map(without(name)).set(
        "files.img",
        ImageFile.write(kinds.files, left.map((value) => ({ value })))
      )
      expect([name, problemsOf(closed).filter(({ file }) => file === name)]).toEqual([name, []])
    }
  })

  it.each<readonly [what: string, change: (mounts: ReadonlyArray<MntEntry>) => ReadonlyArray<MntEntry>]>([
    ["the root", (mounts) => mounts.map((one) => inMemory(one) ? { ...one, mountpoint: "/" } : one)],
    ["what has no parent here", (mounts) => mounts.map((one) => inMemory(one) ? { ...one, parent_mnt_id: 9999 } : one)],
    [
      "the device of what is external",
      (mounts) => [
        ...mounts,
        ...mounts.filter(inMemory).map((one) => ({ ...one, mnt_id: one.mnt_id + 5000, ext_key: "/dev/shm" }))
      ]
    ]
  ])("are not missed of a file system in memory that is %s", (_, change) => {
    const file = [...golden.keys()].find((name) => name.startsWith("mountpoints-")) ?? ""
    const mounts = valuesOf(kinds.mnts, file)
    expect(mounts.some(inMemory)).toBe(true)
    const dumped = new Map([...golden].filter(([name]) => !name.startsWith("tmpfs-")))
    expect(problemsOf(dumped).some(({ file }) => file.startsWith("tmpfs-"))).toBe(true)
    dumped.set(file, ImageFile.write(kinds.mnts, change(mounts).map((value) => ({ value }))))
    expect(problemsOf(dumped).filter(({ file }) => file.startsWith("tmpfs-"))).toEqual([])
  })

  it("do not read when they are cut off within an entry, empty or no image", () => {
    for (const [name, bytes] of golden) {
      if (!Contents.isRead(name)) continue
      for (const cut of [bytes.subarray(0, -1), bytes.subarray(0, 3), new Uint8Array()]) {
        const found = problemsOf(withBytes(name, cut)).filter(({ file }) => file === name)
        expect([name, cut.byteLength, found.length > 0]).toEqual([name, cut.byteLength, true])
        expect(found[0]?.restore).not.toBe(/^stats/.test(name) ? "impossible" : "possible")
      }
      const other = Uint8Array.from([...bytes].map((byte, at) => at < 8 ? byte ^ 0xff : byte))
      expect([name, problemsOf(withBytes(name, other)).some(({ file }) => file === name)]).toEqual([name, true])
    }
  })

  it.each([
    ["core-1.img", "too long", "possible"],
    ["tcp-stream-c3b74c.img", "too long", "possible"],
    ["files.img", "undecodable", "impossible"]
  ])("may have more behind them: %s", (name, fault, restore) => {
    const bytes = golden.get(name) ?? new Uint8Array()
    const longer = Uint8Array.from([...bytes, 1, 2, 3, 4, 5])
    const [found] = problemsOf(withBytes(name, longer))
    expect({ ...found, fault: found?.fault === "truncated" ? "undecodable" : found?.fault }).toMatchObject({
      file: name,
      fault,
      restore
    })
  })

  it.each(["files.img", "pstree.img", "remap-fpath.img", "memfd.img", "tty-info.img"])(
    "are incomplete when they were cut between two entries: %s",
    (name) => {
      const bytes = golden.get(name) ?? new Uint8Array()
      const cut = bytes.subarray(0, lastEntry(bytes))
      expect(problemsOf(withBytes(name, cut))).toContainEqual(
        expect.objectContaining({ file: name, fault: "incomplete" })
      )
    }
  )
})

/** Where the last entry of an image without more between its entries begins. */
const lastEntry = (bytes: Uint8Array): number => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let [at, last] = [8, 8]
  while (at < bytes.byteLength) [last, at] = [at, at + 4 + view.getUint32(at, true)]
  return last
}
