import { describe, expect, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import { Guest, words } from "../../src/domain/Greeting.ts"

describe("Greeting", () => {
  it("names the guest", () => {
    expect(words(Guest.make("Ada"))).toBe("Welcome, Ada")
  })

  it.each([["Ada", 12], ["Bo", 11]])("greets %s in %d letters", (name, length) => {
    expect(words(Guest.make(name))).toHaveLength(length)
  })

  it.prop("ends with the guest", { guest: Guest, again: FastCheck.nat({ max: 2 }) }, ({ again, guest }) => {
    expect(words(guest).repeat(again + 1)).toMatch(/^Welcome, /)
    expect(words(guest).endsWith(guest)).toBe(true)
  })

  it.prop("takes inputs in a list", [Guest], ([guest]) => {
    expect({ guest }).toEqual({ guest: expect.any(String) })
  })
})
