/** How long the bundled command line takes to say its version, against a Node.js that does nothing. */
import { spawnSync } from "node:child_process"
import process from "node:process"
import * as Effect from "effect/Effect"
import { interleave } from "./Interleaved.ts"
import { program } from "./Program.ts"
import * as Row from "./Row.ts"

/** The command line's start, in rows. */
export const startUp = (quick: boolean) =>
  Effect.gen(function* () {
    const node = (args: ReadonlyArray<string>) =>
      Effect.sync(() => spawnSync(process.execPath, args, { stdio: "ignore" })).pipe(
        Effect.filterOrDieMessage(({ status }) => status === 0, `node ${args.join(" ")} failed`)
      )
    const nothing = { run: node(["-e", "0"]) }
    const pairs = quick ? 11 : 41
    const version = yield* interleave(pairs, 3, { run: node([program, "--version"]) }, nothing)
    const help = yield* interleave(pairs, 3, { run: node([program, "--help"]) }, nothing)
    return [
      Row.ofRatio("startup", "stasis --version, against node -e 0", version, 3),
      Row.ofRatio("startup", "stasis --help, against node -e 0", help, undefined)
    ]
  })
