/** `stasis memory --dump`: a part of a process's memory, as hexadecimal lines, as JSON, or into a file. */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Encoding from "effect/Encoding"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as AddressRange from "../domain/memory/AddressRange.ts"
import * as hexdump from "../domain/memory/hexdump.ts"
import { addressOf } from "../domain/memory/MemoryHit.ts"
import type { ProcessMemory } from "../effects/processMemory.ts"
import { type MemoryPart, readRange } from "../effects/readMemory.ts"
import * as humanize from "./humanize.ts"
import * as Json from "./json.ts"
import * as NewFile from "./newFile.ts"
import { Output } from "./Output.ts"
import * as print from "./print.ts"
import { Settings } from "./Settings.ts"
import { UsageError } from "./UsageError.ts"

/** What is dumped, and where to. */
export interface Dump {
  /** As typed: addresses, the start of an area, or a kind of area. */
  readonly what: string
  readonly output: Option.Option<string>
  readonly force: boolean
}

/** Dumps what was named of a process's memory. What of it is not there is said, and is no zeros but a hole in a file. */
export const dump = (memory: ProcessMemory, { force, output, what }: Dump) =>
  Effect.gen(function* () {
    const ranges = yield* rangesOf(memory, what)
    const [range, ...others] = ranges
    if (Option.isNone(output) || range === undefined) return yield* show(memory, ranges)
    if (others.length > 0) {
      const starts = ranges.map(({ start }) => addressOf(start)).join(", ")
      return yield* usage(`there are ${ranges.length} areas of the kind "${what}": name one by its start, of ${starts}`)
    }
    yield* write(memory, range, output.value, force)
  })

/** What was named, found in the process's memory. */
const rangesOf = ({ areas }: ProcessMemory, what: string) =>
  Effect.catchAll(
    Either.flatMap(AddressRange.parse(what), (named) => AddressRange.resolve(named, areas)),
    (reason) => usage(`cannot dump "${what}": ${reason}`)
  )

const usage = (detail: string) => new UsageError({ command: "stasis memory", detail })

const show = (memory: ProcessMemory, ranges: ReadonlyArray<AddressRange.AddressRange>) =>
  Effect.gen(function* () {
    const { out } = yield* Output
    const { format } = yield* Settings
    for (const range of ranges) {
      let state = hexdump.begin
      yield* Stream.runForEach(readRange(memory, range), (part) => {
        if (format === "json") return Effect.flatMap(encode(jsonOf(part)), (line) => out(`${line}\n`))
        const [lines, next] = linesOf(part, state)
        state = next
        return out(lines.map((line) => `${line}\n`).join(""))
      })
      // As hexdump ends; where lines were left out it tells how many.
      if (format !== "json") yield* out(`${hexdump.addressText(range.end)}\n`)
    }
  })

const linesOf = (part: MemoryPart, state: hexdump.HexState): readonly [ReadonlyArray<string>, hexdump.HexState] => {
  if (part._tag === "Known") return hexdump.lines(part.start, part.bytes, state)
  const size = humanize.bytes(Number(part.end - part.start))
  return [[`${hexdump.addressText(part.start)}  (${size} not dumped: ${part.why})`], hexdump.begin]
}

const jsonOf = (part: MemoryPart) =>
  part._tag === "Known"
    ? { start: addressOf(part.start), bytes: Encoding.encodeHex(part.bytes) }
    : { start: addressOf(part.start), end: addressOf(part.end), absent: part.why }

const encode = Json.encoder(Schema.Unknown)

const write = (memory: ProcessMemory, { end, start }: AddressRange.AddressRange, path: string, force: boolean) =>
  Effect.scoped(Effect.gen(function* () {
    const file = yield* NewFile.make(path, force)
    const holes = new Map<string, bigint>()
    yield* Stream.runForEach(readRange(memory, { start, end }), (part) => {
      if (part._tag === "Known") return file.write(Number(part.start - start), part.bytes)
      return Effect.sync(() => holes.set(part.why, (holes.get(part.why) ?? 0n) + part.end - part.start))
    })
    yield* file.end(Number(end - start))
    yield* print.warnings(
      Array.from(
        holes,
        ([why, bytes]) => `${humanize.bytes(Number(bytes))} of ${path} are a hole, for they were not dumped: ${why}`
      )
    )
    yield* print.result({
      schema: Written,
      value: {
        path,
        start: addressOf(start),
        end: addressOf(end),
        holes: Number([...holes.values()].reduce((a, b) => a + b, 0n))
      },
      text: `Wrote ${humanize.bytes(Number(end - start))} of the memory of process ${memory.pid} to ${path}\n`,
      names: [path]
    })
  }))

const Written = Schema.Struct({
  path: Schema.String,
  start: Schema.String,
  end: Schema.String,
  /** How many bytes of the file are none that the process had. */
  holes: Schema.Number
})
