/**
 * The `EventLog` of an in-memory world: a bounded list that can be followed.
 *
 * The oldest events go when it is full. Who follows is told that it fell behind when events it had not read are gone.
 */
import type * as Context from "effect/Context"
import * as Chunk from "effect/Chunk"
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { EventLogFailed } from "../../domain/CheckpointError.ts"
import { type Event, type EventFilter, matches } from "../../domain/Event.ts"
import type { EventLog } from "../../effects/EventLog.ts"
import type { Faults } from "./Faults.ts"

/** A log that keeps so many events. */
export const make = (capacity: number, faults: Faults): Context.Tag.Service<EventLog> => {
  const log = new Events(Math.max(1, capacity))
  return {
    append: (event) => faults.around("EventLog.append", Effect.sync(() => log.append(event))),
    history: (filter = {}) =>
      Stream.suspend(() => Stream.fromIterable(log.from(log.oldest).filter((event) => matches(event, filter)))),
    follow: (filter = {}) =>
      Stream.suspend(() =>
        Stream.unfoldChunkEffect(filter.since === undefined ? log.end : log.oldest, (next) => follow(log, next, filter))
      )
  }
}

/** The events that are kept, numbered from the first that ever was. */
class Events {
  readonly #capacity: number
  #kept: Array<Event> = []
  /** The number of the oldest event that is kept. */
  oldest = 0
  readonly #waiting = new Set<Deferred.Deferred<void>>()

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  /** The number that the next event will have. */
  get end(): number {
    return this.oldest + this.#kept.length
  }

  append(event: Event): void {
    this.#kept.push(event)
    // Cut in one go, now and then: a cut for each event would cost as much as the list is long.
    if (this.#kept.length >= this.#capacity * 2) {
      this.oldest += this.#kept.length - this.#capacity
      this.#kept = this.#kept.slice(-this.#capacity)
    }
    for (const waiting of this.#waiting) Deferred.unsafeDone(waiting, Effect.void)
    this.#waiting.clear()
  }

  from(number: number): ReadonlyArray<Event> {
    return this.#kept.slice(number - this.oldest)
  }

  /** Waits until there is an event of this number. */
  wait(number: number): Effect.Effect<void> {
    return Effect.flatMap(Deferred.make<void>(), (waiting) => {
      if (this.end > number) return Effect.void
      this.#waiting.add(waiting)
      return Effect.ensuring(Deferred.await(waiting), Effect.sync(() => this.#waiting.delete(waiting)))
    })
  }
}

type Step = Option.Option<readonly [Chunk.Chunk<Event>, number]>

const follow = (log: Events, next: number, filter: EventFilter): Effect.Effect<Step, EventLogFailed> =>
  Effect.gen(function* () {
    if (next < log.oldest) {
      return yield* new EventLogFailed({
        operation: "follow",
        path: "memory",
        detail: `${log.oldest - next} events were dropped before they were read`
      })
    }
    if (log.end === next && !(yield* waitUntil(log, next, filter))) return Option.none()
    const events = log.from(next).filter((event) => matches(event, filter))
    return Option.some([Chunk.unsafeFromArray(events), log.end])
  })

/** Waits for an event; false when the time that the filter asks for has passed first. */
const waitUntil = (log: Events, next: number, { until }: EventFilter): Effect.Effect<boolean> =>
  Effect.gen(function* () {
    if (until === undefined) return yield* Effect.as(log.wait(next), true)
    const left = (until + 1) * 1000 - (yield* Clock.currentTimeMillis)
    if (left <= 0) return false
    return yield* Effect.timeoutTo(log.wait(next), {
      duration: Duration.millis(left),
      onSuccess: () => true,
      onTimeout: () => false
    })
  })
