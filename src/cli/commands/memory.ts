/** `stasis memory CONTAINER CHECKPOINT`: what a checkpoint holds of the memory of its processes: a map, the bytes, a search. */
import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import type * as FileSystem from "@effect/platform/FileSystem"
import type * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { addressOf } from "../../domain/memory/MemoryHit.ts"
import { MemoryReport } from "../../domain/memory/MemoryReport.ts"
import type { Pattern } from "../../domain/memory/Pattern.ts"
import { describeMemory } from "../../effects/describeMemory.ts"
import { type ImageFolder, Images } from "../../effects/Images.ts"
import { openMemory } from "../../effects/processMemory.ts"
import * as flags from "../criuFlags.ts"
import type { CommandError } from "../failure.ts"
import { imageFlags, imagesOf } from "../images.ts"
import { dump } from "../memoryDump.ts"
import * as memoryMap from "../memoryMap.ts"
import { search } from "../memorySearch.ts"
import type { Output } from "../Output.ts"
import * as print from "../print.ts"
import type { Settings } from "../Settings.ts"
import { UsageError } from "../UsageError.ts"
import * as values from "../values.ts"

/** `stasis memory`. */
export const memory = Command.make("memory", {
  ...imageFlags,
  pid: values.count("pid").pipe(
    Options.withPseudoName("pid"),
    Options.withDescription("The process, by its pid in the images; all of them when left out"),
    Options.optional
  ),
  dump: Options.text("dump").pipe(
    Options.withPseudoName("range"),
    Options.withDescription(
      "Print bytes: 0x7f00-0x7f80, 0x7f00+128, the start of an area, or a kind of area such as heap or stack"
    ),
    Options.optional
  ),
  output: Options.text("output").pipe(
    Options.withPseudoName("file"),
    Options.withDescription("Write what is dumped to a new file that only you may read"),
    Options.optional
  ),
  force: Options.boolean("force").pipe(Options.withDescription("Write over a file that is there")),
  search: Options.text("search").pipe(
    Options.withPseudoName("text"),
    Options.withDescription("Find a text, as UTF-8"),
    Options.optional
  ),
  searchBytes: Options.text("search-bytes").pipe(
    Options.withPseudoName("hex"),
    Options.withDescription("Find bytes in hexadecimal, such as deadbeef"),
    Options.optional
  ),
  searchRegex: Options.text("search-regex").pipe(
    Options.withPseudoName("regex"),
    Options.withDescription("Find a JavaScript regular expression over bytes; a match has at most 4096 bytes"),
    Options.optional
  ),
  context: values.count("context").pipe(
    Options.withPseudoName("bytes"),
    Options.withDescription("How many bytes to show around what is found (default: 32)"),
    Options.optional
  ),
  max: values.count("max").pipe(
    Options.withPseudoName("count"),
    Options.withDescription("End the search with so many places"),
    Options.optional
  )
}, (input) =>
  Effect.gen(function* () {
    const work = yield* workOf(input)
    const { folder, images } = yield* imagesOf(command, input)
    yield* Effect.provideService(work(folder), Images, images)
  })).pipe(
    Command.withDescription("Show, print or search the memory of the processes in a checkpoint")
  )

const command = "stasis memory"

/** What is done with the images of a folder. */
type Work = (
  folder: ImageFolder
) => Effect.Effect<void, CommandError, Images | FileSystem.FileSystem | Path.Path | Output | Settings>

interface Input {
  readonly pid: Option.Option<number>
  readonly dump: Option.Option<string>
  readonly output: Option.Option<string>
  readonly force: boolean
  readonly search: Option.Option<string>
  readonly searchBytes: Option.Option<string>
  readonly searchRegex: Option.Option<string>
  readonly context: Option.Option<number>
  readonly max: Option.Option<number>
}

/** What is to be done with the images: known before any are looked for. */
const workOf = (input: Input): Effect.Effect<Work, UsageError> =>
  Effect.gen(function* () {
    const patterns: ReadonlyArray<Pattern> = [
      ...Option.toArray(input.search).map((text) => ({ text })),
      ...Option.toArray(input.searchBytes).map((bytes) => ({ bytes })),
      ...Option.toArray(input.searchRegex).map((regex) => ({ regex }))
    ]
    const [pattern] = patterns
    if (patterns.length > 1) return yield* usage("search for one thing: a text, bytes, or a regular expression")
    if (pattern !== undefined && Option.isSome(input.dump)) return yield* usage("dump or search, not both")
    if (pattern === undefined && (Option.isSome(input.context) || Option.isSome(input.max))) {
      return yield* usage("--context and --max are for a search")
    }
    if (Option.isNone(input.dump) && (Option.isSome(input.output) || input.force)) {
      return yield* usage("--output and --force are for --dump")
    }
    const { output, force, pid } = input
    if (Option.isSome(input.dump)) {
      const what = input.dump.value
      if (Option.isNone(pid)) return yield* usage("say whose memory to dump, with --pid")
      return (folder) =>
        Effect.scoped(
          Effect.flatMap(openMemory(folder, pid.value), (memory) =>
            Effect.zipRight(
              print.warnings(memory.problems.map(({ message }) => message)),
              dump(memory, { what, output, force })
            ))
        )
    }
    return pattern === undefined ? show(pid) : (folder) => search(folder, pattern, input)
  })

const usage = (detail: string) => new UsageError({ command, detail })

const show = (pid: Option.Option<number>): Work => (folder) =>
  Effect.gen(function* () {
    const report = yield* describeMemory(folder, flags.given("pid", pid))
    yield* print.warnings(report.problems)
    const [one] = report.processes
    yield* print.result({
      schema: MemoryReport,
      value: report,
      text: Option.isSome(pid) && one !== undefined ? memoryMap.map(one) : memoryMap.processes(report),
      names: Option.isSome(pid)
        ? report.processes.flatMap(({ areas }) => areas.map(({ start }) => addressOf(BigInt(start))))
        : report.processes.map((process) => String(process.pid))
    })
  })
