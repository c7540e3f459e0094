import { describe, expect, it } from "@effect/vitest"
import * as Signals from "../../../src/domain/image/Signals.ts"

describe("Signals", () => {
  it("names the first and the last of each sort, and what is none by its number", () => {
    expect([1, 9, 15, 17, 31, 32, 33, 34, 36, 64, 0, 65].map(Signals.nameOf)).toEqual([
      "SIGHUP",
      "SIGKILL",
      "SIGTERM",
      "SIGCHLD",
      "SIGSYS",
      "SIGRTMIN-2",
      "SIGRTMIN-1",
      "SIGRTMIN",
      "SIGRTMIN+2",
      "SIGRTMIN+30",
      "signal 0",
      "signal 65"
    ])
  })

  it("names what is in a set", () => {
    expect(Signals.namesIn(0n)).toEqual([])
    expect(Signals.namesIn(0x8000_0000_0001_4002n)).toEqual(["SIGINT", "SIGTERM", "SIGCHLD", "SIGRTMIN+30"])
  })

  it("finds the number of a pending signal", () => {
    expect(Signals.numberIn(Uint8Array.of(10, 0, 0, 0, 9, 9))).toBe(10)
    expect(Signals.numberIn(Uint8Array.of(10, 0))).toBe(0)
  })
})
