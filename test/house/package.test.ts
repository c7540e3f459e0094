// What would be published is tried as a user would: a package that does not install, load or type-check is refused.
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import * as StandIn from "./stand-in.ts"

describe(`the check "package"`, () => {
  let standIn: StandIn.StandIn
  let before: StandIn.Outcome
  let after: StandIn.Outcome

  beforeAll(async () => {
    standIn = StandIn.make()
    before = await standIn.run("check.mjs", ["--only", "package"])

    standIn.change(
      "package.json",
      (text) =>
        text.replace(
          `"./Oci": {`,
          `"./Gone": { "types": "./dist/gone.d.ts", "default": "./dist/gone.js" },\n    "./Oci": {`
        )
    )
    standIn.plant("src/layers/memory/Memory.ts", `export { parse } from "yaml"\n`)
    standIn.change(
      "src/cli/main.ts",
      (text) =>
        text.replace(/version: ".*"/, `version: "elsewhere"`).replace(
          "../layers/memory/Memory.ts",
          "../layers/oci/Oci.ts"
        )
          .replace(`layer(Guest.make("Ada"))`, `layer("/guests")`)
    )
    after = await standIn.run("check.mjs", ["--only", "package"])
  })

  afterAll(() => standIn.remove())

  it("passes when all is well", () => {
    expect(before).toMatchObject({ code: 0, output: expect.stringMatching(/^ok /) })
  })

  it("fails otherwise", () => {
    expect(after.code).toBe(1)
  })

  it.each([
    ["an export has no file", /publint:\n.*Gone/s],
    ["an export does not load", /stasis\/Gone: Cannot find module/],
    ["a dependency is not declared", /stasis\/Memory: Cannot find package 'yaml'/],
    ["the types of an export are missing", /type-checking a user's file:\s+all\.ts.*stasis\/Gone/],
    ["the command line says another version", /stasis --version says "elsewhere"/]
  ])("refuses that %s", (_, says) => {
    expect(after.output).toMatch(says)
  })
})
