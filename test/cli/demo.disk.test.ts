/** `npm run demo` where CRIU does not work and there can be no lab. */
import { spawnSync } from "node:child_process"
import { join } from "node:path"
import { expect, it } from "vitest"

it("runs on the memory layer, and says so", () => {
  const demo = join(import.meta.dirname, "../../scripts/demo.mjs")
  const { status, stderr, stdout } = spawnSync(process.execPath, [demo, "--in-memory"], { encoding: "utf8" })
  expect([status, stderr]).toEqual([0, ""])
  expect(stdout).toContain("# Where: the memory layer")
  expect(stdout).toMatch(/had counted to 21; after the restore it counts on, at 22\./)
})
