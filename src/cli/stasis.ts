/**
 * The command `stasis`: its subcommands put together, and one run of it from the arguments to the exit code.
 *
 * The world that the commands work on is handed in; this file provides none.
 */
import type * as CliApp from "@effect/cli/CliApp"
import * as CliConfig from "@effect/cli/CliConfig"
import * as Command from "@effect/cli/Command"
import * as CommandDescriptor from "@effect/cli/CommandDescriptor"
import * as Config from "effect/Config"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as HashMap from "effect/HashMap"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import { check } from "./commands/check.ts"
import { create } from "./commands/create.ts"
import { events } from "./commands/events.ts"
import { inspect } from "./commands/inspect.ts"
import { ls } from "./commands/ls.ts"
import { recover } from "./commands/recover.ts"
import { restore } from "./commands/restore.ts"
import { rm } from "./commands/rm.ts"
import { flagsOf, type Grammar, sort } from "./argv.ts"
import { report } from "./failure.ts"
import { Output } from "./Output.ts"
import { flags, type OpenWorld, Settings } from "./Settings.ts"
import { strip } from "./style.ts"
import { version } from "./version.ts"

const root = Command.make("stasis", flags).pipe(
  Command.withDescription("Checkpoint and restore running Linux containers")
)

const stasis = root.pipe(Command.withSubcommands([create, ls, inspect, restore, rm, recover, events, check]))

const grammar: Grammar = {
  shared: flagsOf(Command.getUsage(root)),
  commands: new Map(
    HashMap.toEntries(Command.getSubcommands(stasis)).map(([name, command]) => [
      name,
      flagsOf(CommandDescriptor.getUsage(command))
    ])
  )
}

/**
 * Runs the command line.
 *
 * @param argv the arguments that follow the program's name
 * @returns the exit code: 0 done, 1 failed, 2 wrong usage
 */
export const run = (
  argv: ReadonlyArray<string>,
  open: OpenWorld
): Effect.Effect<number, never, Output | CliApp.CliApp.Environment> =>
  Effect.gen(function*() {
    const output = yield* Output
    const sorted = sort(grammar, argv)
    const manner = { ...(yield* mannerOf(argv)), command: commandOf(Either.getOrElse(sorted, () => argv)) }
    return yield* sorted.pipe(
      Effect.flatMap((args) => app(open)(["node", "stasis", ...args])),
      Effect.as(0),
      Effect.catchAllCause((cause) => report(cause, manner)),
      Effect.withConsole(consoleOn(output)),
      Effect.provide(Layer.merge(CliConfig.layer({ isCaseSensitive: true, showBuiltIns: false }), loggingTo(output)))
    )
  })

const app = (open: OpenWorld) =>
  stasis.pipe(
    Command.provide((settings) => Layer.merge(Layer.succeed(Settings, settings), open(settings))),
    Command.run({ name: "stasis", version })
  )

/** How failures are shown has to be known also where the command line does not parse. */
const mannerOf = (argv: ReadonlyArray<string>) =>
  Effect.map(
    Effect.orElseSucceed(
      Effect.all([
        Config.withDefault(Config.string("STASIS_FORMAT"), ""),
        Config.withDefault(Config.string("STASIS_DEBUG"), "")
      ]),
      () => ["", ""] as const
    ),
    ([format, debug]) => {
      const asked = argv.findLast((_, index) => argv[index - 1] === "--format" || argv[index]?.startsWith("--format="))
      const level = argv.findLast((_, index) => argv[index - 1] === "--log-level" || argv[index]?.startsWith("--log-level="))
      return {
        json: (asked?.replace("--format=", "") ?? format) === "json",
        debug: debug !== "" || ["debug", "trace", "all"].includes(level?.replace("--log-level=", "") ?? "")
      }
    }
  )

const commandOf = (args: ReadonlyArray<string>): string => {
  const command = args.find((arg) => grammar.commands.has(arg))
  return command === undefined ? "stasis" : `stasis ${command}`
}

/** The console that `@effect/cli` prints help and completions on; its error texts are printed by {@link report}. */
const consoleOn = (output: typeof Output.Service): Console.Console => ({
  ...Console.defaultConsoleForRuntime,
})

/** Logs go to standard error, a line each. */
const loggingTo = (output: typeof Output.Service) =>
  Logger.replaceEffect(Logger.defaultLogger, Effect.succeed(Logger.logfmtLogger))
