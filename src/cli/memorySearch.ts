/** `stasis memory --search`: the places in memory where something is, as they are found. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { printable } from "../domain/memory/hexdump.ts"
import { MemoryHit } from "../domain/memory/MemoryHit.ts"
import type { Pattern } from "../domain/memory/Pattern.ts"
import type { ImageFolder } from "../effects/Images.ts"
import { searchMemory } from "../effects/searchMemory.ts"
import * as flags from "./criuFlags.ts"
import { escape } from "./escape.ts"
import * as humanize from "./humanize.ts"
import * as Json from "./json.ts"
import { Output } from "./Output.ts"
import * as print from "./print.ts"
import { Settings } from "./Settings.ts"
import { style } from "./style.ts"

/** How memory is searched. */
export interface Search {
  readonly pid: Option.Option<number>
  readonly context: Option.Option<number>
  /** The search ends with so many places. */
  readonly max: Option.Option<number>
}

/** Searches the memory in a folder of images, and prints each place, a line for a person or a JSON value a line. */
export const search = (folder: ImageFolder, pattern: Pattern, { context, max, pid }: Search) =>
  Effect.gen(function* () {
    const output = yield* Output
    const { format, quiet } = yield* Settings
    const hits = searchMemory(folder, pattern, {
      ...flags.given("pid", pid),
      ...flags.given("context", context),
      onProblem: ({ message }) => print.warnings([message]).pipe(Effect.provideService(Output, output)),
      onEnd: ({ unknown }) =>
        unknown === 0 ? Effect.void : print.warnings([
          `${humanize.bytes(unknown)} of memory are not in the images, and were not searched`
        ]).pipe(Effect.provideService(Output, output))
    })
    const asked = Option.match(max, { onNone: () => hits, onSome: (count) => Stream.take(hits, count) })
    const text = format === "json"
      ? Json.encoder(MemoryHit)
      : quiet
      ? (hit: MemoryHit) => Effect.succeed(`${hit.pid ?? "-"} ${hit.address}`)
      : (hit: MemoryHit) => Effect.succeed(lineOf(hit, output.outColours))
    const printing = Stream.runForEachChunk(
      Stream.mapEffect(asked, text),
      (lines) => output.out(Array.from(lines, (line) => `${line}\n`).join(""))
    )
    yield* Effect.raceFirst(printing, output.closed)
  })

const lineOf = ({ address, after, also, area, before, match, pid }: MemoryHit, colours: boolean): string => {
  const { bad, faint, strong } = style(colours)
  const where = area === undefined
    ? ["shared, not mapped"]
    : [area.protection, area.kind, ...(area.file === undefined ? [] : [area.file])]
  const text = `${faint(printable(before))}${bad(printable(match))}${faint(printable(after))}`
  const others = also.map((one) => `${one.pid}:${one.address}`).join(" ")
  return [
    `${strong(`${pid ?? "-"}:${address}`)}`,
    escape(where.join(" ")),
    text,
    ...(others === "" ? [] : [faint(`(also at ${others})`)])
  ].join("  ")
}
