import { pid } from "node:process"
import { describe, expect, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import * as Proc from "../../../src/layers/shared/Proc.ts"

const statLine = (command: string) =>
  `44 (${command}) S 1 44 44 0 -1 4194560 147 0 0 0 0 0 0 0 20 0 1 0 172734 2367488 64 18446744073709551615 1 1 0`

describe("Proc", () => {
  it("reads a stat line whatever the command is called", () => {
    FastCheck.assert(FastCheck.property(FastCheck.string({ maxLength: 15 }), (command) => {
      expect(Proc.parseStat(statLine(command))).toEqual({ state: "S", session: 44, startTime: 172734 })
    }))
    expect(Proc.parseStat(statLine("a) R 1 2 3 (b"))?.startTime).toBe(172734)
    expect(Proc.parseStat("")).toBeUndefined()
  })

  it("knows this process, and one that cannot be", () => {
    const own = Proc.stat(pid)
    expect(own?.state).toMatch(/[RS]/)
    expect(Proc.isAlive(pid, own?.startTime ?? 0)).toBe(true)
    expect(Proc.isAlive(pid, (own?.startTime ?? 0) + 1)).toBe(false)
    expect([Proc.stat(0), Proc.stat(-1), Proc.stat(2 ** 30)]).toEqual([undefined, undefined, undefined])
  })

  it("trusts this process, and none that is not there", () => {
    expect([Proc.isTrusted(pid), Proc.isTrusted(0)]).toEqual([true, false])
    expect(Proc.argumentsOf(pid).length).toBeGreaterThan(0)
    expect(Proc.argumentsOf(0)).toEqual([])
    expect(Proc.all()).toContain(pid)
  })

  it("knows who root of a user namespace is outside", () => {
    expect(Proc.parseMappedRoot("         0          0 4294967295\n")).toBe(0)
    expect(Proc.parseMappedRoot("      1000     100001       10\n         0     100000          1\n")).toBe(100_000)
    expect([Proc.parseMappedRoot(""), Proc.parseMappedRoot("      1000     100001       10\n")])
      .toEqual([undefined, undefined])
  })

  it("counts the memory that a dump writes", () => {
    const status = "Name:\tx\nRssAnon:\t     128 kB\nRssFile:\t    4096 kB\nRssShmem:\t      64 kB\n"
    expect(Proc.parseMemory(status)).toEqual({ own: 131072, shared: 65536 })
    expect(Proc.parseMemory("")).toEqual({ own: 0, shared: 0 })
    expect(Proc.residentBytes([pid])).toBeGreaterThan(1_000_000)
  })
})
