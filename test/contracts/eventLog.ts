/** What every `EventLog` keeps. */
import { describe, expect, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { type CheckpointError, Event, EventLog } from "stasis"

/** Runs the contract on a log that is empty at the beginning of each test. */
export const suite = (name: string, layer: () => Layer.Layer<EventLog.EventLog, unknown>): void => {
  const check = (
    promise: string,
    test: (log: typeof EventLog.EventLog.Service) => Effect.Effect<unknown, CheckpointError.EventLogFailed>
  ) => it.effect(promise, () => Effect.provide(Effect.flatMap(EventLog.EventLog, test), layer()))

  describe(`EventLog: ${name}`, () => {
    check("reads back what was appended, oldest first", (log) =>
      Effect.gen(function* () {
        expect(yield* collect(log.history())).toEqual([])
        const events = [1, 2, 3].map((second) => event("web", second))
        yield* Effect.forEach(events, log.append)
        expect(yield* collect(log.history())).toEqual(events)
      }))

    check("reads what the filter lets through", (log) =>
      Effect.gen(function* () {
        const events = [event("web", 1), event("db", 2), event("web", 3, "restore"), event("web", 4)]
        yield* Effect.forEach(events, log.append)
        expect(yield* collect(log.history({ container: "db" }))).toEqual([events[1]])
        expect(yield* collect(log.history({ actions: ["restore"] }))).toEqual([events[2]])
        expect(yield* collect(log.history({ since: 2, until: 3 }))).toEqual([events[1], events[2]])
      }))

    check("follows from now on, without what was before", (log) =>
      Effect.gen(function* () {
        yield* log.append(event("web", 1))
        const found = yield* followed(log, {}, 2, (append) =>
          Effect.forEach([2, 3], (second) =>
            append(event("web", second))))
        expect(found.map(({ time }) =>
          time
        )).toEqual([2, 3])
      }))

    check("follows from a time on, without a gap or a double between then and now", (log) =>
      Effect.gen(function* () {
        yield* Effect.forEach([1, 2, 3], (second) => log.append(event("web", second)))
        const found = yield* collect(Stream.take(log.follow({ since: 2 }), 2))
        expect(found.map(({ time }) => time)).toEqual([2, 3])
        const more = yield* followed(log, { since: 3 }, 3, (append) =>
          Effect.forEach([4, 5], (second) =>
            append(event("web", second))))
        expect(more.map(({ time }) =>
          time
        )).toEqual([3, 4, 5])
      }))

    check("takes appends of many fibres, each whole", (log) =>
      Effect.gen(function* () {
        const ids = Array.from({ length: 50 }, (_, index) => `c${index}`)
        yield* Effect.forEach(ids, (id) => log.append(event(id, 1)), { concurrency: "unbounded" })
        const found = yield* collect(log.history())
        expect(found.map(({ Actor }) => Actor.ID).sort()).toEqual([...ids].sort())
      }))
  })
}

const event = (id: string, second: number, action: Event.Action = "checkpoint"): Event.Event =>
  Event.make(action, { id, state: "running", labels: {}, identity: id }, { checkpoint: "first" }, second * 1000)

const collect = <E>(stream: Stream.Stream<Event.Event, E>) => Effect.map(Stream.runCollect(stream), Chunk.toArray)

/** What a follower sees of what is appended once it follows: a marker that it has read says that it does. */
const followed = (
  log: typeof EventLog.EventLog.Service,
  filter: Event.EventFilter,
  count: number,
  appends: (
    append: (event: Event.Event) => Effect.Effect<void, CheckpointError.EventLogFailed>
  ) => Effect.Effect<unknown, CheckpointError.EventLogFailed>
) =>
  Effect.gen(function* () {
    const follows = yield* Deferred.make<void>()
    const follower = yield* log.follow(filter).pipe(
      Stream.tap((one) => one.Actor.ID === "marker" ? Deferred.succeed(follows, undefined) : Effect.void),
      Stream.filter((one) => one.Actor.ID !== "marker"),
      Stream.take(count),
      Stream.runCollect,
      Effect.fork
    )
    // Nobody can see from outside that a stream has begun: markers are appended until one has come through.
    const markers = yield* Effect.fork(
      Effect.forever(Effect.zipRight(log.append(event("marker", 1_000)), Effect.yieldNow()))
    )
    yield* Deferred.await(follows)
    yield* Fiber.interrupt(markers)
    yield* appends(log.append)
    return Chunk.toArray(yield* Fiber.join(follower))
  })
