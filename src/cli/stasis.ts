/**
 * The command `stasis`: its subcommands put together, and one run of it from the arguments to the exit code.
 *
 * How the worlds are made that the commands work on is handed in; this file makes none.
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
import * as Option from "effect/Option"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import { check } from "./commands/check.ts"
import { create } from "./commands/create.ts"
import { diff } from "./commands/diff.ts"
import { events } from "./commands/events.ts"
import { inspect } from "./commands/inspect.ts"
import { ls } from "./commands/ls.ts"
import { memory } from "./commands/memory.ts"
import { ps } from "./commands/ps.ts"
import { recover } from "./commands/recover.ts"
import { restore } from "./commands/restore.ts"
import { rm } from "./commands/rm.ts"
import { run as runProcesses } from "./commands/run.ts"
import { seal } from "./commands/seal.ts"
import { track } from "./commands/track.ts"
import { untrack } from "./commands/untrack.ts"
import { verify } from "./commands/verify.ts"
import { flagsOf, type Grammar, sort } from "./argv.ts"
import * as Help from "./help.ts"
import { report } from "./failure.ts"
import { Output } from "./Output.ts"
import { flags, Settings } from "./Settings.ts"
import { strip } from "./style.ts"
import { version } from "./version.ts"
import * as Worlds from "./Worlds.ts"

const root = Command.make("stasis", flags).pipe(
  Command.withDescription("Checkpoint and restore running Linux containers")
)

const stasis = root.pipe(Command.withSubcommands([
  create,
  ls,
  inspect,
  memory,
  diff,
  verify,
  seal,
  restore,
  rm,
  recover,
  events,
  check,
  ps,
  runProcesses,
  track,
  untrack
]))

/** In the order in which help shows them. */
const commands = [
  ...["create", "ls", "inspect", "memory", "diff", "verify", "seal", "restore", "rm", "recover", "events", "check"],
  ...["ps", "run", "track", "untrack"]
].flatMap((name) =>
  Option.match(HashMap.get(Command.getSubcommands(stasis), name), {
    onNone: () => [],
    onSome: (command) => [[name, command] as const]
  })
)

const grammar: Grammar = {
  shared: flagsOf(Command.getUsage(root)),
  commands: new Map(commands.map(([name, command]) => [name, flagsOf(CommandDescriptor.getUsage(command))]))
}

/**
 * Runs the command line.
 *
 * @param argv the arguments that follow the program's name
 * @returns the exit code: 0 done, 1 failed, 2 wrong usage
 */
export const run = (
  argv: ReadonlyArray<string>,
  opener: Worlds.Opener
): Effect.Effect<number, never, Output | CliApp.CliApp.Environment> =>
  Effect.gen(function* () {
    const output = yield* Output
    const sorted = sort(grammar, argv)
    const manner = { ...(yield* mannerOf(argv)), command: commandOf(Either.getOrElse(sorted, () => argv)) }
    return yield* sorted.pipe(
      Effect.flatMap((args) =>
        asksForHelp(args) ? output.out(help(args, output.outColours)) : app(opener)(["node", "stasis", ...args])
      ),
      Effect.as(0),
      Effect.catchAllCause((cause) => report(cause, manner)),
      Effect.withConsole(consoleOn(output, yield* Console.consoleWith(Effect.succeed))),
      Effect.provide(Layer.merge(CliConfig.layer({ isCaseSensitive: true, autoCorrectLimit: 0 }), logging))
    )
  })

const app = (opener: Worlds.Opener) =>
  stasis.pipe(
    Command.provide((settings) => Layer.merge(Layer.succeed(Settings, settings), Worlds.layer(opener, settings))),
    Command.run({ name: "stasis", version })
  )

const asksForHelp = (args: ReadonlyArray<string>): boolean => {
  const flags = args.includes("--") ? args.slice(0, args.indexOf("--")) : args
  return args.length === 0 || flags.includes("--help")
}

const help = (args: ReadonlyArray<string>, colours: boolean): string => {
  const command = commands.find(([name]) => args.includes(name))
  return command === undefined
    ? Help.ofProgram(root.descriptor, commands, colours)
    : Help.ofCommand(...command, colours)
}

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
      const level = argv.findLast((_, index) =>
        argv[index - 1] === "--log-level" || argv[index]?.startsWith("--log-level=")
      )
      return {
        json: (asked?.replace("--format=", "") ?? format) === "json",
        debug: debug !== "" || ["debug", "trace", "all"].includes(level?.replace("--log-level=", "") ?? "")
      }
    }
  )

/** The first word that is a command's name: flags that stand before it have their values in the same word. */
const nameOf = (args: ReadonlyArray<string>): string | undefined => args.find((arg) => grammar.commands.has(arg))

const commandOf = (args: ReadonlyArray<string>): string => {
  const command = nameOf(args)
  return command === undefined ? "stasis" : `stasis ${command}`
}

/** The console that `@effect/cli` prints help and completions on; its error texts are printed by {@link report}. */
const consoleOn = (output: typeof Output.Service, fallback: Console.Console): Console.Console => ({
  ...fallback,
  log: (...texts) => Effect.ignore(output.out(`${plain(texts.join(" "), output.outColours)}\n`)),
  error: () => Effect.void
})

const plain = (text: string, colours: boolean): string => mendChoices(colours ? text : strip(text)).replace(/\n+$/, "")

/** The choices of a flag reach bash as one word with commas (`@effect/cli` 0.77); it wants them apart. */
const mendChoices = (text: string): string =>
  text.replace(/compgen -W "([^"$]+)"/g, (_, choices: string) => `compgen -W "${choices.replaceAll(",", " ")}"`)

/** Logs go to standard error, a line each, from warnings up unless `--log-level` says otherwise. */
const logging = Layer.merge(
  Logger.replace(Logger.defaultLogger, Logger.withConsoleError(Logger.logfmtLogger)),
  Logger.minimumLogLevel(LogLevel.Warning)
)
