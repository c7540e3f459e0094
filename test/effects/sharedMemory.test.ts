// System V segments as the images of the golden checkpoint have them: with the pages there, and beside their descriptions as CRIU
// wrote them before, and still writes those of large pages.
import { describe, expect, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Stream from "effect/Stream"
import * as ImageFile from "../../src/domain/image/ImageFile.ts"
import { kinds } from "../../src/domain/image/kinds.ts"
import { openMemory } from "../../src/effects/processMemory.ts"
import { searchMemory } from "../../src/effects/searchMemory.ts"
import { goldenFolder } from "../golden/goldenFolder.ts"
import { imagesOf } from "./builtImages.ts"

const file = "ipcns-shm-11.img"
const text = "the segment, page 1, written beside it"

/** The golden folder, with two pages of its segment in the image that describes it, behind another segment. */
const besideIt = Effect.gen(function* () {
  const bytes = yield* goldenFolder("/images").read(file)
  const [entry] = Either.getOrThrow(ImageFile.read(kinds.ipcns_shm, bytes)).entries
  if (entry === undefined) return expect.fail("there is no segment")
  const { in_pagemaps: _, ...value } = entry.value
  const content = new Uint8Array(Number(value.size))
  content.set(new TextEncoder().encode(text), 4096)
  const other = {
    value: { ...value, desc: { ...value.desc, id: 7 }, size: 4096n },
    extra: new Uint8Array(4096).fill(1)
  }
  return {
    segment: BigInt(value.desc.id),
    folder: goldenFolder("/images", {
      [file]: ImageFile.write(kinds.ipcns_shm, [other, { value, extra: content }]),
      [`pagemap-shmem-${value.desc.id}.img`]: undefined
    })
  }
})

/** Where worker 1 and the master have it is in `mm-1.img`. */
const areaOf = (segment: bigint) =>
  Effect.map(openMemory(goldenFolder("/images"), 1), ({ areas }) => areas.find(({ shmid }) => shmid === segment))

describe("a System V segment beside its description", () => {
  it.effect("is read in the processes that have mapped it", () =>
    Effect.scoped(Effect.gen(function* () {
      const { folder, segment } = yield* besideIt
      const area = yield* areaOf(segment)
      if (area === undefined) return expect.fail("nobody has mapped it")
      const memory = yield* openMemory(folder, 1)
      const pieces = yield* memory.read(area.start, Number(area.end - area.start))
      expect(pieces.map(({ bytes, start }) => [start, bytes.length])).toEqual([[area.start, 8192]])
      const [piece] = pieces
      expect(new TextDecoder().decode(piece?.bytes.subarray(4096, 4096 + text.length))).toBe(text)
      expect(piece?.bytes.subarray(0, 4096).every((byte) => byte === 0)).toBe(true)
    })).pipe(Effect.provide(imagesOf([]))))

  it.effect("is found once, in a process that has it, or by itself where none has", () =>
    Effect.gen(function* () {
      const { folder, segment } = yield* besideIt
      const area = yield* areaOf(segment)
      // The golden folder has no other pages.
      const found = Effect.fnUntraced(function* (pattern: { readonly text: string } | { readonly bytes: string }) {
        const hits = Stream.runCollect(searchMemory(folder, pattern, { context: 0 }))
        return Chunk.toReadonlyArray(yield* hits).map(({ address, also, pid }) => [pid, BigInt(address), also])
      })
      expect(yield* found({ text })).toEqual([[1, (area?.start ?? 0n) + 4096n, []]])
      const ones = yield* found({ bytes: "01".repeat(2048) })
      expect(ones).toEqual([[undefined, 0n, []], [undefined, 2048n, []]])
    }).pipe(Effect.scoped, Effect.provide(imagesOf([]))))

  it.effect("is a problem where the descriptions cannot be read", () =>
    Effect.gen(function* () {
      const memory = yield* openMemory(goldenFolder("/images", { [file]: Uint8Array.of(1, 2) }), 1)
      expect(memory.problems.map((problem) => [problem._tag, "file" in problem && problem.file])).toEqual([
        ["ImageUnreadable", file]
      ])
    }).pipe(Effect.scoped, Effect.provide(imagesOf([]))))
})
