/** The program as its users run it: bundled, and started as a process of its own. */
import { spawnSync } from "node:child_process"
import { chmodSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { build } from "esbuild"

/** A bundle in a folder of its own. */
export interface Program {
  /** What runs the program: the words that come before its arguments. */
  readonly command: readonly [program: string, script: string]
  /** Runs `stasis ...argv` to its end, with these variables and the `PATH` alone. */
  readonly stasis: (argv: ReadonlyArray<string>, env?: Readonly<Record<string, string>>) => Ended
  /** Runs a line of bash, in which `$STASIS` is the program. */
  readonly bash: (line: string, env?: Readonly<Record<string, string>>) => Ended
  readonly remove: () => void
}

/** What a process left. */
interface Ended {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** Makes the bundle. */
export const make = async (): Promise<Program> => {
  const folder = mkdtempSync(join(tmpdir(), "stasis-program-"))
  // Another user may run it, too.
  chmodSync(folder, 0o755)
  const script = join(folder, "stasis.js")
  await build({
    entryPoints: [join(import.meta.dirname, "../../src/cli/main.ts")],
    outfile: script,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    external: ["@parcel/watcher"],
    banner: { js: `import { createRequire } from "node:module"; const require = createRequire(import.meta.url)` },
    logLevel: "silent"
  })
  const run = (program: string, args: ReadonlyArray<string>, env: Readonly<Record<string, string>>): Ended => {
    const { status, stderr, stdout } = spawnSync(program, args, {
      env: { PATH: process.env["PATH"], STASIS: `${process.execPath} ${script}`, ...env },
      encoding: "utf8",
      timeout: 60_000
    })
    return { code: status, out: stdout, err: stderr }
  }
  return {
    command: [process.execPath, script],
    stasis: (argv, env = {}) => run(process.execPath, [script, ...argv], env),
    bash: (line, env = {}) => run("bash", ["--norc", "--noprofile", "-c", line], env),
    remove: () => rmSync(folder, { recursive: true })
  }
}
