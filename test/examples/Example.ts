// Running the files of `examples/` as a user would, in Node.js and in Deno.
import { spawnSync } from "node:child_process"
import { join } from "node:path"
import process from "node:process"

/** The folder of the project. */
export const root: string = join(import.meta.dirname, "..", "..")

/** How a program ended and what it wrote. */
export interface Ended {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs an example in Node.js, on the source. */
export const inNode = (name: string): Ended => run(process.execPath, [join(root, "examples", "run.mjs"), name])

/** Runs an example in Deno, on the source, with these permissions. */
export const inDeno = (name: string, permissions: ReadonlyArray<string>): Ended =>
  run(join(root, "node_modules", ".bin", "deno"), [
    "run",
    "--quiet",
    "--no-prompt",
    ...permissions,
    join(root, "examples", `${name}.ts`)
  ])

/** Runs a program in the project's folder. */
export const run = (program: string, args: ReadonlyArray<string>): Ended => {
  const { status, stderr, stdout } = spawnSync(program, args, {
    cwd: root,
    encoding: "utf8",
    env: {
      ...process.env,
      NO_COLOR: "1",
      DENO_NO_UPDATE_CHECK: "1",
      DENO_DIR: process.env["DENO_DIR"] ?? join(root, ".cache", "deno")
    }
  })
  return { status, stdout, stderr }
}
