// The memory of images that are out of the ordinary: more of a thing than an engine takes at once, or not to be read.
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { openMemory } from "../../src/effects/processMemory.ts"
import { searchMemory } from "../../src/effects/searchMemory.ts"
import { type BuiltMemory, folderOf, imagesOf, sharedArea } from "./builtImages.ts"

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
  })

  it.effect("is searched however many areas of it are shared", () => {
    const areas = Array.from(
      { length: count },
      (_, index) => sharedArea(BigInt(index + 1) * page, BigInt(index + 2) * page, 5n)
    )
    const folder = folderOf({ path: "/images", processes: [{ pid: 1, areas, pages: [], contents: new Uint8Array() }] })
    return Effect.gen(function* () {
      expect(yield* Stream.runCount(searchMemory(folder, { text: "x" }, {}))).toBe(0)
    }).pipe(Effect.provide(imagesOf([])))
  })
})
