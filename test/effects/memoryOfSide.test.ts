import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Images } from "../../src/effects/Images.ts"
import { memoryOfSide } from "../../src/effects/memoryOfSide.ts"
import { area, type BuiltFolder, imagesOf, sharedArea } from "./builtImages.ts"

const page = 4096n

it.scoped("keeps the pages of what processes share once, and not for each of them", () => {
  const process = (pid: number) => ({
    pid,
    // Its own, what it shares, and a copy of that which is its own from its first write on.
    areas: [
      area(page, 2n * page),
      sharedArea(4n * page, 6n * page, 7n),
      sharedArea(8n * page, 10n * page, 7n, 0n)
    ].map((vma, index) => index === 2 ? { ...vma, flags: 0x22 } : vma),
    pages: [{ address: page, count: 1, is: "present" as const }],
    contents: new Uint8Array(4096)
  })
  const folder: BuiltFolder = {
    path: "/a",
    processes: [process(1), process(2)],
    shared: new Map([[7n, {
      pages: [{ address: 0n, count: 2, is: "present" as const }],
      contents: new Uint8Array(2 * 4096)
    }]])
  }
  return Effect.gen(function* () {
    const side = yield* memoryOfSide(yield* (yield* Images).open("/a"))
    const starts = [...side.processes.values()].map(({ pages }) => pages.ranges.map(({ start }) => start / page))
    expect(starts).toEqual([[1n, 8n], [1n, 8n]])
    expect([...side.shared].map(([id, { ranges }]) => [id, ranges.length])).toEqual([[7n, 1]])
  }).pipe(Effect.provide(imagesOf([folder])))
})
