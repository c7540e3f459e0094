/** Reading a range of a process's memory in parts, with what of it is not there and why, in constant memory. */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { ImageUnreadable, StorageFailed } from "../domain/CheckpointError.ts"
import type { AddressRange } from "../domain/memory/AddressRange.ts"
import type * as MemoryArea from "../domain/memory/MemoryArea.ts"
import * as PageMap from "../domain/memory/PageMap.ts"
import type { ProcessMemory } from "./processMemory.ts"

/** A part of memory: its bytes, or why there are none. */
export type MemoryPart =
  | { readonly _tag: "Known"; readonly start: bigint; readonly bytes: Uint8Array }
  | { readonly _tag: "Absent"; readonly start: bigint; readonly end: bigint; readonly why: string }

/** So much is read at once, in bytes. */
const partBytes = 1024 * 1024

/** The parts of a range in the order of their addresses; together they are all of it. */
export const readRange = (
  memory: ProcessMemory,
  { end, start }: AddressRange
): Stream.Stream<MemoryPart, ImageUnreadable | StorageFailed> =>
  Stream.mapEffect(
    Stream.fromIterable(stretches(memory, start, end)),
    (stretch) =>
      stretch.why !== undefined
        ? Effect.succeed<MemoryPart>({ _tag: "Absent", start: stretch.start, end: stretch.end, why: stretch.why })
        : Effect.map(
          memory.read(stretch.start, Number(stretch.end - stretch.start)),
          ([piece]): MemoryPart => ({ _tag: "Known", start: stretch.start, bytes: piece?.bytes ?? new Uint8Array() })
        )
  )

interface Stretch extends AddressRange {
  readonly why: string | undefined
}

function* stretches(memory: ProcessMemory, start: bigint, end: bigint): Generator<Stretch, void> {
  let from = start
  for (const range of PageMap.within(memory.pages, start, end)) {
    yield* absences(memory, from, range.start)
    const { place } = range
    if (place._tag === "Dumped") yield* parts(range)
    else yield { start: range.start, end: range.end, why: place._tag === "Lazy" ? lazy : place.reason }
    from = range.end
  }
  yield* absences(memory, from, end)
}

function* parts({ end, start }: AddressRange): Generator<Stretch, void> {
  for (let from = start; from < end; from += BigInt(partBytes)) {
    const to = from + BigInt(partBytes)
    yield { start: from, end: to < end ? to : end, why: undefined }
  }
}

/** What no page map tells of, area by area. */
function* absences({ areas }: ProcessMemory, start: bigint, end: bigint): Generator<Stretch, void> {
  let from = start
  for (const area of areas) {
    if (area.end <= from) continue
    if (area.start >= end) break
    if (area.start > from) yield { start: from, end: area.start, why: unmapped }
    if (area.start > from) from = area.start
    const to = area.end < end ? area.end : end
    yield { start: from, end: to, why: whyAbsent(area) }
    from = to
  }
  if (from < end) yield { start: from, end, why: unmapped }
}

const whyAbsent = ({ fileId, form, kind }: MemoryArea.MemoryArea): string =>
  fileId !== undefined && form !== "memfd"
    ? "as its file has it"
    : kind === "vdso" || kind === "other"
    ? "the kernel's own"
    : "never written to"

const unmapped = "nothing is mapped there"
const lazy = "left for a restore to fetch"
