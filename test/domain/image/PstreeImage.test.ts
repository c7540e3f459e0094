import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as PstreeImage from "../../../src/domain/image/PstreeImage.ts"
import { fromBase64 } from "./fromBase64.ts"

// Written by CRIU 4.2.1 of a Python program with a second thread and a child.
const real = fromBase64("GUNWVDAwJ1AMAAAACBoQABgaIBooGigcCgAAAAgdEBoYGiAaKB0=")

describe("PstreeImage", () => {
  it("reads what CRIU wrote: every process with its parent and its threads", () => {
    expect(Either.getOrThrow(PstreeImage.decode(real))).toEqual([
      { pid: 26, parent: 0, threads: [26, 28] },
      { pid: 29, parent: 26, threads: [29] }
    ])
  })

  it("reads threads that another writer packs", () => {
    const packed = Uint8Array.from([...real.slice(0, 8), 8, 0, 0, 0, 0x08, 5, 0x10, 0, 0x2a, 2, 5, 6])
    expect(PstreeImage.decode(packed)).toEqual(Either.right([{ pid: 5, parent: 0, threads: [5, 6] }]))
  })

  it("names the damage", () => {
    expect(PstreeImage.decode(real.slice(0, 12))).toEqual(Either.left("it ends within a message"))
    expect(PstreeImage.decode(Uint8Array.from([...real.slice(0, 8), 2, 0, 0, 0, 0x2a, 0x7f])))
      .toEqual(Either.left("an entry is malformed"))
    expect(PstreeImage.decode(Uint8Array.from([...real.slice(0, 4), 1, 2, 3, 4]))).toMatchObject({ _tag: "Left" })
  })
})
