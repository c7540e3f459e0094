// `npm run check`: everything that is true of the source without running it, one line for each check.
//
//   npm run check                      all of them; those that fail show what they found
//   npm run check -- --only lint,types
import { existsSync } from "node:fs"
import { availableParallelism } from "node:os"
import { join } from "node:path"
import process from "node:process"
import { parseArgs } from "node:util"
import { root, run } from "./children.mjs"

/** @param {string} folder */
const isThere = (folder) => existsSync(join(root, folder))

/** What is compiled apart, and held to rules of its own. */
const projects = ["tsconfig.json", "test/tsconfig.json", "bench/tsconfig.json", "scripts/tsconfig.json"].filter(isThere)

const diagnostics = ["effect-language-service", "diagnostics", "--format", "text", "--strict"]

/**
 * In the order in which they are shown: quick ones first. A check passes when all its commands do; one that does not shows
 * what they wrote, or of it what matches `shown`.
 *
 * @type {Record<string, { proves: string, commands: ReadonlyArray<ReadonlyArray<string>>, shown?: RegExp }>}
 */
const checks = {
  format: {
    proves: "every file is laid out alike (npm run format mends it)",
    commands: [["deno", "fmt", "--check"]],
    shown: /^(from|error:) .*/gm
  },
  lint: {
    proves: "no any, no throw, no clock and no chance in the domain",
    commands: [[
      "biome",
      "lint",
      "--error-on-warnings",
      "--diagnostic-level=warn",
      "--max-diagnostics=200",
      "--colors=off"
    ]]
  },
  lock: {
    proves: "the lock file installs on any platform, from any registry",
    commands: [["node", "scripts/lock.mjs"]]
  },
  folders: {
    proves: "domain ← effects ← layers/shared ← layers/<world> ← cli",
    commands: [[
      "depcruise",
      "--config",
      ".dependency-cruiser.mjs",
      "--output-type",
      "err-long",
      "--no-progress",
      "src"
    ]]
  },
  unused: {
    proves: "no file, export or dependency that nobody uses",
    commands: [["knip", "--no-progress", "--no-config-hints"]]
  },
  pure: {
    proves: "domain and effects name no global of a host",
    commands: [["tsc", "-p", "tsconfig.pure.json", "--pretty", "false"]]
  },
  types: {
    proves: "the types hold, in Node.js",
    commands: projects.map((project) => ["tsc", "-p", project, "--pretty", "false"])
  },
  effect: {
    proves: "no effect is left floating, no error or requirement leaks",
    // Of the scripts none uses Effect.
    commands: projects.slice(0, -1).map((project) => [...diagnostics, "--project", project])
  },
  deno: {
    proves: "the types hold, in Deno, on the unbuilt source",
    commands: [["deno", "check", "--quiet", ...["src", "test/shim", "examples", "bench"].filter(isThere)]]
  },
  package: {
    proves: "what would be published installs, imports and type-checks",
    commands: [["node", "scripts/package.mjs"]]
  }
}

const { values } = parseArgs({ options: { only: { type: "string" }, list: { type: "boolean" } } })

const wanted = values.only === undefined ? Object.keys(checks) : values.only.split(",")
const unknown = wanted.filter((name) => !(name in checks))
if (unknown.length > 0) {
  console.error(`There is no check "${unknown.join('", "')}"; there are: ${Object.keys(checks).join(", ")}`)
  process.exit(2)
}
if (values.list) {
  for (const name of wanted) console.log(`${name.padEnd(8)} ${checks[name]?.proves}`)
  process.exit(0)
}

/** @param {string} name */
const check = async (name) => {
  let seconds = 0
  let output = ""
  let passed = true
  for (const [program = "", ...args] of checks[name]?.commands ?? []) {
    const result = await run(program, args)
    seconds += result.seconds
    if (result.code !== 0) {
      passed = false
      const shown = checks[name]?.shown
      output += shown === undefined ? result.output : result.output.match(shown)?.join("\n") ?? result.output
    }
  }
  return { name, passed, output, seconds }
}

// As many at once as there are processors, each begun in its turn and shown in its turn.
let free = availableParallelism()
/** @type {Array<() => void>} */
const waiting = []
const begun = wanted.map(async (name) => {
  if (free > 0) free -= 1
  else await new Promise((resolve) => waiting.push(() => resolve(undefined)))
  const result = await check(name)
  const next = waiting.shift()
  if (next === undefined) free += 1
  else next()
  return result
})

const failed = []
for (const running of begun) {
  const { name, output, passed, seconds } = await running
  console.log(
    `${passed ? "ok    " : "FAILED"} ${name.padEnd(8)} ${seconds.toFixed(1).padStart(5)} s  ${checks[name]?.proves}`
  )
  if (!passed) {
    failed.push(name)
    console.log(output.trimEnd().replace(/^/gm, "       "))
  }
}

console.log(failed.length === 0 ? `all ${wanted.length} checks pass` : `failed: ${failed.join(", ")}`)
process.exitCode = failed.length === 0 ? 0 : 1
