/**
 * Measures the pieces that it is told and writes their rows as JSON lines. `run.mjs` bundles it, starts it, in the lab where
 * that is needed, and prints the table.
 *
 * Each argument is the name of a piece, or `--quick`; what is under way is said on standard error.
 */
import * as NodeFs from "node:fs"
import process from "node:process"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import { containers } from "./containers.ts"
import { docker } from "./docker.ts"
import { inspect } from "./inspect.ts"
import { lazy } from "./lazy.ts"
import { list } from "./list.ts"
import { memory } from "./memory.ts"
import { processes } from "./processes.ts"
import { peak, peakOnce } from "./peak.ts"
import { startUp } from "./startUp.ts"

const pieces = {
  list,
  memory,
  startup: startUp,
  "process16MiB": processes(16),
  "process256MiB": processes(256),
  "process1024MiB": processes(1024),
  "16MiB": containers(16),
  "256MiB": containers(256),
  "1024MiB": containers(1024),
  lazy,
  docker,
  inspect,
  peak
}

const isPiece = (name: string): name is keyof typeof pieces => name in pieces

const main = Effect.gen(function* () {
  const [, , ...args] = process.argv
  if (args[0] === "--peak-once") yield* peakOnce(args.slice(1))
  const quick = args.includes("--quick")
  for (const name of args.filter(isPiece)) {
    yield* Console.error(`measuring ${name}`)
    for (const row of yield* pieces[name](quick)) NodeFs.writeSync(1, `${JSON.stringify(row)}\n`)
  }
})

Effect.runFork(Effect.catchAllCause(main, (cause) =>
  Effect.sync(() => {
    process.exitCode = 1
  }).pipe(Effect.zipRight(Console.error(cause.toString())))))
