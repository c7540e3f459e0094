/** `npm run demo` where CRIU works. */
import { spawnSync } from "node:child_process"
import { readdirSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect, it } from "vitest"

it("shows that the count goes on, and leaves nothing behind", () => {
  const before = readdirSync(tmpdir())
  const demo = join(import.meta.dirname, "../../scripts/demo.mjs")
  const { status, stderr, stdout } = spawnSync(process.execPath, [demo, "--here"], { encoding: "utf8" })
  expect([status, stderr]).toEqual([0, ""])
  expect(stdout.match(/^\$ \w+.*$/gm)?.map((line) => line.split(" ").slice(1, 3).join(" "))).toEqual([
    expect.stringMatching(/^export STASIS_RUNTIME_ROOT=/),
    "runc --root",
    "runc --root",
    "stasis create",
    "stasis ls",
    "stasis restore",
    "runc --root",
    "stasis rm",
    "stasis ls"
  ])
  expect(stdout).toMatch(/^# Before the checkpoint it had counted to \d+; after the restore it counts on, at \d+\.$/m)
  expect(readdirSync(tmpdir())).toEqual(before)
})
