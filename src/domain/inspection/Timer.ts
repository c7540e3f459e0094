/** A timer that a process has armed: one of the three of setitimer(2), or one of timer_create(2). */
import * as Schema from "effect/Schema"

/** A timer. */
export const Timer = Schema.Struct({
  /** `real`, `virtual`, `profiling`, or `posix` and its id. */
  name: Schema.String,
  /** Of one of timer_create(2): by name, or its number. */
  clock: Schema.optional(Schema.String),
  /** Until it fires, in microseconds. */
  remainingMicros: Schema.Number,
  /** Between firing and firing again; zero where it fires once. */
  intervalMicros: Schema.Number,
  /** The signal that it sends, by name. */
  signal: Schema.optional(Schema.String)
}).annotations({ identifier: "Timer" })
/** A timer. */
export type Timer = typeof Timer.Type
