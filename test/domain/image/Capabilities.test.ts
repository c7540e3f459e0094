import { describe, expect, it } from "@effect/vitest"
import * as Capabilities from "../../../src/domain/image/Capabilities.ts"

describe("Capabilities", () => {
  it("names those of both numbers, and one that is newer than its table by its place", () => {
    expect(Capabilities.namesIn([0, 0])).toEqual([])
    expect(Capabilities.namesIn([0x8000_0001, 0x300])).toEqual([
      "CAP_CHOWN",
      "CAP_SETFCAP",
      "CAP_CHECKPOINT_RESTORE",
      "capability 41"
    ])
  })

  it("knows all that Linux 6 has", () => {
    const all = Capabilities.namesIn([0xffff_ffff, 511])
    expect(all).toHaveLength(41)
    expect(all.filter((name) => !name.startsWith("CAP_"))).toEqual([])
  })
})
