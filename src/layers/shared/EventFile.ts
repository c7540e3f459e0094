/**
 * The event log as files below the stasis root: appended to by any number of processes, rotated, and followed across
 * the rotation.
 *
 * It owns `<root>/events`. An event that a reader has not read before its segment was rotated away is not read.
 */
import type { PlatformError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Ref from "effect/Ref"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import { EventLogFailed } from "../../domain/CheckpointError.ts"
import { type Event, type EventFilter, matches } from "../../domain/Event.ts"
import type { Disk } from "../../effects/Disk.ts"
import { EventLog } from "../../effects/EventLog.ts"
import * as Segments from "./EventSegments.ts"
import { storageFailed } from "./storageFailed.ts"

/** Where the log lies and how much of it is kept. */
export interface EventFileConfig {
  /** The stasis root: an absolute path. */
  readonly root: string
  /** A segment that would grow beyond this many bytes is followed by a new one; 1 MiB when absent. */
  readonly segmentBytes?: number
  /** How many segments are kept; 8 when absent. */
  readonly segments?: number
}

/** The event log below a stasis root. The folder is made by the first append, of mode 0700, its files of 0600. */
export const layer = (config: EventFileConfig): Layer.Layer<EventLog, never, FileSystem.FileSystem | Disk> => {
  const folder = `${config.root}/events`
  const segments: Segments.SegmentConfig = {
    folder,
    segmentBytes: config.segmentBytes ?? 1_048_576,
    segments: Math.max(1, config.segments ?? 8)
  }
  return Layer.effect(
    EventLog,
    Effect.map(Effect.context<FileSystem.FileSystem | Disk>(), (context) => ({
      append: (event) =>
        Segments.append(segments, event).pipe(
          Effect.mapError(failed("append", folder)),
          Effect.timeoutFail({ duration: patience, onTimeout: () => held(folder) }),
          Effect.provide(context)
        ),
      history: (filter = {}) =>
        history(folder).pipe(
          Stream.filter((event) => matches(event, filter)),
          Stream.mapError(failed("read", folder)),
          Stream.provideContext(context)
        ),
      follow: (filter = {}) =>
        follow(folder, filter).pipe(
          Stream.filter((event) => matches(event, filter)),
          Stream.mapError(failed("follow", folder)),
          Stream.provideContext(context)
        )
    }))
  )
}

/** The longest wait for another process that appends: one that was stopped in the middle must not stop all others. */
const patience = Duration.seconds(10)

/** In the order of the appends, one segment in memory at a time. */
const history = (folder: string): Stream.Stream<Event, PlatformError, FileSystem.FileSystem> =>
  Stream.unwrap(
    Effect.map(Segments.list(folder), (numbers) =>
      Stream.flatMap(Stream.fromIterable(numbers), (segment) =>
        Stream.fromIterableEffect(
          Effect.map(Segments.read(folder, { segment, offset: 0 }, true), (page) =>
            page.events)
        )))
  )

const follow = (folder: string, filter: EventFilter): Stream.Stream<Event, PlatformError, FileSystem.FileSystem> =>
  Stream.unwrap(Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    yield* fs.makeDirectory(folder, { recursive: true, mode: 0o700 })
    const cursor = yield* Ref.make(filter.since === undefined ? yield* end(folder) : { segment: 0, offset: 0 })
    return wakes(fs, folder).pipe(
      Stream.mapEffect(() => Clock.currentTimeMillis),
      Stream.map((now) => filter.until !== undefined && Math.floor(now / 1000) > filter.until),
      Stream.takeUntil((isOver) => isOver),
      Stream.flatMap(() => news(folder, cursor))
    )
  }))

/**
 * Says when there may be something new: at once, when the folder changes, and from time to time, for a watcher can be
 * late to start, can lose what overflows it, and sees nothing of what another machine writes.
 */
const wakes = (fs: FileSystem.FileSystem, folder: string): Stream.Stream<unknown> =>
  Stream.succeed(undefined).pipe(
    Stream.merge(Stream.catchAllCause(fs.watch(folder), () => Stream.empty)),
    Stream.merge(Stream.fromSchedule(
      Schedule.union(Schedule.exponential(Duration.millis(50)), Schedule.spaced(Duration.seconds(1)))
    )),
    Stream.buffer({ capacity: 1, strategy: "sliding" })
  )

/** The events beyond the cursor, which moves behind them. */
const news = (
  folder: string,
  cursor: Ref.Ref<Segments.Cursor>
): Stream.Stream<Event, PlatformError, FileSystem.FileSystem> =>
  Stream.unwrap(
    Effect.map(Segments.list(folder), (numbers) =>
      Stream.flatMap(Stream.fromIterable(numbers), (segment) =>
        Stream.unwrap(Effect.gen(function* () {
          const at = yield* Ref.get(cursor)
          if (segment < at.segment) {
            return Stream.empty
          }
          // Its successor was there when the list was made: nothing more will come.
          const final = segment !== numbers.at(-1)
          const from = { segment, offset: segment === at.segment ? at.offset : 0 }
          const { events, next } = yield* Segments.read(folder, from, final)
          yield* Ref.set(cursor, next)
          return Stream.fromChunk(events)
        }))))
  )

/** Behind all that is there. */
const end = (folder: string): Effect.Effect<Segments.Cursor, PlatformError, FileSystem.FileSystem> =>
  Effect.flatMap(Segments.list(folder), (numbers) => {
    const segment = numbers.at(-1)
    return segment === undefined
      ? Effect.succeed({ segment: 0, offset: 0 })
      : Effect.map(Segments.read(folder, { segment, offset: 0 }, false), ({ next }) => next)
  })

const failed = (operation: EventLogFailed["operation"], path: string) => (error: PlatformError): EventLogFailed =>
  new EventLogFailed({ operation, path, detail: storageFailed(operation, path)(error).detail })

const held = (path: string): EventLogFailed =>
  new EventLogFailed({ operation: "append", path, detail: "another process holds it and does not go on" })
