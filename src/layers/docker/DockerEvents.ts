/**
 * The event log of Docker's world: our own log, and, for those who follow, what the daemon tells of its containers beside it.
 *
 * What the daemon tells is not kept: the history is ours alone. A checkpoint that the daemon made for us is shown once, as ours.
 */
import * as Chunk from "effect/Chunk"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as SubscriptionRef from "effect/SubscriptionRef"
import type { EventLogFailed } from "../../domain/CheckpointError.ts"
import { Event, type EventFilter } from "../../domain/Event.ts"
import { EventLog } from "../../effects/EventLog.ts"
import { DockerApi } from "./DockerApi.ts"
import * as DockerEventStream from "./DockerEventStream.ts"

/**
 * The log of the daemon at an address, over a log of ours. Following fails where the daemon cannot be reached at the beginning; one that
 * goes away later is waited for.
 */
export const layer = (host: string, own: Layer.Layer<EventLog>): Layer.Layer<EventLog, never, DockerApi> =>
  Layer.effect(
    EventLog,
    Effect.gen(function* () {
      const api = yield* DockerApi
      const log = yield* EventLog
      return { ...log, follow: (filter = {}) => Stream.unwrapScoped(follow({ api, host }, log, filter)) }
    }).pipe(Effect.provide(own))
  )

const follow = (
  source: DockerEventStream.Source,
  log: typeof EventLog.Service,
  filter: EventFilter
): Effect.Effect<Stream.Stream<Event, EventLogFailed>, EventLogFailed, Scope.Scope> =>
  Effect.gen(function* () {
    const moment = yield* Clock.currentTimeMillis
    const before = filter.since === undefined ? [] : yield* collect(log.history(filter))
    const told = yield* collect(DockerEventStream.past(source, filter, moment))
    const latest = yield* SubscriptionRef.make<ReadonlyArray<Event>>(before.slice(-kept))

    const ours = log.follow(filter).pipe(
      Stream.filter(beyond(before)),
      Stream.tap((event) => SubscriptionRef.update(latest, (all) => [...all, event].slice(-kept)))
    )
    const [others, checkpoints] = yield* Stream.partition(
      DockerEventStream.live(source, filter, moment, told),
      ({ Action }) => Action === "checkpoint"
    )
    const foreign = checkpoints.pipe(
      Stream.mapEffect((event) => Effect.map(awaitOurs(latest, event), (isOurs) => ({ event, isOurs })), {
        concurrency: "unbounded",
        unordered: true
      }),
      Stream.filterMap(({ event, isOurs }) => isOurs ? Option.none() : Option.some(event))
    )
    const known = [...before, ...told.filter((event) => !before.some((one) => isSameCheckpoint(one, event)))]
    return Stream.concat(
      Stream.fromIterable(known.sort((a, b) => a.timeNano - b.timeNano)),
      Stream.mergeAll([ours, others, foreign], { concurrency: "unbounded" })
    )
  })

/** How many of our latest events are looked through for a checkpoint. */
const kept = 64

/**
 * How long after the daemon has told of a checkpoint ours of it is looked for: it is put on disk and published in between. A checkpoint
 * that somebody else had made is shown after that.
 */
const patience = Duration.seconds(5)

/** Whether ours of a checkpoint that the daemon tells of is there, or comes in time. */
const awaitOurs = (
  latest: SubscriptionRef.SubscriptionRef<ReadonlyArray<Event>>,
  theirs: Event
): Effect.Effect<boolean> =>
  latest.changes.pipe(
    Stream.filter((all) => all.some((ours) => isSameCheckpoint(ours, theirs))),
    Stream.runHead,
    Effect.as(true),
    Effect.timeoutTo({ duration: patience, onSuccess: (is) => is, onTimeout: () => false })
  )

/**
 * Whether our event is of the checkpoint that the daemon tells of, which bears no name: the daemon made it for us (an event of one that
 * was made past it says by what), and ours follows at once.
 */
export const isSameCheckpoint = (ours: Event, theirs: Event): boolean => {
  const later = ours.timeNano - theirs.timeNano
  return theirs.Action === "checkpoint" && ours.Action === "checkpoint" && ours.Actor.ID === theirs.Actor.ID &&
    // Ours has its time in whole milliseconds.
    ours.Actor.Attributes["beneath"] === undefined && later > -1e6 && later < Duration.toMillis(patience) * 1e6
}

/** Leaves out what was read before, in the order of the log; some of that may have been rotated away meanwhile. */
const beyond = (before: ReadonlyArray<Event>): (event: Event) => boolean => {
  let next = 0
  return (event) => {
    for (let at = next; at < before.length; at++) {
      const one = before[at]
      if (one === undefined || !isEqual(one, event)) continue
      next = at + 1
      return false
    }
    return true
  }
}

const isEqual = Schema.equivalence(Event)

const collect = <E>(stream: Stream.Stream<Event, E>) => Effect.map(Stream.runCollect(stream), Chunk.toArray)
