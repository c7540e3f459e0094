// Whether checkpoints work at all.
import { describe, expect, it } from "@effect/vitest"
import { type Capabilities, Finding, isAble } from "../../src/domain/Capabilities.ts"

const capabilities = (...verdicts: ReadonlyArray<Finding["verdict"]>): Capabilities => ({
  runtime: "runc",
  findings: verdicts.map((verdict) => ({ subject: "criu", verdict, detail: "" })),
  unsupported: {}
})

describe("Capabilities.isAble", () => {
  it.each<readonly [ReadonlyArray<Finding["verdict"]>, boolean]>([
    [[], true],
    [["ok"], true],
    [["limited"], true],
    [["missing"], false],
    [["ok", "limited", "ok"], true],
    [["ok", "missing", "ok"], false],
    [["missing", "limited"], false]
  ])("with findings %j is %s", (verdicts, able) => {
    expect(isAble(capabilities(...verdicts))).toBe(able)
  })

  it("was asked of every verdict", () => {
    expect(Finding.fields.verdict.literals).toHaveLength(3)
  })
})
