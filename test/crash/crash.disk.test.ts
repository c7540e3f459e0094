// SIGKILL at random instants into processes that create, remove and restore, on the disk of this machine.
import * as NodeFs from "node:fs"
import * as NodeOs from "node:os"
import { afterAll, beforeAll, describe, expect, it } from "@effect/vitest"
import { rounds } from "./rounds.ts"
import { bundle } from "./Worker.ts"

let folder = ""
let program = ""

beforeAll(async () => {
  folder = NodeFs.mkdtempSync(`${NodeOs.tmpdir()}/stasis-crash-`)
  program = await bundle(folder)
})

afterAll(() => NodeFs.rmSync(folder, { recursive: true, force: true }))

describe("after a SIGKILL", () => {
  it("nothing is half there, nothing is lost, and the next operation succeeds", { timeout: 240_000 }, async () => {
    const lanes = await Promise.all([1, 2, 3].map((seed) => rounds(program, `${folder}/lane${seed}`, 170, seed)))
    expect(lanes.flatMap((lane) => lane.violations).join("\n")).toBe("")
    expect(lanes.reduce((sum, lane) => sum + lane.rounds, 0)).toBeGreaterThanOrEqual(500)
    // The kills would prove nothing if they hit between the operations.
    expect(lanes.reduce((sum, lane) => sum + lane.cut, 0)).toBeGreaterThan(250)
  })

  it(
    "locks that do not outlive their process with the dump that it started are seen",
    { timeout: 120_000 },
    async () => {
      const verdict = await rounds(program, `${folder}/fault`, 150, 4, "children hold no lock")
      expect(verdict.violations.length).toBeGreaterThan(0)
    }
  )
})
