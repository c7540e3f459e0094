import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as RemapImage from "../../../src/domain/image/RemapImage.ts"
import { fromBase64 } from "./fromBase64.ts"

// Written by CRIU 4.2.1 of a program that holds a deleted file open.
const real = fromBase64("GUNWVFQ5E1kGAAAACAsQARgB")

describe("RemapImage", () => {
  it("reads what CRIU wrote: the ids of the files that have no name", () => {
    expect(RemapImage.decode(real)).toEqual(Either.right(new Set([11])))
  })

  it("names the damage", () => {
    expect(RemapImage.decode(real.slice(0, 14))).toEqual(Either.left("it ends within a message"))
    expect(RemapImage.decode(Uint8Array.from([...real.slice(0, 8), 2, 0, 0, 0, 0x08, 0xff])))
      .toEqual(Either.left("an entry is malformed"))
  })
})
