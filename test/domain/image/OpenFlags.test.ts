import { describe, expect, it } from "@effect/vitest"
import * as OpenFlags from "../../../src/domain/image/OpenFlags.ts"

describe("OpenFlags", () => {
  it("tells what may be done with a file", () => {
    expect([0o100000, 0o102001, 2, 0o10000000, 3].map(OpenFlags.accessOf))
      .toEqual(["read", "write", "read-write", "none", "none"])
  })

  it("names the rest, but for what every program has", () => {
    expect(OpenFlags.wordsOf(0o102001)).toEqual(["append"])
    // Of a temporary file, as CRIU 4.2 wrote them.
    expect(OpenFlags.wordsOf(0o20700002)).toEqual(["nameless", "folder", "no-follow"])
  })

  it("knows that machines differ", () => {
    expect(OpenFlags.wordsOf(0o40000)).toEqual(["direct"])
    expect(OpenFlags.wordsOf(0o40000, "AARCH64")).toEqual(["folder"])
    expect(OpenFlags.wordsOf(0o400000, "PPC64")).toEqual(["direct"])
  })
})
