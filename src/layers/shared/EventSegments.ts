/**
 * The files of an event log: numbered segments of one JSON object a line, the highest number being written to.
 *
 * A line is written by one call under a lock of the folder, so a segment is final once its successor is there.
 * What a crash has torn is not an event: readers skip it, and the next line begins on a line of its own.
 */
import type { PlatformError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { type Event, EventLine } from "../../domain/Event.ts"
import { Disk } from "../../effects/Disk.ts"

/** Where the segments are and how many of which size there may be. */
export interface SegmentConfig {
  readonly folder: string
  /** A segment that would grow beyond this many bytes is followed by a new one. */
  readonly segmentBytes: number
  /** How many segments are kept, the one that is written to included. */
  readonly segments: number
}

/** A place in the log: a segment and a byte in it. */
export interface Cursor {
  readonly segment: number
  readonly offset: number
}

/** The events that a segment has beyond a place, and the place behind them. */
export interface Page {
  readonly events: Chunk.Chunk<Event>
  readonly next: Cursor
}

/** The path of a segment. */
const segmentPath = (folder: string, segment: number): string => `${folder}/${String(segment).padStart(8, "0")}.ndjson`

/** The numbers of the segments that are there, in order; none where there is no folder. */
export const list = (folder: string): Effect.Effect<ReadonlyArray<number>, PlatformError, FileSystem.FileSystem> =>
  Effect.flatMap(FileSystem.FileSystem, (fs) => absentAs(fs.readDirectory(folder), [])).pipe(
    Effect.map((names) =>
      names.flatMap((name) => /^\d{8,}\.ndjson$/.test(name) ? [Number.parseInt(name, 10)] : []).sort((a, b) => a - b)
    )
  )

/** Writes one event behind all others, as a whole or not at all. Waits for whoever writes at the moment. */
export const append = (
  config: SegmentConfig,
  event: Event
): Effect.Effect<void, PlatformError, FileSystem.FileSystem | Disk> =>
  Effect.scoped(Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const disk = yield* Disk
    yield* fs.makeDirectory(config.folder, { recursive: true, mode: 0o700 })
    // Whoever bounds the wait can do so, even where nothing else may be interrupted.
    yield* Effect.interruptible(disk.lock(`${config.folder}/lock`, true))
    yield* Effect.uninterruptible(write(config, `${Schema.encodeSync(EventLine)(event)}\n`))
  }))

/** Reads a segment from a byte on. Of a segment that is not final, the last line is read once it has its end. */
export const read = (
  folder: string,
  from: Cursor,
  final: boolean
): Effect.Effect<Page, PlatformError, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const content = fs.stream(segmentPath(folder, from.segment), { offset: from.offset })
    const pieces = yield* absentAs(Stream.runCollect(content), Chunk.empty())
    const bytes = concat(Chunk.toReadonlyArray(pieces))
    const end = final ? bytes.length : bytes.lastIndexOf(newline) + 1
    return {
      events: Chunk.fromIterable(eventsOf(new TextDecoder().decode(bytes.subarray(0, end)))),
      next: { segment: from.segment, offset: from.offset + end }
    }
  })

const newline = 0x0a

const decode = Schema.decodeUnknownEither(EventLine)

const eventsOf = (text: string): ReadonlyArray<Event> =>
  text.split("\n").flatMap((line) =>
    line === "" ? [] : Either.match(decode(line), { onLeft: () => [], onRight: (event) => [event] })
  )

/** The caller holds the lock. */
const write = (config: SegmentConfig, line: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const numbers = yield* list(config.folder)
    const last = numbers.at(-1) ?? 1
    const path = segmentPath(config.folder, last)
    const size = yield* absentAs(Effect.map(fs.stat(path), (info) => Number(info.size)), 0)
    if (size === 0 || size + line.length <= config.segmentBytes) return yield* writeTo(path, size, line)
    yield* writeTo(segmentPath(config.folder, last + 1), 0, line)
    yield* Effect.forEach(
      numbers.filter((number) => number <= last + 1 - config.segments),
      (number) => Effect.ignore(fs.remove(segmentPath(config.folder, number)))
    )
  })

/** A write that does not succeed is taken back. */
const writeTo = (path: string, size: number, line: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const file = yield* fs.open(path, { flag: "a+", mode: 0o600 })
    const text = (yield* endsTorn(file, size)) ? `\n${line}` : line
    yield* Effect.onError(
      file.writeAll(new TextEncoder().encode(text)),
      () => Effect.ignore(file.truncate(BigInt(size)))
    )
  }).pipe(Effect.scoped)

const endsTorn = (file: FileSystem.File, size: number) =>
  size === 0 ? Effect.succeed(false) : file.seek(BigInt(size - 1), "start").pipe(
    Effect.zipRight(file.readAlloc(1)),
    Effect.map(Option.exists((byte) => byte[0] !== newline))
  )

const concat = (pieces: ReadonlyArray<Uint8Array>): Uint8Array => {
  const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0))
  pieces.reduce((offset, piece) => {
    bytes.set(piece, offset)
    return offset + piece.length
  }, 0)
  return bytes
}

/** What is not there: never written, or rotated away while we read. */
const absentAs = <A, R>(effect: Effect.Effect<A, PlatformError, R>, value: A): Effect.Effect<A, PlatformError, R> =>
  Effect.catchTag(
    effect,
    "SystemError",
    (error) => error.reason === "NotFound" ? Effect.succeed(value) : Effect.fail(error)
  )
