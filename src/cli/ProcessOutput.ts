/** {@link Output} on the standard streams of this process; a reader that went away is a value, not a crash. */
import { spawn } from "node:child_process"
import { fstatSync } from "node:fs"
import process from "node:process"
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Output, OutputFailed } from "./Output.ts"

/** Colours follow each stream: only on a terminal, and neither with `NO_COLOR` nor with `TERM=dumb`. */
export const layer: Layer.Layer<Output> = Layer.effect(
  Output,
  Effect.gen(function* () {
    // The failure of a write is told to its callback; the event beside it would end the process.
    for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined)
    const plain = yield* isPlain
    return {
      out: (text) => write(process.stdout, text),
      err: (text) => Effect.ignore(write(process.stderr, text)),
      closed,
      outColours: process.stdout.isTTY === true && !plain,
      errColours: process.stderr.isTTY === true && !plain,
      errIsTerminal: process.stderr.isTTY === true,
      columns: Effect.sync(() => process.stderr.columns || 80)
    }
  })
)

const isPlain: Effect.Effect<boolean> = Effect.map(
  Effect.all([
    Config.withDefault(Config.string("NO_COLOR"), ""),
    Config.withDefault(Config.string("TERM"), "")
  ]),
  ([noColor, term]) => noColor !== "" || term === "dumb"
).pipe(Effect.orElseSucceed(() => true))

const write = (stream: NodeJS.WriteStream, text: string): Effect.Effect<void, OutputFailed> =>
  Effect.async((resume) => {
    const done = (error: unknown) => resume(error ? Effect.fail(failed(error)) : Effect.void)
    // A file's stream fails at once, by throwing; a pipe's later.
    try {
      stream.write(text, done)
    } catch (error) {
      done(error)
    }
  })

const failed = (error: unknown): OutputFailed => {
  const code = error instanceof Error && "code" in error ? String(error.code) : ""
  return new OutputFailed({
    closed: code === "EPIPE" || code === "ERR_STREAM_DESTROYED",
    detail: error instanceof Error ? error.message : String(error)
  })
}

/**
 * A pipe whose reader went away is only noticed by writing to it, or by asking the kernel in a way that neither
 * Node.js nor Deno has; GNU `tail -f` asks. Where there is none, the next write finds out.
 */
const closed: Effect.Effect<void> = Effect.async((resume) => {
  if (!fstatSync(1).isFIFO()) return
  const tail = spawn("tail", ["-f", `--pid=${process.pid}`, "/dev/null"], { stdio: ["ignore", "inherit", "ignore"] })
  tail.on("error", () => undefined)
  tail.on("exit", (_, signal) => signal === "SIGPIPE" ? resume(Effect.void) : undefined)
  return Effect.sync(() => tail.kill())
})
