// The package check: builds and packs a copy of the project, installs the archive as a user would, and tries every export
// in Node.js, in Deno and in the compiler. Leaves nothing behind, and touches neither `dist/` nor the network.
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import process from "node:process"
import { root, run } from "./children.mjs"

const work = await mkdtemp(join(tmpdir(), "stasis-package-"))
const source = join(work, "source")
const consumer = join(work, "consumer")
const installed = join(consumer, "node_modules", "stasis")

/** @type {Array<string>} */
const problems = []

/**
 * Runs one step; what goes wrong in it is one problem.
 *
 * @param {string} what
 * @param {ReadonlyArray<string>} command
 * @param {string} cwd
 */
const step = async (what, [program = "", ...args], cwd) => {
  const result = await run(program, args, { cwd })
  if (result.code !== 0) problems.push(`${what}:\n${result.output.trim()}`)
  return result
}

/** Puts packages of the project's own into the consumer's, and what they stand on stays out of its sight. @param {ReadonlyArray<string>} names */
const provide = async (names) => {
  for (const name of names) {
    const place = join(consumer, "node_modules", name)
    await mkdir(dirname(place), { recursive: true })
    await symlink(join(root, "node_modules", name), place)
  }
}

/** A program that imports every entry point, and says which of them does not load or offers nothing. @param {ReadonlyArray<string>} entries */
const importing = (entries) =>
  entries.map((entry) => `
try {
  const { length } = Object.keys(await import("${entry}"))
  if (length === 0) throw new Error("it exports nothing")
} catch (error) {
  console.error("${entry}:", error.message)
  process.exitCode = 1
}
`).join("")

/** The same for a compiler. @param {ReadonlyArray<string>} entries */
const typed = (entries) =>
  entries.map((entry, index) =>
    `import * as entry${index} from "${entry}"\nexport const keys${index} = Object.keys(entry${index})\n`
  )
    .join("")

const check = async () => {
  const kept = (await readdir(root)).filter((name) =>
    !["node_modules", "dist", ".git", ".cache", "coverage"].includes(name)
  )
  for (const name of kept) await cp(join(root, name), join(source, name), { recursive: true })
  await symlink(join(root, "node_modules"), join(source, "node_modules"))

  if ((await step("the build", ["node", "scripts/build.mjs"], source)).code !== 0) return
  const packed = await step(
    "npm pack",
    ["npm", "pack", "--ignore-scripts", "--loglevel=error", "--pack-destination", work],
    source
  )
  if (packed.code !== 0) return
  const archive = (await readdir(work)).find((name) => name.endsWith(".tgz"))
  if (archive === undefined) {
    problems.push("npm pack made no archive")
    return
  }
  const file = join(work, archive)

  await mkdir(installed, { recursive: true })
  await step("unpacking", ["tar", "-xzf", file, "-C", installed, "--strip-components=1"], work)
  const manifest = JSON.parse(await readFile(join(installed, "package.json"), "utf8"))
  const entries = Object.keys(manifest.exports)
    .filter((key) => !key.endsWith(".json"))
    .map((key) => join("stasis", key))

  await Promise.all([
    step("publint", ["publint", "run", file, "--strict"], root),
    step("are the types wrong", ["attw", file, "--profile", "esm-only", "--no-emoji", "--no-color"], root)
  ])

  for (const text of await readdir(installed, { recursive: true })) {
    if (!/\.(js|ts|map|json|txt|md)$/.test(text)) continue
    const content = await readFile(join(installed, text), "utf8")
    if (content.includes(work) || content.includes(`${root}/`)) problems.push(`${text} names a folder of this machine`)
  }

  // As a user's project: what the package declares is there, and nothing else.
  const optional = Object.keys(manifest.peerDependenciesMeta ?? {})
  const peers = Object.keys(manifest.peerDependencies ?? {}).filter((name) => !optional.includes(name))
  await provide([...Object.keys(manifest.dependencies ?? {}), ...peers])
  await writeFile(join(consumer, "package.json"), `{ "type": "module", "private": true }`)
  const lean = entries.filter((entry) =>
    !["stasis/Containerd", "stasis/Criu", "stasis/Docker", "stasis/Oci"].includes(entry)
  )
  await writeFile(join(consumer, "lean.js"), importing(lean))
  await step("importing without optional peers, in Node.js", ["node", "lean.js"], consumer)

  await provide([...optional, "@types/node"])
  await writeFile(join(consumer, "all.ts"), typed(entries))
  await writeFile(join(consumer, "all.js"), importing(entries))
  await writeFile(join(consumer, "deno.json"), `{ "nodeModulesDir": "manual" }`)
  const options = ["--noEmit", "--strict", "--exactOptionalPropertyTypes", "--target", "ES2023", "--types", "node"]
  await Promise.all([
    step("importing, in Node.js", ["node", "all.js"], consumer),
    step("importing, in Deno", ["deno", "run", "--quiet", "--allow-all", "all.js"], consumer),
    step("type-checking a user's file, in Deno", ["deno", "check", "--quiet", "all.ts"], consumer),
    step("type-checking a user's file", ["tsc", ...options, "--module", "NodeNext", "all.ts"], consumer),
    step(
      "type-checking a user's file that a bundler resolves",
      ["tsc", ...options, "--skipLibCheck", "--module", "ESNext", "--moduleResolution", "Bundler", "all.ts"],
      consumer
    )
  ])

  for (const [name, path] of Object.entries(manifest.bin)) {
    const { output } = await step(`${name} --version`, ["node", join(installed, path), "--version"], consumer)
    if (output.trim() !== manifest.version) {
      problems.push(`${name} --version says "${output.trim()}", package.json "${manifest.version}"`)
    }
  }
}

try {
  await check()
} finally {
  await rm(work, { recursive: true, force: true })
}

for (const problem of problems) console.log(`${problem}\n`)
process.exitCode = problems.length === 0 ? 0 : 1
