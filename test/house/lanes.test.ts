// The lane runner tells the truth: about what passed, what failed, what did not run, and in its last line.
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { spawn } from "node:child_process"
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest"
import * as StandIn from "./stand-in.ts"

const lastLine = (outcome: StandIn.Outcome): string | undefined => outcome.output.trimEnd().split("\n").at(-1)

describe("npm test", () => {
  let standIn: StandIn.StandIn

  beforeAll(() => {
    standIn = StandIn.make()
  })

  afterAll(() => standIn.remove())

  const lanes = (names: string, env: Record<string, string> = { CI: "" }): Promise<StandIn.Outcome> =>
    standIn.run("test.mjs", ["--lane", names], env)

  it("counts what vitest and Deno ran", async () => {
    const outcome = await lanes("unit,deno")
    expect(outcome.output).toMatch(/^unit +[\d.]+ s {2}5 passed, 0 failed$/m)
    expect(outcome.output).toMatch(/^deno +[\d.]+ s {2}6 passed, 0 failed$/m)
    expect(outcome.output).toMatch(/^disk +not run: not asked for$/m)
    expect({ code: outcome.code, last: lastLine(outcome) }).toEqual({ code: 0, last: "11 passed, 0 failed" })
  })

  it("counts failures and skipped tests, and shows what failed", async () => {
    standIn.plant(
      "test/domain/Failing.test.ts",
      `import { expect, it } from "@effect/vitest"
it("is wrong", () => {
  expect(1 + 1).toBe(3)
})
it.skip("is for later", () => {})
`
    )
    const outcome = await lanes("unit,deno")
    standIn.plant("test/domain/Failing.test.ts", `import { it } from "@effect/vitest"\nit("is right", () => {})\n`)
    expect(outcome.output.match(/expected 2 to be 3/g)?.length).toBeGreaterThanOrEqual(2)
    expect({ code: outcome.code, last: lastLine(outcome) }).toEqual({ code: 1, last: "11 passed, 2 failed, 2 skipped" })
  })

  it("gives a test its second try where CI=true, says so with what the first one saw, and fails what fails twice", async () => {
    standIn.plant(
      "test/Unsteady.test.ts",
      `import { expect, it } from "vitest"
let tries = 0
it("is right at last", () => {
  tries += 1
  expect(tries).toBe(2)
})
it("is never right", () => {
  expect(1 + 1).toBe(3)
})
`
    )
    const outcome = await lanes("unit", { CI: "true" })
    const strict = await lanes("unit")
    standIn.plant("test/Unsteady.test.ts", `import { it } from "vitest"\nit("is right", () => {})\n`)
    expect(outcome.output).toContain("unsteady, passed at its second try: test/Unsteady.test.ts > is right at last")
    expect(outcome.output).toMatch(/^ {2}\| .*expected 1 to be 2/m)
    expect(lastLine(outcome)).toMatch(/^\d+ passed, 1 failed/)
    expect(outcome.code).toBe(1)
    expect(strict.output).not.toContain("unsteady")
    expect(lastLine(strict)).toMatch(/^\d+ passed, 2 failed/)
  })

  it("gives the domain's tests no permission in Deno", async () => {
    const reading = `import { readFileSync } from "node:fs"
import { it } from "@effect/vitest"
it("reads a file", () => {
  readFileSync("/etc/hostname")
})
it("reads the environment", () => {
  String(process.env["HOME"])
})
`
    standIn.plant("test/domain/Reading.test.ts", reading)
    const outcome = await lanes("unit,deno")
    standIn.plant("test/domain/Reading.test.ts", `import { it } from "@effect/vitest"\nit("is pure", () => {})\n`)
    expect(outcome.output).toMatch(/^unit .* 0 failed$/m)
    expect(outcome.output).toMatch(/^deno .* 2 failed$/m)
    expect(outcome.output).toContain("NotCapable: Requires read access")
    expect(outcome.output).toContain("NotCapable: Requires env access")
  })

  it("counts a file that does not load as a failure", async () => {
    standIn.plant("test/Broken.test.ts", `import "./nowhere.ts"\n`)
    const outcome = await lanes("unit")
    standIn.plant("test/Broken.test.ts", `import { it } from "vitest"\nit("loads", () => {})\n`)
    expect(outcome.code).toBe(1)
    expect(lastLine(outcome)).toMatch(/^\d+ passed, 1 failed$/)
  })

  it("counts a lane without a test as a failure", async () => {
    const outcome = await lanes("disk")
    expect({ code: outcome.code, last: lastLine(outcome) }).toEqual({ code: 1, last: "0 passed, 1 failed" })
  })

  it("says why a lane did not run", async () => {
    const outcome = await lanes("lab")
    expect(outcome.output).toContain("lab      not run: lab/make is not there")
    expect({ code: outcome.code, last: lastLine(outcome) }).toEqual({ code: 0, last: "0 passed, 0 failed" })
  })

  it("takes that for a failure where CI=true", async () => {
    const outcome = await lanes("lab", { CI: "true" })
    expect({ code: outcome.code, last: lastLine(outcome) }).toEqual({ code: 1, last: "0 passed, 1 failed" })
  })

  it("refuses a lane that is none", async () => {
    expect(await lanes("lob")).toMatchObject({ code: 2, output: expect.stringContaining(`no lane "lob"`) })
  })

  it("ends everything that it started when it is ended", async () => {
    const note = join(standIn.folder, "pid")
    standIn.plant(
      "test/Hanging.disk.test.ts",
      `import { writeFileSync } from "node:fs"
import { it } from "vitest"
it("never ends", async () => {
  writeFileSync("pid", String(process.pid))
  await new Promise(() => setInterval(() => {}, 1000))
})
`
    )
    const runner = spawn(process.execPath, [join(standIn.folder, "scripts", "test.mjs"), "--lane", "disk"], {
      cwd: standIn.folder,
      stdio: "ignore"
    })
    const ended = new Promise((resolve) => runner.once("exit", resolve))
    await vi.waitUntil(() => existsSync(note) && readFileSync(note, "utf8") !== "", { timeout: 30_000 })
    const pid = Number(readFileSync(note, "utf8"))
    runner.kill("SIGTERM")
    expect(await ended).toBe(143)
    await vi.waitUntil(() =>
      !existsSync(`/proc/${pid}`) || /^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"))
    )
  })
})
