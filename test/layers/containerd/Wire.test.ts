import { describe, expect, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import * as Wire from "../../../src/layers/containerd/Wire.ts"

describe("Wire", () => {
  it("reads what it has written", () =>
    FastCheck.assert(FastCheck.property(
      FastCheck.string({ unit: "grapheme" }),
      FastCheck.nat(),
      FastCheck.boolean(),
      FastCheck.array(FastCheck.uint8Array()),
      (text, number, flag, list) => {
        const read = Wire.read(Wire.write({ 1: text, 2: number, 3: flag, 16: list }))
        expect(read.text(1)).toBe(text)
        expect(read.number(2)).toBe(number)
        expect(read.flag(3)).toBe(flag)
        expect(read.all(16).map((one) => [...one])).toEqual(list.map((one) => [...one]))
      }
    )))

  it("leaves out what is the default, and gives it for what is not there", () => {
    expect(Wire.write({ 1: "", 2: 0, 3: false, 4: undefined, 5: [] })).toEqual(new Uint8Array())
    const read = Wire.read(new Uint8Array())
    expect([read.text(1), read.number(1), read.flag(1), read.all(1), read.texts(1)]).toEqual(["", 0, false, [], {}])
  })

  it("reads a map, and bytes of which the last count", () => {
    const entry = (name: string, value: string) => Wire.write({ 1: name, 2: value })
    expect(Wire.read(Wire.write({ 2: [entry("a", "1"), entry("b", "")] })).texts(2)).toEqual({ a: "1", b: "" })
    expect(Wire.read(Wire.merge(Wire.write({ 1: "first" }), Wire.write({ 1: "last" }))).text(1)).toBe("last")
  })

  it("passes over fields of fixed width, and throws at what is cut off", () => {
    // Field 1 with 8 bytes, field 2 with 4, then field 3 with one byte of text.
    const bytes = Uint8Array.from([0x09, 0, 0, 0, 0, 0, 0, 0, 0, 0x15, 0, 0, 0, 0, 0x1a, 1, 0x78])
    expect(Wire.read(bytes).text(3)).toBe("x")
    expect(() => Wire.read(bytes.subarray(0, bytes.length - 1))).toThrow()
  })
})
