/**
 * The order of a command line: Docker's users write flags before and after the command and between its
 * arguments, `@effect/cli` reads them in one place each. This file sorts them, and names the flags it does not
 * know; what the values mean is not its business.
 *
 * What comes out is `<flags of every command> <command> <its flags> -- <arguments>`.
 */
import * as AutoCorrect from "@effect/cli/AutoCorrect"
import * as CliConfig from "@effect/cli/CliConfig"
import type * as Usage from "@effect/cli/Usage"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import { UsageError } from "./UsageError.ts"

/** One flag. */
interface Flag {
  /** The name that stands for all its names. */
  readonly name: string
  readonly takesValue: boolean
  readonly repeats: boolean
}

/** Flags by each of their names: `--quiet` and `-q`. */
export type Flags = ReadonlyMap<string, Flag>

/** The flags of a program: those of every command, and each command's own. */
export interface Grammar {
  readonly shared: Flags
  readonly commands: ReadonlyMap<string, Flags>
}

/** The flags in the usage of a command or of options. */
export const flagsOf = (usage: Usage.Usage): Flags => {
  const flags = new Map<string, Flag>()
  const walk = (part: Usage.Usage, repeats: boolean): void => {
    switch (part._tag) {
      case "Named":
        for (const name of part.names.filter((text) => text.startsWith("-"))) {
          const first = part.names.find((text) => text.startsWith("--")) ?? name
          flags.set(name, { name: first, takesValue: Option.isSome(part.acceptedValues), repeats })
        }
        return
      case "Optional":
        return walk(part.usage, repeats)
      case "Repeated":
        return walk(part.usage, true)
      case "Alternation":
      case "Concat":
        walk(part.left, repeats)
        return walk(part.right, repeats)
    }
  }
  walk(usage, false)
  return flags
}

/** Other names of commands, as Docker's users know them. */
const aliases: Readonly<Record<string, string>> = { list: "ls", remove: "rm" }

/** The flags that `@effect/cli` adds to every command. */
const builtIn: Flags = new Map(
  ["--help", "-h", "--version", "--wizard", "--completions", "--log-level"].map((name) => [
    name,
    {
      name: name === "-h" ? "--help" : name,
      takesValue: ["--completions", "--log-level"].includes(name),
      repeats: false
    }
  ])
)

/** Sorts the arguments that follow the program's name. */
export const sort = (
  grammar: Grammar,
  argv: ReadonlyArray<string>
): Either.Either<ReadonlyArray<string>, UsageError> => {
  if (argv[0] === "help") return sort(grammar, [...argv.slice(1, 2), "--help"])
  const shared: Array<Given> = []
  const own: Array<Given> = []
  const words: Array<string> = []
  let command: string | undefined
  let rest = [...argv]
  for (let next = rest.shift(); next !== undefined; next = rest.shift()) {
    if (next === "--") {
      words.push(...rest.splice(0))
    } else if (!next.startsWith("-") || next === "-") {
      if (command !== undefined) words.push(next)
      else {
        const name = Object.hasOwn(aliases, next) ? aliases[next] ?? next : next
        if (!grammar.commands.has(name)) return Either.left(unknownCommand(grammar, next))
        command = name
      }
    } else if (/^-[^-]{2,}/.test(next) && !next.includes("=")) {
      // `-qf` is `-q -f`.
      rest = [...next.slice(1)].map((letter) => `-${letter}`).concat(rest)
    } else {
      const equals = next.indexOf("=")
      const name = equals < 0 ? next : next.slice(0, equals)
      const mine = (command === undefined ? undefined : grammar.commands.get(command))?.get(name)
      const spec = mine ?? grammar.shared.get(name) ?? builtIn.get(name)
      if (spec === undefined) return Either.left(unknownFlag(grammar, command, name))
      const value = equals >= 0 ? next.slice(equals + 1) : spec.takesValue ? rest.shift() : undefined
      if (spec.takesValue && value === undefined) {
        return Either.left(usage(command, `flag needs a value: ${name}`))
      }
      if (!spec.takesValue && value !== undefined && !["true", "false"].includes(value)) {
        return Either.left(usage(command, `flag takes no value but true or false: ${name}=${value}`))
      }
      const kept = mine === undefined ? shared : own
      if (!spec.repeats) forget(kept, spec.name)
      if (spec.takesValue) kept.push({ name: spec.name, texts: valued(spec.name, value ?? "", mine !== undefined) })
      else if (value !== "false") kept.push({ name: spec.name, texts: [spec.name] })
    }
  }
  return Either.right([
    ...shared.flatMap((flag) => flag.texts),
    ...(command === undefined ? [] : [command]),
    ...own.flatMap((flag) => flag.texts),
    ...(words.length === 0 ? [] : ["--", ...words])
  ])
}

interface Given {
  readonly name: string
  readonly texts: ReadonlyArray<string>
}

/**
 * A flag with its value, as `@effect/cli` reads it: one that repeats only in two words, an empty value too; before
 * the command in one, for a word there that is a command's name is taken for the command.
 */
const valued = (name: string, value: string, afterCommand: boolean): ReadonlyArray<string> =>
  afterCommand || value === "" ? [name, value] : [`${name}=${value}`]

/** Of a flag that is given twice the last one counts. */
const forget = (flags: Array<Given>, name: string): void => {
  const at = flags.findIndex((flag) => flag.name === name)
  if (at >= 0) flags.splice(at, 1)
}

const usage = (command: string | undefined, detail: string) =>
  new UsageError({ detail, command: command === undefined ? "stasis" : `stasis ${command}` })

const unknownCommand = (grammar: Grammar, name: string): UsageError =>
  usage(undefined, `there is no command "${name}"${suggest(name, [...grammar.commands.keys()])}`)

const unknownFlag = (grammar: Grammar, command: string | undefined, name: string): UsageError => {
  const own = command === undefined ? undefined : grammar.commands.get(command)
  const known = [...(own?.keys() ?? []), ...grammar.shared.keys(), ...builtIn.keys()]
  const elsewhere = command === undefined && [...grammar.commands.values()].some((flags) => flags.has(name))
  return usage(
    command,
    `unknown flag: ${name}` + (elsewhere ? ", write it after the command" : suggest(name, known))
  )
}

const suggest = (wrong: string, known: ReadonlyArray<string>): string => {
  const near = known
    .map((name) => ({ name, distance: AutoCorrect.levensteinDistance(wrong, name, CliConfig.defaultConfig) }))
    .filter(({ distance, name }) => distance <= 2 && distance < name.replace(/^-+/, "").length)
    .sort((a, b) => a.distance - b.distance)[0]
  return near === undefined ? "" : `, did you mean ${near.name}?`
}
