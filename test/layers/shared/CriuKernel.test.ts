import { describe, expect, it } from "@effect/vitest"
import * as CriuKernel from "../../../src/layers/shared/CriuKernel.ts"

describe("CriuKernel", () => {
  it.each([
    ["3.17", "6.12.43+deb13-amd64", undefined],
    ["3.17.1", "6.13.0", "4.1"],
    ["4.1", "6.15.9", undefined],
    ["4.1.1", "6.16", "4.2"],
    ["4.2.1", "6.18.44-fc", undefined],
    ["3.17", "7.0", "4.2"],
    ["5.0", "7.0", undefined],
    ["3.17", "5.10.0", undefined],
    ["GitID v3", "6.18", undefined],
    ["4.1", "unknown", undefined]
  ])("criu %s on kernel %s needs %s", (criu, kernel, needed) => {
    expect(CriuKernel.tooOld(criu, kernel)).toBe(needed)
  })
})
