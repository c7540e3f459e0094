// The example on a plain process, in Node.js and in Deno.
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import process from "node:process"
import { afterEach, beforeEach, describe, expect, it } from "@effect/vitest"
import { type Ended, inDeno, inNode } from "./Example.ts"

const hosts: Record<string, () => Ended> = {
  "Node.js": () => inNode("processes.lab"),
  Deno: () => inDeno("processes.lab", ["--allow-all"])
}

describe("examples/processes.lab.ts", () => {
  let folder = ""

  beforeEach(() => {
    folder = mkdtempSync(`${tmpdir()}/stasis-example-`)
    process.env["STASIS_ROOT"] = folder
  })

  afterEach(() => {
    delete process.env["STASIS_ROOT"]
    rmSync(folder, { recursive: true })
  })

  for (const [host, run] of Object.entries(hosts)) {
    it(`starts, looks ahead, checkpoints and restores in ${host}`, () => {
      const ended = run()
      expect(ended).toMatchObject({ status: 0, stderr: "" })
      expect(ended.stdout).toBe(
        "started counter, it is running\na checkpoint is possible\nmade before-upgrade, it is stopped\n" +
          "restored before-upgrade, it is running\nleft are at-last\n"
      )
    })
  }
})
