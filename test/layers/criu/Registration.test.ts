import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as Registration from "../../../src/layers/criu/Registration.ts"

const whole: Registration.Registration = {
  version: 1,
  id: "web",
  identity: "process 7 started at 99 of boot b",
  process: { pid: 7, startTime: 99, bootId: "b" },
  program: "/usr/bin/python3",
  streams: { stdout: "/o", stderr: "/e" },
  newPids: true,
  held: [{ pid: 8, startTime: 100 }]
}

describe("Registration", () => {
  it("reads what it printed", () => {
    expect(Registration.parse(Registration.print(whole))).toEqual(Either.right(whole))
  })

  it("says what is wrong with what it cannot read", () => {
    for (const text of ["{", "[]", `{"version":2}`, Registration.print(whole).replace(`"pid":7`, `"pid":"7"`)]) {
      expect(Registration.parse(text)).toMatchObject({ _tag: "Left", left: expect.stringMatching(/./) })
    }
  })

  it.each(["web", "a", "A-b_c.9", "9", "n".repeat(128)])("takes the name %s", (name) => {
    expect(Registration.parseName(name)).toEqual(Either.right(name))
  })

  it.each(["", ".", "..", "-a", "_a", "a/b", "a b", "pid:7", "a\n", "ä", "n".repeat(129)])(
    "refuses the name %j",
    (name) => {
      expect(Registration.parseName(name)).toMatchObject({ _tag: "Left", left: { _tag: "InvalidContainerName" } })
    }
  )

  it.each([["pid:1", 1], ["pid:4194304", 4_194_304], ["pid:0", undefined], ["pid:", undefined], ["pid:-1", undefined]])(
    "%s means the process %s",
    (reference, pid) => expect(Registration.parsePid(reference)).toBe(pid)
  )

  it("takes a pid for no pid of another form", () => {
    for (const text of ["7", "pid:07", "pid:7x", " pid:7", "PID:7", "pid:7 ", "pid:12345678901"]) {
      expect(Registration.parsePid(text)).toBe(undefined)
    }
    expect(Registration.parsePid(Registration.idOf(7))).toBe(7)
  })
})
