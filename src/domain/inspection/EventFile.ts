/** Open files to wait on: for other programs, descriptors, files, time or signals. */
import * as Schema from "effect/Schema"
import { opened } from "./OpenFile.ts"

/** A counter for waiting (eventfd(2)). */
export const EventCounter = Schema.Struct({
  kind: Schema.Literal("eventfd"),
  ...opened,
  /** A decimal number: it may be larger than a JSON number can be. */
  count: Schema.String
}).annotations({ identifier: "EventCounter" })
/** A counter for waiting. */
export type EventCounter = typeof EventCounter.Type

/** What waits for several descriptors (epoll(7)). */
export const EventPoll = Schema.Struct({
  kind: Schema.Literal("epoll"),
  ...opened,
  targets: Schema.Array(
    Schema.Struct({
      descriptor: Schema.Number,
      /** In words, such as `in`, `edge-triggered`. */
      events: Schema.Array(Schema.String)
    })
  )
}).annotations({ identifier: "EventPoll" })
/** What waits for several descriptors. */
export type EventPoll = typeof EventPoll.Type

/** What waits for changes of files (inotify(7), fanotify(7)). */
export const FileWatcher = Schema.Struct({
  kind: Schema.Literal("inotify", "fanotify"),
  ...opened,
  watches: Schema.Array(
    Schema.Struct({
      /** Of inotify: the number by which the program knows it. */
      watch: Schema.optional(Schema.Number),
      path: Schema.optional(Schema.String),
      /** In words, such as `modify`. */
      events: Schema.Array(Schema.String)
    })
  )
}).annotations({ identifier: "FileWatcher" })
/** What waits for changes of files. */
export type FileWatcher = typeof FileWatcher.Type

/** A timer (timerfd_create(2)). */
export const TimerFile = Schema.Struct({
  kind: Schema.Literal("timerfd"),
  ...opened,
  /** By name, or its number. */
  clock: Schema.String,
  /** Until it fires, in microseconds; zero where it is not armed. */
  remainingMicros: Schema.Number,
  intervalMicros: Schema.Number,
  /** How often it fired unread. */
  ticks: Schema.Number
}).annotations({ identifier: "TimerFile" })
/** A timer. */
export type TimerFile = typeof TimerFile.Type

/** What takes signals (signalfd(2)). */
export const SignalFile = Schema.Struct({
  kind: Schema.Literal("signalfd"),
  ...opened,
  /** By name. */
  signals: Schema.Array(Schema.String)
}).annotations({ identifier: "SignalFile" })
/** What takes signals. */
export type SignalFile = typeof SignalFile.Type
