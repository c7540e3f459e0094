// The memory of images that are out of the ordinary: more of a thing than an engine takes at once, or not to be read.
import { describe, expect, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as ImageFile from "../../src/domain/image/ImageFile.ts"
import { kinds } from "../../src/domain/image/kinds.ts"
import { describeMemory } from "../../src/effects/describeMemory.ts"
import type { ImageFolder } from "../../src/effects/Images.ts"
import { memoryOfSide } from "../../src/effects/memoryOfSide.ts"
import { openMemory } from "../../src/effects/processMemory.ts"
import { readRange } from "../../src/effects/readMemory.ts"
import { searchMemory } from "../../src/effects/searchMemory.ts"
import { area, type BuiltFolder, type BuiltMemory, changed, folderOf, imagesOf, sharedArea } from "./builtImages.ts"

const page = 4096n

describe("memory of very many parts", () => {
  const count = 150_000
  const size = BigInt(count) * 2n * page

  it.effect("has as many ranges of shared pages as there are", () => {
    const pages = Array.from(
      { length: count },
      (_, index) => ({ address: BigInt(index) * 2n * page, count: 1, is: "lazy" as const })
    )
    const empty: BuiltMemory = { pages: [], contents: new Uint8Array() }
    const folder = folderOf({
      path: "/images",
      processes: [{ pid: 1, areas: [sharedArea(size, 2n * size, 5n)], ...empty }],
      shared: new Map([[5n, { pages, contents: new Uint8Array() }]])
    })
    return Effect.gen(function* () {
      expect((yield* openMemory(folder, 1)).pages.ranges).toHaveLength(count)
    }).pipe(Effect.scoped, Effect.provide(imagesOf([])))
  }, 30_000)

  it.effect("is searched however many areas of it are shared", () => {
    const areas = Array.from(
      { length: count },
      (_, index) => sharedArea(BigInt(index + 1) * page, BigInt(index + 2) * page, 5n)
    )
    const folder = folderOf({
      path: "/images",
      processes: [{ pid: 1, areas, auxiliary: [6n, page], pages: [], contents: new Uint8Array() }]
    })
    return Effect.gen(function* () {
      expect(yield* Stream.runCount(searchMemory(folder, { text: "x" }, {}))).toBe(0)
    }).pipe(Effect.provide(imagesOf([])))
  }, 30_000)
})

describe("memory whose pagemap cannot be read", () => {
  const start = 0x10_0000n
  const folder: BuiltFolder = {
    path: "/images",
    processes: [{
      pid: 1,
      areas: [area(start, start + page), sharedArea(start + page, start + 3n * page, 5n, page)],
      pages: [],
      contents: new Uint8Array()
    }],
    shared: new Map([[5n, { pages: [], contents: new Uint8Array() }]])
  }
  const whys = (images: ImageFolder) =>
    Effect.gen(function* () {
      const memory = yield* openMemory(images, 1)
      const parts = yield* Stream.runCollect(readRange(memory, { start, end: start + 3n * page }))
      return Chunk.toReadonlyArray(parts).map((part) => part._tag === "Absent" ? part.why : part.bytes.length)
    }).pipe(Effect.scoped)
  const unknown = (images: ImageFolder) =>
    Effect.gen(function* () {
      let bytes = -1
      yield* Stream.runDrain(searchMemory(images, { text: "x" }, {
        onEnd: (searched) =>
          Effect.sync(() => {
            bytes = searched.unknown
          })
      }))
      return bytes
    })
  const missing = (images: ImageFolder) =>
    Effect.map(describeMemory(images, {}), ({ processes: [process] }) => process?.areas.map((one) => one.missing))

  it.effect.each<readonly [string, Uint8Array | undefined, string]>([
    ["gone", undefined, "its pagemap cannot be read: it is not there"],
    [
      "out of order",
      ImageFile.write(
        kinds.pagemap,
        [2n, 1n].map((at) => ({ value: { vaddr: start + at * page, compat_nr_pages: 1, flags: 2 } })),
        { value: { pages_id: 1 } }
      ),
      "entry 1 of its pagemap is out of order"
    ]
  ])("that of a process: %s", ([, bytes, why]) =>
    Effect.gen(function* () {
      const images = changed(folderOf(folder), { "pagemap-1.img": bytes })
      expect(yield* whys(images)).toEqual([why, "never written to"])
      expect([yield* unknown(images), yield* missing(images)]).toEqual([4096, [4096, 0]])
      const side = yield* Effect.scoped(memoryOfSide(images))
      expect(side.processes.get(1)?.pages.ranges).toHaveLength(1)
    }).pipe(Effect.provide(imagesOf([]))))

  it.effect("that of what processes share", () =>
    Effect.gen(function* () {
      const images = changed(folderOf(folder), { "pagemap-shmem-5.img": Uint8Array.of(1) })
      const [own, shared] = yield* whys(images)
      expect([own, shared]).toEqual(["never written to", expect.stringMatching(/^its pagemap cannot be read: /)])
      expect([yield* unknown(images), yield* missing(images)]).toEqual([8192, [0, 8192]])
      const side = yield* Effect.scoped(memoryOfSide(images))
      expect(side.shared.get(5n)?.ranges.map(({ end, start }) => [start, end])).toEqual([[page, 3n * page]])
    }).pipe(Effect.provide(imagesOf([]))))
})

describe("files that are named almost as CRIU names them", () => {
  it.effect("are no processes", () =>
    Effect.gen(function* () {
      const images = changed(
        folderOf({ path: "/images", processes: [{ pid: 1, areas: [], pages: [], contents: new Uint8Array() }] }),
        {
          "mm-01.img": new Uint8Array(),
          "mm-99999999999999999999.img": new Uint8Array(),
          "mm-02.img": new Uint8Array()
        }
      )
      const { problems, processes } = yield* describeMemory(images, {})
      expect([processes.map(({ pid }) => pid), problems]).toEqual([[1], []])
      expect(yield* Stream.runCount(searchMemory(images, { text: "x" }, {}))).toBe(0)
    }).pipe(Effect.provide(imagesOf([]))))
})

describe("pages files that are cut off, of large pages", () => {
  const large = 0x1_0000n
  const cut = (at: bigint): BuiltMemory => ({
    // One of two pages, and a part of the other.
    pages: [{ address: at, count: 2, is: "present" }],
    contents: new Uint8Array(Number(large) + 4096)
  })

  it.effect("are read in pages of the size that the processes were told", () =>
    Effect.gen(function* () {
      const start = 16n * large
      const areas = [area(start, start + 2n * large), sharedArea(start + 2n * large, start + 4n * large, 5n)]
      // Keys and values in turn: a value that looks like the key is none.
      const auxiliary = [3n, 6n, 6n, large, 0n, 0n]
      const images = folderOf({
        path: "/images",
        processes: [
          { pid: 1, areas, ...cut(start) },
          { pid: 2, areas, auxiliary, ...cut(start) }
        ],
        shared: new Map([[5n, cut(0n)]])
      })
      for (const pid of [1, 2]) {
        const { pageSize, pages } = yield* openMemory(images, pid)
        expect([pid, pageSize]).toEqual([pid, 65_536])
        expect(
          pages.ranges.map(({ end, place, start: from }) => [place._tag, (from - start) / large, (end - start) / large])
        )
          .toEqual([["Dumped", 0n, 1n], ["Missing", 1n, 2n], ["Dumped", 2n, 3n], ["Missing", 3n, 4n]])
      }
    }).pipe(Effect.scoped, Effect.provide(imagesOf([]))))
})
