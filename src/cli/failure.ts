/**
 * Failures on the command line: what is printed of them, as words or as JSON, and with which code the program
 * ends: 1 where the work failed, 2 where the command line was wrong.
 */
import * as HelpDoc from "@effect/cli/HelpDoc"
import * as ValidationError from "@effect/cli/ValidationError"
import * as Cause from "effect/Cause"
import * as ConfigError from "effect/ConfigError"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as ParseResult from "effect/ParseResult"
import * as Schema from "effect/Schema"
import { CheckpointError } from "../domain/CheckpointError.ts"
import type { ChoiceError } from "./ChoiceError.ts"
import type { Differs } from "./Differs.ts"
import { escape, escapeJson, escapeLines } from "./escape.ts"
import { Output, OutputFailed } from "./Output.ts"
import { strip, style } from "./style.ts"
import type { Unable } from "./Unable.ts"
import type { UsageError } from "./UsageError.ts"

/** What a command can fail with. */
export type CommandError =
  | CheckpointError
  | ValidationError.ValidationError
  | UsageError
  | Unable
  | Differs
  | ChoiceError
  | OutputFailed
  | ConfigError.ConfigError
  | ParseResult.ParseError

/** How failures are printed. */
export interface Manner {
  readonly json: boolean
  /** Show the trace of a defect. */
  readonly debug: boolean
  /** The command that ran, `stasis create`, whose help is pointed at. */
  readonly command: string
}

/** Prints a failure on standard error; succeeds with the exit code. */
export const report = (cause: Cause.Cause<CommandError>, manner: Manner): Effect.Effect<number, never, Output> =>
  Option.match(Cause.failureOption(cause), {
    onSome: (error) => reportError(error, manner),
    onNone: () => Cause.isInterruptedOnly(cause) ? Effect.succeed(interrupted) : reportDefect(cause, manner)
  })

/** Prints one failure and goes on; what `report` does for the last one. */
export const reportError = (error: CommandError, manner: Manner): Effect.Effect<number, never, Output> => {
  if (error instanceof OutputFailed && error.closed) return Effect.succeed(0)
  return isCheckpointError(error)
    ? reportCheckpointError(error, manner)
    : ValidationError.isValidationError(error)
    ? say({ tag: "UsageError", message: textOf(error), hint: seeHelp(manner.command) }, manner, 2)
    : ConfigError.isConfigError(error)
    ? say({ tag: "ConfigError", message: `the environment is not right: ${String(error)}` }, manner, 2)
    : isChoiceError(error)
    ? reportChoiceError(error, manner)
    // What differs has been printed.
    : error._tag === "Differs"
    ? Effect.succeed(1)
    : error._tag === "UsageError"
    ? say({ tag: error._tag, message: error.message, hint: seeHelp(error.command) }, manner, 2)
    : say({ tag: error._tag, message: error.message }, manner, 1)
}

/** The exit code of an interrupted command, as after Ctrl-C; the program knows the signal better. */
const interrupted = 130

const isCheckpointError = Schema.is(CheckpointError)
const encode = Schema.encodeOption(CheckpointError)

const reportCheckpointError = (error: CheckpointError, manner: Manner) => {
  const hint = hintOf(error)
  return say(
    {
      tag: error._tag,
      message: manner.json ? error.message : withFlags(error.message),
      data: Option.getOrElse(encode(error), () => ({})),
      ...(hint === undefined ? {} : { hint }),
      ...(error._tag === "RuntimeFailed" && error.log !== undefined ? { log: error.log } : {})
    },
    manner,
    isWrongUsage(error) ? 2 : 1
  )
}

const isChoiceError = (error: { readonly _tag: string }): error is ChoiceError =>
  ["AmbiguousRuntime", "UnsureRuntime", "UnknownContainer", "RuntimesUnavailable"].includes(error._tag)

/** Nobody who reads it needs to know in how many runtimes a container was looked for: it is the same as in one. */
const reportChoiceError = (error: ChoiceError, manner: Manner) => {
  const { _tag: tag, message, ...rest } = error
  const { hint, ...data } = { hint: undefined, ...rest }
  return say(
    {
      tag: tag === "UnknownContainer" ? "ContainerNotFound" : tag,
      message,
      data,
      ...(hint === undefined ? {} : { hint })
    },
    manner,
    1
  )
}

const reportDefect = (cause: Cause.Cause<unknown>, manner: Manner) => {
  const [defect] = Array.from(Cause.defects(cause))
  const message = defect instanceof Error ? `${defect.name}: ${defect.message}` : String(defect)
  return say(
    {
      tag: "Defect",
      message: `this is a fault of stasis itself: ${message.split("\n")[0] ?? ""}`,
      ...(manner.debug ? { log: Cause.pretty(cause) } : { hint: "set STASIS_DEBUG=1 to see where it happened" })
    },
    manner,
    1
  )
}

interface Words {
  readonly tag: string
  readonly message: string
  readonly hint?: string
  readonly log?: string
  readonly data?: object
}

const say = ({ data, hint, log, message, tag }: Words, manner: Manner, code: number) =>
  Effect.gen(function* () {
    const output = yield* Output
    if (manner.json) {
      const json = {
        _tag: tag,
        message,
        ...data,
        ...(hint === undefined ? {} : { hint }),
        ...(log === undefined ? {} : { log })
      }
      yield* output.err(`${escapeJson(Option.getOrElse(toJson(json), () => "{}"))}\n`)
      return code
    }
    const { bad, faint } = style(output.errColours)
    const lines = [
      `${bad("stasis:")} ${escape(message)}`,
      ...(log === undefined
        ? []
        : escapeLines(log).map((line) => `    ${/Error|Warn/.test(line) ? line : faint(line)}`)),
      ...(hint === undefined ? [] : [`${faint("hint:")} ${escape(hint)}`])
    ]
    yield* output.err(lines.map((line) => `${line}\n`).join(""))
    return code
  })

const toJson = Schema.encodeOption(Schema.parseJson(Schema.Unknown))

const seeHelp = (command: string): string => `see ${command} --help`

const textOf = (error: ValidationError.ValidationError): string =>
  strip(HelpDoc.toAnsiText(error.error)).replace(/\s+/g, " ").trim() || error._tag

/** A name, a directory or an option of a form that no machine would accept. */
const isWrongUsage = (error: CheckpointError): boolean =>
  error._tag === "InvalidCheckpointName" || error._tag === "InvalidContainerName" || error._tag === "InvalidPattern" ||
  (error._tag === "InvalidCheckpointDirectory" &&
    ["Relative", "ParentComponent", "Root", "Malformed", "TooLong"].includes(error.reason))

/** What a person at a terminal can do about it, where the message itself does not say it. */
const hintOf = (error: CheckpointError): string | undefined => {
  switch (error._tag) {
    case "ContainerNotFound":
      return "stasis ps lists the containers there are"
    case "CheckpointBusy":
      return "leave --no-wait out to wait for the other operation"
    case "CheckpointUnpublished":
      return `then run: stasis recover ${error.container}`
    case "CheckpointNotFound":
      return `stasis ls ${error.container} shows the checkpoints there are`
    case "StorageFailed":
      return error.reason === "PermissionDenied" ? "checkpoints need root: run it with sudo" : undefined
    case "HookFailed":
      return error.reason === "TimedOut" ? "--hook-timeout gives it more time" : undefined
    case "RuntimeUnavailable":
      return "stasis check shows what is missing on this machine"
    default:
      return undefined
  }
}

const optionNames = [
  "leaveRunning",
  "tcpEstablished",
  "tcpClose",
  "externalUnixSockets",
  "shellJob",
  "fileLocks",
  "linkRemap",
  "ghostLimit",
  "lazyPages",
  "manageCgroupsMode",
  "parentPath",
  "preDump",
  "consoleSocket",
  "pidFile",
  "checkpointDir",
  "newPids",
  "beforeFreeze",
  "afterDump",
  "afterRestore"
]

/** Messages name options as the library does; here they are flags. */
export const withFlags = (message: string): string =>
  optionNames.reduce(
    (text, name) => text.replace(new RegExp(`(?<![\\w/.-])${name}(?![\\w/-])`, "g"), flagOf(name)),
    message
      .replace(/(?<![\w/.-])emptyNamespaces(?![\w/-])/g, "--empty-ns")
      .replace(/"terminal"/g, '"--terminal"')
      .replace(/\bwith replace$/, "with --replace")
      .replace(/option "force"/, 'option "--force"')
  )

const flagOf = (name: string): string => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
