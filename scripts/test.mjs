// `npm test`: every test of the project, in lanes, quick ones first. Says which lanes ran, why one did not and what would
// make it run, and ends with one line: `N passed, N failed`. What is in which lane, `vitest.config.ts` decides by name.
//
//   npm test                     all lanes; with CI=true a lane that cannot run is a failure
//   npm test -- --lane unit,lab  these lanes
import { existsSync } from "node:fs"
import { mkdir, readdir, readFile, rm } from "node:fs/promises"
import { join, relative } from "node:path"
import process from "node:process"
import { parseArgs } from "node:util"
import { root, run } from "./children.mjs"

/**
 * How many tests there were, and how they went.
 *
 * @typedef {{ readonly passed: number, readonly failed: number, readonly skipped: number }} Counts
 */

/**
 * One command of a lane, and how its tests are counted from what it wrote.
 *
 * @typedef {{
 *   readonly command: ReadonlyArray<string>
 *   readonly lane?: string
 *   readonly report?: string
 *   readonly count: (text: string) => Counts
 *   readonly unsteady?: (text: string) => ReadonlyArray<string>
 * }} Step
 */

/**
 * `obstacle` says why the lane cannot run here, with what would make it run; `seconds` bounds each of its steps.
 *
 * @typedef {{
 *   readonly seconds: number
 *   readonly obstacle?: () => Promise<string | undefined>
 *   readonly steps: () => Promise<ReadonlyArray<Step>>
 * }} Lane
 */

const reports = join(root, ".cache", "lanes")

/** @type {Counts} */
const none = { passed: 0, failed: 0, skipped: 0 }

/** @param {Counts} a @param {Counts} b @returns {Counts} */
const plus = (a, b) => ({ passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped })

/**
 * What passed at its second try only (`vitest.config.ts` gives it one where CI=true), with what the first one saw: no failure of this
 * run, but never silent.
 *
 * @param {string} json the report of vitest
 * @returns {ReadonlyArray<string>}
 */
const unsteady = (json) => {
  /** @type {{ testResults: ReadonlyArray<{ name: string, assertionResults: ReadonlyArray<{ status: string, fullName: string, failureMessages: ReadonlyArray<string> }> }> }} */
  const report = JSON.parse(json)
  return report.testResults.flatMap(({ assertionResults, name }) =>
    assertionResults.filter(({ failureMessages, status }) => status === "passed" && failureMessages.length > 0).map(
      ({ failureMessages, fullName }) => `${relative(root, name)} > ${fullName}\n${failureMessages.join("\n")}`
    )
  )
}

/** @param {string} json the report of vitest @returns {Counts} */
const countVitest = (json) => {
  const report = JSON.parse(json)
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests,
    skipped: report.numPendingTests + report.numTodoTests
  }
}

/** @param {string} xml the report of `deno test` @returns {Counts} */
const countJunit = (xml) => {
  /** @param {string} name */
  const sum = (name) =>
    [...xml.matchAll(new RegExp(`<testsuite .*?\\b${name}="(\\d+)"`, "g"))].reduce((n, m) => n + Number(m[1]), 0)
  const failed = sum("failures") + sum("errors")
  return { passed: sum("tests") - failed - sum("disabled"), failed, skipped: sum("disabled") }
}

/** @param {string} output of `npm run check` @returns {Counts} */
const countChecks = (output) => ({
  passed: output.match(/^ok /gm)?.length ?? 0,
  failed: output.match(/^FAILED /gm)?.length ?? 0,
  skipped: 0
})

/** @param {string} output of a script of `lab/` or `test/lab/` @returns {Counts} */
const countScript = (output) => ({
  passed: output.match(/^ok: /gm)?.length ?? 0,
  failed: output.match(/^FAILED: /gm)?.length ?? 0,
  skipped: 0
})

/** A program that ends well is one test that passed. @returns {Counts} */
const countRun = () => ({ ...none, passed: 1 })

/** @param {string} lane @param {ReadonlyArray<string>} [before] what the command is run by @returns {Step} */
const vitest = (lane, before = []) => {
  const report = join(reports, `${lane}.json`)
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`]
  const command = [...before, "node_modules/.bin/vitest", "run", ...reporters]
  return { command, lane, report, count: countVitest, unsteady }
}

/** @param {string} lane @param {ReadonlyArray<string>} args @returns {Step} */
const denoTest = (lane, args) => {
  const report = join(reports, `${lane}.xml`)
  return { command: ["deno", "test", "--no-prompt", `--junit-path=${report}`, ...args], report, count: countJunit }
}

/** Files of a folder of the project that end so, sorted; none where there is no such folder. @param {string} folder @param {string} end */
const files = async (folder, end) =>
  existsSync(join(root, folder))
    ? (await readdir(join(root, folder), { recursive: true })).filter((file) => file.endsWith(end)).sort().map((file) =>
      join(folder, file)
    )
    : []

const inLab = ["lab/enter", "--if-needed", "--env", "NO_COLOR", "--env", "DENO_DIR", "--env", "DENO_NO_UPDATE_CHECK"]

/** @type {Record<string, Lane>} */
const lanes = {
  unit: {
    seconds: 600,
    steps: async () => [vitest("unit")]
  },
  // No permission to do IO is given, so what passes here does none: neither the domain nor a program on the in-memory layer.
  deno: {
    seconds: 300,
    steps: async () => [
      denoTest("deno", ["--no-check", "test/domain"]),
      // The in-memory file system asks who owns what it makes, and no more.
      {
        command: ["deno", "run", "--quiet", "--no-prompt", "--allow-sys=uid,gid", "examples/memory.ts"],
        count: countRun
      }
    ]
  },
  house: {
    seconds: 600,
    steps: async () => [vitest("house"), { command: ["node", "scripts/check.mjs"], count: countChecks }]
  },
  // The examples in docstrings and in `examples/` run, and print what they say. Those of the pages, which may ask for a
  // real container, are type-checked; a fragment is fenced as `ts ignore`.
  examples: {
    seconds: 300,
    steps: async () => {
      const pages = ["README.md", ...await files("docs", ".md")].filter((file) => existsSync(join(root, file)))
      return [
        vitest("examples"),
        ...pages.map((file) => ({ command: ["deno", "check", "--quiet", "--doc-only", file], count: countRun }))
      ]
    }
  },
  disk: {
    seconds: 900,
    steps: async () => [vitest("disk")]
  },
  // What is made for a browser, in a real one.
  browser: {
    seconds: 300,
    obstacle: async () => {
      const { code, output } = await run("node", ["scripts/browser.mjs", "--check"])
      return code === 0 ? undefined : output.trim()
    },
    steps: async () => [
      { command: ["node", "scripts/browser.mjs"], count: () => none },
      vitest("browser")
    ]
  },
  lab: {
    seconds: 1200,
    obstacle: async () => {
      if (!existsSync(join(root, "lab", "make"))) return "lab/make is not there"
      const { code, output } = await run("lab/make", ["--check"])
      return code === 0 ? undefined : output.trim()
    },
    steps: async () => [
      { command: ["lab/make"], count: () => none },
      vitest("lab", inLab),
      // The lab itself, seen from the machine. `test/lab/making.sh` builds it again and again, which is too much for each run.
      { command: ["lab/selftest"], count: countScript },
      { command: ["test/lab/entering.sh"], count: countScript }
    ]
  },
  // What needs a kernel that tracks changed memory, on Debian's own, in an imitated machine: last, for it is slow.
  kernel: {
    seconds: 900,
    obstacle: async () => {
      if (!existsSync(join(root, "lab", "boot"))) return "lab/boot is not there"
      const { code, output } = await run("lab/boot", ["--check"])
      return code === 0 ? undefined : output.trim()
    },
    steps: async () => [
      { command: ["lab/kernel"], count: () => none },
      vitest("kernel", ["lab/boot", "--seconds", "800", "--env", "NO_COLOR"]),
      { command: ["test/lab/booting.sh"], count: countScript }
    ]
  }
}

/** @param {Step} step @param {number} seconds @returns {Promise<Counts & { output: string, unsteady: ReadonlyArray<string> }>} */
const take = async (step, seconds) => {
  const [program = "", ...args] = step.command
  if (step.report !== undefined) await rm(step.report, { force: true })
  const { code, output } = await run(program, args, {
    seconds,
    ...(step.lane === undefined ? {} : { env: { STASIS_LANE: step.lane } })
  })
  const text = step.report === undefined ? output : await readFile(step.report, "utf8").catch(() => undefined)
  const counts = text === undefined ? none : step.count(text)
  const unsteady = text === undefined ? [] : step.unsteady?.(text) ?? []
  // What fails outside of any test (a file that does not load, a crash, the time bound) is a failure all the same.
  if (code === 0 || counts.failed > 0) return { ...counts, output, unsteady }
  return {
    ...(step.report === undefined ? none : counts),
    failed: 1,
    unsteady,
    output: `${output.trimEnd()}\n(exit code ${code})\n`
  }
}

/**
 * Where CI=true, a script that fails has its second try, as a test of vitest has, and that is said.
 *
 * @param {Step} step @param {number} seconds
 */
const takeSteadily = async (step, seconds) => {
  const first = await take(step, seconds)
  if (first.failed === 0 || step.count !== countScript || process.env["CI"] !== "true") return first
  const second = await take(step, seconds)
  return second.failed > 0 ? second : { ...second, unsteady: [`${step.command.join(" ")}\n${first.output.trimEnd()}`] }
}

/** @param {string} name @param {Lane} lane @returns {Promise<Counts>} */
const travel = async (name, lane) => {
  const started = performance.now()
  const obstacle = await lane.obstacle?.()
  if (obstacle !== undefined) {
    const counts = process.env["CI"] === "true" ? { ...none, failed: 1 } : none
    console.log(`${name.padEnd(8)} ${counts.failed > 0 ? "FAILED, " : ""}not run: ${obstacle}`)
    return counts
  }
  let counts = none
  let output = ""
  for (const step of await lane.steps()) {
    const result = await takeSteadily(step, lane.seconds)
    counts = plus(counts, result)
    for (const one of result.unsteady) {
      console.log(`unsteady, passed at its second try: ${one}`.replace(/\n/g, "\n  | "))
    }
    if (result.failed > 0) output += `$ ${step.command.join(" ")}\n${result.output.trimEnd()}\n`
  }
  if (counts.passed + counts.failed === 0) {
    counts = plus(counts, { ...none, failed: 1 })
    output += "The lane ran no test at all.\n"
  }
  if (output !== "") console.log(output.trimEnd().replace(/^/gm, "  | "))
  const seconds = `${((performance.now() - started) / 1000).toFixed(1)} s`
  console.log(`${name.padEnd(8)} ${seconds.padStart(8)}  ${counts.failed > 0 ? "FAILED: " : ""}${summary(counts)}`)
  return counts
}

/** @param {Counts} counts */
const summary = ({ failed, passed, skipped }) =>
  `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`

const { values } = parseArgs({ options: { lane: { type: "string" } } })
const wanted = values.lane === undefined ? Object.keys(lanes) : values.lane.split(",")
const unknown = wanted.filter((name) => !(name in lanes))
if (unknown.length > 0) {
  console.error(`There is no lane "${unknown.join('", "')}"; there are: ${Object.keys(lanes).join(", ")}`)
  process.exit(2)
}

await mkdir(reports, { recursive: true })
let total = none
for (const [name, lane] of Object.entries(lanes)) {
  if (wanted.includes(name)) total = plus(total, await travel(name, lane))
  else console.log(`${name.padEnd(8)} not run: not asked for`)
}
console.log(summary(total))
process.exitCode = total.failed > 0 ? 1 : 0
