// Child processes of the project's own tooling: started in a process group of their own, so that nothing of them outlives
// the command that started them. Knows nothing of what they do.
import { spawn } from "node:child_process"
import { mkdirSync } from "node:fs"
import { constants } from "node:os"
import { delimiter, join } from "node:path"
import { fileURLToPath } from "node:url"

/** The folder of the project. */
export const root = fileURLToPath(new URL("..", import.meta.url)).replace(/\/$/, "")

/**
 * What a child sees: the project's programs first in the path, and caches inside the project (a home folder may be
 * missing).
 */
export const environment = {
  ...process.env,
  PATH: [join(root, "node_modules", ".bin"), process.env["PATH"]].join(delimiter),
  DENO_DIR: process.env["DENO_DIR"] ?? join(root, ".cache", "deno"),
  DENO_NO_UPDATE_CHECK: "1",
  DENO_NO_PROMPT: "1",
  NO_COLOR: "1",
  NO_UPDATE_NOTIFIER: "1"
}

/** @type {Set<number>} */
const groups = new Set()

/**
 * Runs a program to its end, with nothing on its standard input.
 *
 * @param {string} program
 * @param {ReadonlyArray<string>} args
 * @param {{ cwd?: string, env?: Record<string, string>, seconds?: number }} [options] `seconds` ends it, and is an error
 * @returns {Promise<{ code: number, output: string, seconds: number }>} what it wrote on both its outputs, in order
 */
export const run = (program, args, options = {}) =>
  new Promise((resolve) => {
    const started = performance.now()
    /** @type {Array<Buffer>} */
    const chunks = []
    const child = spawn(program, args, {
      cwd: options.cwd ?? root,
      env: { ...environment, ...options.env },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true
    })
    const group = child.pid
    if (group !== undefined) groups.add(group)
    /** @type {NodeJS.Timeout | undefined} */
    let timer
    /** @param {number} code @param {string} [note] */
    const end = (code, note = "") => {
      clearTimeout(timer)
      if (group !== undefined) groups.delete(group)
      resolve({
        code,
        output: Buffer.concat(chunks).toString("utf8") + note,
        seconds: (performance.now() - started) / 1000
      })
    }
    if (options.seconds !== undefined && group !== undefined) {
      const bound = options.seconds
      timer = setTimeout(() => {
        chunks.push(Buffer.from(`\nended after ${bound} s, its time bound\n`))
        void endGroup(group)
      }, bound * 1000)
    }
    child.stdout.on("data", (chunk) => chunks.push(chunk))
    child.stderr.on("data", (chunk) => chunks.push(chunk))
    child.on("error", (error) => end(127, `${program}: ${error.message}\n`))
    child.on("close", (code, signal) =>
      end(
        code ?? 128 + (signal === null ? 0 : constants.signals[signal]),
        signal === null ? "" : `ended by ${signal}\n`
      ))
  })

/** Asks a process group to end, and ends it after five seconds. @param {number} group */
const endGroup = async (group) => {
  signalGroup(group, "SIGTERM")
  for (let waited = 0; waited < 5000 && signalGroup(group, 0); waited += 50) {
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  signalGroup(group, "SIGKILL")
}

/** Whether there was anybody to signal. @param {number} group @param {NodeJS.Signals | 0} signal */
const signalGroup = (group, signal) => {
  try {
    return process.kill(-group, signal)
  } catch {
    return false
  }
}

for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) {
  process.once(signal, () => {
    void Promise.all([...groups].map(endGroup)).then(() => process.exit(128 + constants.signals[signal]))
  })
}

mkdirSync(join(root, ".cache"), { recursive: true })
