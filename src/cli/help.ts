/**
 * The help of the program and of a command in the layout that Docker's users know: one line for a flag. The words
 * come from the command's own descriptions; this file only lays them out.
 */
import * as CliConfig from "@effect/cli/CliConfig"
import * as CommandDescriptor from "@effect/cli/CommandDescriptor"
import * as HelpDoc from "@effect/cli/HelpDoc"
import type * as Usage from "@effect/cli/Usage"
import { strip, style } from "./style.ts"

type Command = CommandDescriptor.Command<unknown>

/** The help of one command. */
export const ofCommand = (name: string, command: Command, colours: boolean): string => {
  const { strong } = style(colours)
  const parts = read(command)
  const words = argumentsOf(CommandDescriptor.getUsage(command)).join(" ")
  return [
    `${strong("Usage:")} stasis ${name} [flags]${words === "" ? "" : ` ${words}`}\n`,
    `${parts.description}\n`,
    ...section(strong("Arguments:"), parts.words),
    ...section(strong("Flags:"), parts.flags),
    `${"Flags of every command: see stasis --help"}\n`
  ].join("\n")
}

/** The help of the whole program. */
export const ofProgram = (
  root: Command,
  commands: ReadonlyArray<readonly [string, Command]>,
  colours: boolean
): string => {
  const { strong } = style(colours)
  const parts = read(root)
  return [
    `${strong("Usage:")} stasis [flags] <command> [flags] [arguments]\n`,
    `${parts.description}\n`,
    ...section(strong("Commands:"), commands.map(([name, command]) => [name, read(command).description])),
    ...section(strong("Flags of every command:"), [...parts.flags, ...builtIn]),
    `stasis <command> --help tells more about a command. Exit codes: 0 done, 1 failed, 2 wrong usage.\n`
  ].join("\n")
}

const builtIn: ReadonlyArray<Entry> = [
  ["-h, --help", "Show this help, or that of a command"],
  ["    --version", "Show the version"],
  ["    --completions sh | bash | fish | zsh", "Print the completions for a shell"],
  ["    --log-level level", "Log from this level up, to standard error (debug, or STASIS_DEBUG=1, shows traces)"]
]

type Entry = readonly [name: string, description: string]

interface Parts {
  readonly description: string
  readonly words: ReadonlyArray<Entry>
  readonly flags: ReadonlyArray<Entry>
}

const config = CliConfig.make({ showBuiltIns: false })

const read = (command: Command): Parts => {
  const sections = new Map<string, Array<HelpDoc.HelpDoc>>()
  let heading = ""
  for (const block of blocksOf(CommandDescriptor.getHelp(command, config))) {
    if (block._tag === "Header") heading = textOf(block)
    else sections.set(heading, [...(sections.get(heading) ?? []), block])
  }
  return {
    description: (sections.get("DESCRIPTION") ?? []).map(textOf).join(" "),
    words: (sections.get("ARGUMENTS") ?? []).flatMap(entriesOf),
    flags: (sections.get("OPTIONS") ?? []).flatMap(entriesOf).map((
      [name, description]
    ) => [flagName(name), description])
  }
}

const blocksOf = (doc: HelpDoc.HelpDoc): ReadonlyArray<HelpDoc.HelpDoc> =>
  doc._tag === "Sequence" ? [...blocksOf(doc.left), ...blocksOf(doc.right)] : doc._tag === "Empty" ? [] : [doc]

const entriesOf = (doc: HelpDoc.HelpDoc): ReadonlyArray<Entry> =>
  doc._tag !== "DescriptionList" ? [] : doc.definitions.map(([name, description]) => [
    textOf(HelpDoc.p(name)),
    blocksOf(description).map(textOf).filter((text) => !said.test(text)).join(" ")
  ])

/** What the types of flags say of themselves: the layout says it already. */
const said =
  /^(This (setting|option|argument) |A user-defined piece of text|A true or false value|One of the following|An integer)/

const textOf = (doc: HelpDoc.HelpDoc): string => strip(HelpDoc.toAnsiText(doc)).replace(/\s+/g, " ").trim()

/** `(-q, --quiet)` and `--root dir`, aligned as in Docker's help. */
const flagName = (text: string): string => {
  const plain = text.replace(/^\((.*?)\)/, "$1").replace(/ ?\.\.\.$/, " ...")
  return /^-[^-]/.test(plain) ? plain : `    ${plain}`
}

const argumentsOf = (usage: Usage.Usage): ReadonlyArray<string> => {
  switch (usage._tag) {
    case "Named":
      return usage.names.filter((name) => name.startsWith("<"))
    case "Optional":
      return argumentsOf(usage.usage).map((text) => `[${text}]`)
    case "Repeated":
      return argumentsOf(usage.usage).map((text) => `${text}...`)
    case "Concat":
    case "Alternation":
      return [...argumentsOf(usage.left), ...argumentsOf(usage.right)]
    default:
      return []
  }
}

const section = (heading: string, entries: ReadonlyArray<Entry>): ReadonlyArray<string> => {
  if (entries.length === 0) return []
  const width = Math.min(36, Math.max(...entries.map(([name]) => name.length)))
  const lines = entries.map(([name, description]) =>
    name.length > width
      ? `  ${name}\n  ${" ".repeat(width)}  ${description}`
      : `  ${name.padEnd(width)}  ${description}`
  )
  return [`${heading}\n${lines.join("\n")}\n`]
}
