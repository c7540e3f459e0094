/** The log of what happened to checkpoints: append, read back, follow. */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Stream from "effect/Stream"
import type { EventLogFailed } from "../domain/CheckpointError.ts"
import type { Event, EventFilter } from "../domain/Event.ts"

/** The event log of one world. */
export class EventLog extends Context.Tag("stasis/EventLog")<EventLog, {
  /** Appends one event, as a whole or not at all. */
  readonly append: (event: Event) => Effect.Effect<void, EventLogFailed>
  /** What happened so far and passes the filter, oldest first. */
  readonly history: (filter?: EventFilter) => Stream.Stream<Event, EventLogFailed>
  /**
   * What happens from now on, and, where the filter has a `since`, what happened since then before it. Ends
   * only when the filter has an `until`, or with its consumer.
   */
  readonly follow: (filter?: EventFilter) => Stream.Stream<Event, EventLogFailed>
}>() {}
