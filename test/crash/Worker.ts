/** Starts workers from one small bundle, gives them their jobs, and kills them. */
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { createInterface } from "node:readline"
import { build } from "esbuild"
import type { Job, Outcome } from "./Job.ts"

/** Makes the bundle that workers run: a process of it starts in a fraction of the time that the sources take. */
export const bundle = async (
  folder: string,
  entry: "criuWorker.lab.ts" | "worker.disk.ts" | "worker.lab.ts" = "worker.disk.ts"
): Promise<string> => {
  const outfile = `${folder}/${entry}.mjs`
  await build({
    entryPoints: [new URL(entry, import.meta.url).pathname],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    minifySyntax: true,
    logLevel: "error",
    external: ["@parcel/watcher"],
    // The platform's own dependencies still ask for `require`.
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" }
  })
  return outfile
}

/** One worker process. */
export class Worker {
  /** The step that has begun last. */
  begun = -1
  readonly outcomes: Array<Outcome> = []
  private readonly child: ChildProcess
  private readonly ready: Promise<unknown>
  private readonly closed: Promise<unknown>
  private complaint = ""

  constructor(program: string) {
    this.child = spawn(process.execPath, [program], { stdio: ["pipe", "pipe", "pipe"] })
    this.closed = once(this.child, "close")
    this.child.stderr?.on("data", (text) => this.complaint += String(text))
    this.ready = new Promise((resolve) => {
      if (this.child.stdout === null) return
      createInterface({ input: this.child.stdout }).on("line", (line) => {
        const told = JSON.parse(line) as { ready?: true; begin?: number } & Partial<Outcome> // Written by work.ts.
        if (told.ready === true) resolve(undefined)
        else if (told.begin !== undefined) this.begun = told.begin
        else this.outcomes.push(told as Outcome) // The third and last kind of line.
      })
    })
  }

  /** Gives it its job once it is up. */
  async start<J extends Job>(job: J): Promise<void> {
    await Promise.race([this.ready, this.closed])
    this.child.stdin?.on("error", () => {})
    this.child.stdin?.write(`${JSON.stringify(job)}\n`)
  }

  /** Waits for its end. */
  async end(): Promise<{ readonly status: number | null; readonly complaint: string }> {
    await this.closed
    return { status: this.child.exitCode, complaint: this.complaint }
  }

  /** Kills it, and it alone: what it started goes on. */
  async kill(): Promise<void> {
    this.child.kill("SIGKILL")
    await this.closed
  }
}
