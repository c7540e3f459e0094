// `npm run bench`: what stasis costs, measured beside the bare thing in one run, as a table. Needs nothing but the project for
// `list`, `memory` and `startup`; the others run in the lab: create and restore of containers by size, those of Docker beside its own commands, and peak memory.
//
//   npm run bench                          everything (about twenty minutes)
//   npm run bench -- --quick               fewer runs, small containers only (about four minutes)
//   npm run bench -- --only list,memory    these pieces
//   npm run bench -- --json                the rows as JSON, for programs
import { spawn } from "node:child_process"
import { mkdir } from "node:fs/promises"
import { join } from "node:path"
import process from "node:process"
import { parseArgs } from "node:util"
import { build } from "esbuild"
import { bundling } from "../scripts/bundle.mjs"
import { root, run } from "../scripts/children.mjs"

/** Whether a piece needs real containers, or which packages beside them. @type {Record<string, boolean | string>} */
const pieces = {
  list: false,
  memory: false,
  startup: false,
  process16MiB: true,
  process256MiB: true,
  process1024MiB: true,
  "16MiB": true,
  "256MiB": true,
  "1024MiB": true,
  lazy: true,
  docker: true,
  inspect: "checkpointctl podman",
  peak: true
}

/**
 * One line of the table; `Row.ts` says what is in it.
 *
 * @typedef {import("./Row.ts").Row} Row
 */

/** The bundles, which `Program.ts` looks for. @param {string} folder */
const bundleInto = async (folder) => {
  await mkdir(folder, { recursive: true })
  const program = { in: join(root, "src", "cli", "main.ts"), out: "stasis" }
  await build({ ...bundling, entryPoints: [program], outdir: folder, absWorkingDir: root })
  await build({ ...bundling, minifySyntax: false, entryPoints: [join(root, "bench", "main.ts")], outdir: folder })
}

/**
 * Measures pieces in one process, in the lab where they need containers.
 *
 * @param {ReadonlyArray<string>} names
 * @param {ReadonlyArray<string>} before what the process is run by
 * @param {string} folder
 * @param {boolean} quick
 * @returns {Promise<{ rows: Array<Row>, code: number }>}
 */
const measure = (names, before, folder, quick) =>
  new Promise((resolve) => {
    const [program = "", ...args] = [
      ...before,
      "node",
      join(folder, "main.js"),
      ...names,
      ...(quick ? ["--quick"] : [])
    ]
    const child = spawn(program, args, { cwd: root, stdio: ["ignore", "pipe", "inherit"] })
    let output = ""
    child.stdout.setEncoding("utf8").on("data", (text) => {
      output += text
    })
    child.on("close", (code) => {
      const rows = output.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line))
      resolve({ rows, code: code ?? 1 })
    })
  })

/** @param {ReadonlyArray<Row>} rows */
const table = (rows) => {
  const lines = [["what", "ours", "bare", "ratio", "spread", "bound", "holds"]]
  for (const { bare, bound, holds, ours, ratio, spread, what } of rows) {
    lines.push([what, ours, bare, ratio, spread, bound, holds === undefined ? "" : holds ? "yes" : "NO"])
  }
  const widths = lines[0]?.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0))) ?? []
  return lines.map((line) => line.map((text, column) => text.padEnd(widths[column] ?? 0)).join("  ").trimEnd()).join(
    "\n"
  )
}

const { values } = parseArgs({
  options: { only: { type: "string" }, quick: { type: "boolean" }, json: { type: "boolean" } }
})
const quick = values.quick === true
const whole = Object.keys(pieces).filter((name) => !quick || !/(1024|256)MiB$|^lazy$/.test(name))
const wanted = values.only === undefined ? whole : values.only.split(",")
const unknown = wanted.filter((name) => !(name in pieces))
if (unknown.length > 0) {
  console.error(`There is no piece "${unknown.join('", "')}"; there are: ${Object.keys(pieces).join(", ")}`)
  process.exit(2)
}

const folder = join(root, ".cache", "bench")
await bundleInto(folder)

/** @type {Array<Row>} */
const rows = []
let failed = false
const here = wanted.filter((name) => pieces[name] === false)
if (here.length > 0) {
  const measured = await measure(here, [], folder, quick)
  rows.push(...measured.rows)
  failed ||= measured.code !== 0
}
for (const packages of new Set(Object.values(pieces).filter((needs) => needs !== false))) {
  const there = wanted.filter((name) => pieces[name] === packages)
  if (there.length === 0) continue
  // What a machine has beside CRIU and the runtimes is not known: those that need more are measured in the lab.
  const before = [join(root, "lab", "enter"), ...(packages === true ? ["--if-needed"] : [])]
  if (packages !== true) before.unshift("env", `STASIS_LAB_PACKAGES=${packages}`)
  const lab = await run("env", [`STASIS_LAB_PACKAGES=${packages === true ? "" : packages}`, join(root, "lab", "make")])
  if (lab.code === 0) {
    const measured = await measure(there, before, folder, quick)
    rows.push(...measured.rows)
    failed ||= measured.code !== 0
  } else {
    console.error(`not measured: ${there.join(", ")}, for there is no lab:\n${lab.output.trimEnd()}`)
    failed = true
  }
}

const missed = rows.filter((row) => row.holds === false)
if (values.json === true) console.log(JSON.stringify(rows, null, 2))
else {
  console.log(table(rows))
  console.log(missed.length === 0 ? "every bound holds" : `${missed.length} bounds do not hold`)
}
process.exitCode = failed || missed.length > 0 ? 1 : 0
