import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as Seal from "../../../src/domain/verification/Seal.ts"
import * as SealedFolder from "../../../src/domain/verification/SealedFolder.ts"

const seal: Seal.Seal = {
  version: 1,
  algorithm: "sha256",
  sealed: "2026-01-02T03:04:05.000Z",
  files: [{ path: "pages-1.img", bytes: 4096, digest: "ab" }, { path: "pre-dump/core-1.img", bytes: 9, digest: "cd" }],
  links: [{ path: "parent", target: "../first" }]
}

const text = Seal.print(Seal.body(seal), "ef")

describe("the text of a seal", () => {
  it("reads as it was printed, and tells its body and its own digest", () => {
    expect(Seal.parse(text)).toEqual(Either.right(seal))
    expect(Seal.split(text)).toEqual({ body: Seal.body(seal), self: "ef" })
    expect(Seal.split(text.slice(0, -1))).toBe(undefined)
  })

  it("lets be what it does not know, and tells a newer version apart", () => {
    expect(Seal.parse(text.replace("{", `{"new":1,`))).toEqual(Either.right(seal))
    const newer = text.replace(`"version":1`, `"version":7`).replace("sha256", "sha512")
    expect(Seal.parse(newer)).toEqual(Either.left({ _tag: "Newer", version: 7 }))
    expect(Either.mapLeft(Seal.parse(newer), Seal.sayUnreadable)).toMatchObject({
      left: expect.stringContaining("it is of version 7")
    })
  })

  it.each([
    ["", "it is not valid JSON"],
    ["{}", `it has the wrong shape at "version"`],
    [text.replace("sha256", "md5"), `it has the wrong shape at "algorithm"`],
    [text.replace("4096", `"x"`), `it has the wrong shape at "files.0.bytes"`]
  ])("does not read %j", (bad, reason) => {
    expect(Either.mapLeft(Seal.parse(bad), Seal.sayUnreadable)).toMatchObject({
      left: expect.stringContaining(reason)
    })
  })
})

describe("a look at a sealed folder", () => {
  const file = (path: string, bytes: number) => ({ path, kind: "file", bytes, target: "" }) as const
  const link = (target: string) => ({ path: "parent", kind: "link", bytes: 0, target }) as const
  const whole = [file("pages-1.img", 4096), file("pre-dump/core-1.img", 9), link("../first"), file("seal.json", 300)]
  const faults = (entries: ReadonlyArray<SealedFolder.FolderEntry>) =>
    SealedFolder.look(seal, entries).problems.map(({ fault, file, restore }) => [file, fault, restore])

  it("leaves to the digests what has its length", () => {
    expect(SealedFolder.look(seal, whole)).toEqual({ problems: [], undecided: seal.files })
    expect(SealedFolder.look(seal, [...whole, file(".seal.json.12", 3)]).problems).toEqual([])
  })

  it("tells what is gone, of another length, elsewhere, or new", () => {
    expect(faults(whole.slice(1))).toEqual([["pages-1.img", "missing", "impossible"]])
    expect(faults([file("pages-1.img", 4095), ...whole.slice(1)])).toEqual([["pages-1.img", "truncated", "impossible"]])
    expect(faults([whole[0], file("pre-dump/core-1.img", 10), ...whole.slice(2)].flatMap((one) => one ?? [])))
      .toEqual([["pre-dump/core-1.img", "too long", "possible"]])
    expect(faults([...whole.slice(0, 2), link("../second")])).toEqual([["parent", "different", "doubtful"]])
    expect(faults(whole.slice(0, 2))).toEqual([["parent", "missing", "doubtful"]])
    expect(faults([...whole, file("notes", 1), file("mm-2.img", 1)])).toEqual([
      ["notes", "extra", "possible"],
      ["mm-2.img", "extra", "doubtful"]
    ])
  })
})
