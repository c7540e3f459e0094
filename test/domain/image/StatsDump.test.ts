import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as StatsDump from "../../../src/domain/image/StatsDump.ts"
import { fromBase64 } from "./fromBase64.ts"

// Written by CRIU 4.2.1 under runc.
const real = fromBase64("QFkQVQYzCVciAAAACiAI2gIQ7r0IGLcEIGooMzAAOCNAAEgAUAhYCGAAaABwAA==")

describe("StatsDump", () => {
  it("reads what CRIU wrote", () => {
    expect(Either.getOrThrow(StatsDump.decode(real))).toEqual({
      freezingMicros: 346,
      frozenMicros: 138990,
      memoryDumpMicros: 567,
      memoryWriteMicros: 106,
      pagesScanned: 51,
      pagesSkippedParent: 0,
      pagesWritten: 35
    })
  })

  it("skips fields that it does not know, of any wire type", () => {
    // Field 200 as a varint, field 201 as a string, before the entry of the dump.
    const unknown = [0xc0, 0x0c, 0x07, 0xca, 0x0c, 0x02, 0x68, 0x69]
    const entry = [...unknown, ...real.slice(12)]
    const bytes = Uint8Array.from([...real.slice(0, 8), entry.length, 0, 0, 0, ...entry])
    expect(Either.getOrThrow(StatsDump.decode(bytes)).pagesWritten).toBe(35)
  })

  it.each([
    ["nothing", new Uint8Array(), "it is too short for an image"],
    [
      "another kind of file",
      Uint8Array.from([...real.slice(0, 4), 1, 2, 3, 4]),
      "it does not begin with the numbers of its kind"
    ],
    ["the numbers alone", real.slice(0, 8), "it holds no entry"],
    ["an end within the length", real.slice(0, 10), "it ends within the length of entry 0"],
    ["an end within the entry", real.slice(0, 30), "it ends within entry 0"],
    [
      "an entry that is no message",
      Uint8Array.from([...real.slice(0, 8), 2, 0, 0, 0, 0x0a, 0x7f]),
      "entry 0: stats_entry is malformed"
    ],
    ["the statistics of a restore", Uint8Array.from([...real.slice(0, 8), 0, 0, 0, 0]), "it is not of a dump"]
  ])("refuses %s", (_, bytes, reason) => {
    expect(StatsDump.decode(bytes)).toEqual(Either.left(reason))
  })
})
