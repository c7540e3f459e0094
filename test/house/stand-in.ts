// A copy of the project in a folder of its own, to plant violations in: the real configuration and scripts around a small
// stand-in for the source. The real source is never touched, and may be broken while these tests run.
import { execFile } from "node:child_process"
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"

const project = join(import.meta.dirname, "..", "..")

/** What a script of the project ended with: its exit code, and both its outputs. */
export interface Outcome {
  readonly code: number
  readonly output: string
}

/** A copy of the project. */
export interface StandIn {
  readonly folder: string
  /** Writes a file of the copy. */
  readonly plant: (file: string, text: string) => void
  /** Changes the text of a file of the copy; it is an error when that changes nothing. */
  readonly change: (file: string, change: (text: string) => string) => void
  /** Runs a script of the copy's `scripts/`. */
  readonly run: (script: string, args: ReadonlyArray<string>, env?: Record<string, string>) => Promise<Outcome>
  readonly remove: () => void
}

/** Makes a copy that passes every check. */
export const make = (): StandIn => {
  const folder = mkdtempSync(join(tmpdir(), "stasis-house-"))
  const files = [
    ".dependency-cruiser.mjs",
    ".gitignore",
    "biome.json",
    "CHANGELOG.md",
    "deno.json",
    "knip.json",
    "LICENSE",
    "package.json",
    "package-lock.json",
    "scripts/build.mjs",
    "scripts/bundle.mjs",
    "scripts/check.mjs",
    "scripts/children.mjs",
    "scripts/lint",
    "scripts/lock.mjs",
    "scripts/package.mjs",
    "scripts/test.mjs",
    "scripts/tsconfig.json",
    "tsconfig.build.json",
    "tsconfig.json",
    "tsconfig.pure.json",
    "vitest.config.ts",
    "test/shim",
    "test/tsconfig.json"
  ]
  for (const file of files) cpSync(join(project, file), join(folder, file), { recursive: true })
  cpSync(join(import.meta.dirname, "stand-in"), folder, { recursive: true })
  symlinkSync(join(project, "node_modules"), join(folder, "node_modules"))

  const plant = (file: string, text: string): void => {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    writeFileSync(join(folder, file), text)
  }
  const change = (file: string, change: (text: string) => string): void => {
    const text = readFileSync(join(folder, file), "utf8")
    const changed = change(text)
    if (changed === text) throw new Error(`nothing to change in ${file}`)
    plant(file, changed)
  }

  // The stand-in is no library of checkpoints and has no page for a browser: it needs fewer packages, and its command line says the
  // version of ours.
  const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"))
  const { "playwright-core": _, ...devDependencies } = manifest.devDependencies
  change("src/cli/main.ts", (text) => text.replace("0.0.0", manifest.version))
  plant("package.json", `${JSON.stringify({ ...manifest, dependencies: {}, devDependencies }, null, 2)}\n`)

  return {
    folder,
    plant,
    change,
    run: (script, args, env) =>
      new Promise((resolve) => {
        const options = { cwd: folder, env: { ...process.env, ...env }, maxBuffer: 2 ** 26 }
        execFile(process.execPath, [join(folder, "scripts", script), ...args], options, (error, stdout, stderr) =>
          resolve({ code: error === null ? 0 : Number(error.code ?? 1), output: stdout + stderr }))
      }),
    remove: () => rmSync(folder, { recursive: true, force: true })
  }
}
