import { describe, expect, it } from "@effect/vitest"
import * as fc from "effect/FastCheck"
import * as Option from "effect/Option"
import { bar } from "../../src/cli/attend.ts"
import { escape, escapeLines } from "../../src/cli/escape.ts"
import { withFlags } from "../../src/cli/failure.ts"
import * as humanize from "../../src/cli/humanize.ts"
import { fields, table } from "../../src/cli/table.ts"
import { parseDuration, parseMoment, parseSize } from "../../src/cli/values.ts"

const orNone = <A>(option: Option.Option<A>) => Option.getOrElse(option, () => "none" as const)

describe("parseSize", () => {
  it.each([
    ["0", 0],
    ["4096", 4096],
    ["64K", 65_536],
    ["64kb", 65_536],
    ["1.5M", 1_572_864],
    ["2GiB", 2_147_483_648],
    ["1T", 1_099_511_627_776],
    ["", "none"],
    ["-1", "none"],
    ["K", "none"],
    ["1X", "none"],
    ["1e3", "none"],
    ["99999999T", "none"],
    ["1 2", "none"]
  ])("%s", (text, expected) => expect(orNone(parseSize(text))).toBe(expected))

  it.prop("reads what it is given in bytes", [fc.maxSafeNat()], ([count]) => {
    expect(parseSize(String(count))).toEqual(Option.some(count))
  })
})

describe("parseDuration", () => {
  it.each([
    ["10", 10_000],
    ["0.5", 500],
    ["500ms", 500],
    ["10s", 10_000],
    ["1m30s", 90_000],
    ["2h", 7_200_000],
    ["1.5h", 5_400_000],
    ["", "none"],
    ["-1s", "none"],
    ["1m30", "none"],
    ["s", "none"],
    ["1d", "none"]
  ])("%s", (text, expected) => expect(orNone(parseDuration(text))).toBe(expected))
})

describe("parseMoment", () => {
  const now = 1_800_000_000_000
  it.each([
    ["1700000000", 1_700_000_000],
    ["1700000000.25", 1_700_000_000.25],
    ["2026-01-31T12:00:00Z", 1_769_860_800],
    ["2026-01-31T13:00:00.5+01:00", 1_769_860_800.5],
    ["2026-01-31", 1_769_817_600],
    ["10m", 1_799_999_400],
    ["0s", 1_800_000_000],
    ["yesterday", "none"],
    ["2026-99-99", "none"],
    ["", "none"]
  ])("%s", (text, expected) => expect(orNone(parseMoment(text, now))).toBe(expected))
})

describe("humanize", () => {
  it.each([
    [0, "0 B"],
    [1023, "1023 B"],
    [1024, "1.00 KiB"],
    [10_240, "10.0 KiB"],
    [1_048_575, "1024 KiB"],
    [1_048_576, "1.00 MiB"],
    [12_345_678, "11.8 MiB"],
    [1_073_741_824, "1.00 GiB"],
    [2 ** 53, "8.00 PiB"]
  ])("%d bytes", (count, expected) => expect(humanize.bytes(count)).toBe(expected))

  it.each([
    [0, "0 µs"],
    [0.9, "900 µs"],
    [2.345, "2.3 ms"],
    [84, "84 ms"],
    [999.6, "1.00 s"],
    [1_234, "1.23 s"],
    [12_345, "12.3 s"],
    [60_000, "1 min"],
    [125_000, "2 min 5 s"]
  ])("%d ms", (milliseconds, expected) => expect(humanize.duration(milliseconds)).toBe(expected))

  it.each([
    ["2026-01-31T12:00:00Z", "0 seconds ago"],
    ["2026-01-31T11:59:58.500000001Z", "1 second ago"],
    ["2026-01-31T11:59:00Z", "1 minute ago"],
    ["2026-01-31T09:59:00Z", "2 hours ago"],
    ["2026-01-29T09:59:00Z", "2 days ago"],
    ["2024-01-29T09:59:00Z", "2 years ago"],
    ["2026-01-31T12:00:03Z", "0 seconds ago"],
    ["2026-02-01T12:00:00Z", "in the future"],
    ["", "-"],
    ["soon", "-"]
  ])("%s", (created, expected) => expect(humanize.ago(created, 1_769_860_800_000)).toBe(expected))
})

describe("escape", () => {
  it.prop(
    "leaves nothing that acts on a terminal, and what is harmless as it is",
    [fc.string({ unit: "binary" })],
    ([text]) => {
      expect(escape(text)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/)
      expect(escapeLines(text).join("")).not.toContain("\u001b")
    }
  )

  it("writes them out", () => {
    expect(escape("a\u001b[2J\nb\u202ec")).toBe("a\\u001b[2J\\nb\\u202ec")
    expect(escape("größe 大")).toBe("größe 大")
    expect(escapeLines("a\tb\r\nc\n\n")).toEqual(["a    b", "c"])
  })
})

describe("table", () => {
  it("is as wide as its widest cells, colours left out", () => {
    expect(table(["A", "B"], [["\u001b[31mxyz\u001b[0m", "1"], ["x", ""]])).toBe(
      "A     B\n\u001b[31mxyz\u001b[0m   1\nx\n"
    )
    expect(fields([["A", "1"], ["Long", "2"]])).toBe("A:    1\nLong: 2\n")
  })
})

describe("bar", () => {
  it.prop("is never as wide as the terminal", [fc.nat(200), fc.nat(), fc.nat()], ([columns, bytes, total]) => {
    expect(bar({ step: "dumping", bytes, total }, columns).length).toBeLessThan(Math.max(1, columns))
  })

  it("shows how far it is, where that is known", () => {
    expect(bar({ step: "freezing", bytes: 0, total: 0 }, 80)).toBe("freezing")
    expect(bar({ step: "dumping", bytes: 3, total: 4 }, 50)).toBe("dumping  [###############     ]   75%  3 B of 4 B")
    expect(bar({ step: "dumping", bytes: 9, total: 4 }, 50)).toContain("100%")
  })
})

describe("withFlags", () => {
  it.each([
    ['use option "fileLocks"', 'use option "--file-locks"'],
    ['no "preDump", no parentPath', 'no "--pre-dump", no --parent-path'],
    ['in "/srv/fileLocks/x"', 'in "/srv/fileLocks/x"'],
    ["emptyNamespaces", "--empty-ns"],
    ["or restore with replace", "or restore with --replace"]
  ])("%s", (text, expected) => expect(withFlags(text)).toBe(expected))
})
