// The bytes that a record tells of, held against what lies beside it: what somebody has put there since is let be.
import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as CheckpointConfig from "../../../src/domain/CheckpointConfig.ts"
import * as RecordAgreement from "../../../src/domain/verification/RecordAgreement.ts"

const file = (path: string, bytes: number) => ({ path, kind: "file" as const, bytes, target: "" })

/** What is wrong beside a record of so many bytes. */
const wrong = (bytes: number, files: Readonly<Record<string, number>>) => {
  const config = Either.getOrThrow(
    CheckpointConfig.parse(JSON.stringify({ name: "first", stasis: { version: 1, published: true, bytes } }))
  )
  return RecordAgreement.disagreements(config, Object.entries(files).map(([path, size]) => file(path, size)), "first")
    .map(({ file }) => file)
}

const images = { "core-1.img": 700, "pages-1.img": 4096, "descriptors.json": 20, "config.json": 999, "stats-dump": 50 }
const ofImages = 4816

describe("the bytes of a record", () => {
  it.each([
    ["the images alone", ofImages],
    ["the images and the statistics", ofImages + 50]
  ])("are those of %s, whatever else was put beside them", (_, recorded) => {
    for (
      const more of [
        {},
        { "notes.json": 12 },
        { README: 7 },
        { "stats-restore": 33 },
        { "notes.json": 12, README: 7, "stats-restore": 33 },
        Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`note-${at}`, at + 1]))
      ]
    ) expect([more, wrong(recorded, { ...images, ...more })]).toEqual([more, []])
  })

  it("may have in them what a hook had put there", () => {
    expect(wrong(ofImages + 9, { ...images, "by-hook.txt": 9, README: 7 })).toEqual([])
  })

  it.each([
    ["cut", 4000],
    ["lengthened", 5000]
  ])("are no longer there where an image was %s, beside what was put there too", (_, pages) => {
    for (const more of [{}, { "notes.json": 12 }, { README: 7, "stats-restore": 33 }]) {
      expect([more, wrong(ofImages, { ...images, "pages-1.img": pages, ...more })]).toEqual([more, ["config.json"]])
    }
  })

  it("are no longer there without what the runtime wrote", () => {
    const { "descriptors.json": _, ...rest } = images
    expect(wrong(ofImages, rest)).toEqual(["config.json"])
  })
})
