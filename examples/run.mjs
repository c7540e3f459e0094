// Runs one example in Node.js on the source, without a build: `node examples/run.mjs memory`. Deno needs no such thing:
// `deno run examples/memory.ts`.
import { spawnSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import process from "node:process"
import { build } from "esbuild"
import { bundling } from "../scripts/bundle.mjs"
import { root } from "../scripts/children.mjs"

const [, , name = "memory", ...args] = process.argv
const bundle = join(root, ".cache", "examples", `${name}.js`)

// The names under which users import the package, and where they are in the source: those of Deno.
const { imports } = JSON.parse(readFileSync(join(root, "deno.json"), "utf8"))
const alias = Object.fromEntries(
  Object.entries(imports)
    .filter(([from]) => from.startsWith("stasis"))
    .map(([from, to]) => [from, join(root, to)])
)

await build({ ...bundling, alias, entryPoints: [join(root, "examples", `${name}.ts`)], outfile: bundle })
process.exitCode = spawnSync(process.execPath, [bundle, ...args], { stdio: "inherit" }).status ?? 1
