/**
 * What a Docker daemon tells of its containers as it happens, as events of ours.
 *
 * A daemon that goes away and comes back (it is started again, say) ends nothing: it is connected to anew. What it tells twice is given
 * once. Source: Docker Engine API v1.45, `SystemEvents`; a daemon remembers its last 256 events, until it ends.
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { EventLogFailed } from "../../domain/CheckpointError.ts"
import { type Event, type EventFilter, matches } from "../../domain/Event.ts"
import type { ApiError, DockerApi, Query } from "./DockerApi.ts"
import * as DockerInfo from "./DockerInfo.ts"

/** The daemon that is listened to. */
export interface Source {
  readonly api: typeof DockerApi.Service
  /** Its address, for messages. */
  readonly host: string
}

/** What it remembers of the time from the filter's `since` until a moment, in milliseconds since 1970, oldest first. */
export const past = (
  source: Source,
  filter: EventFilter,
  moment: number
): Stream.Stream<Event, EventLogFailed> => {
  const until = Math.min(moment / 1000, filter.until === undefined ? Infinity : filter.until + 1)
  return filter.since === undefined || filter.since > until ? Stream.empty : source.api.lines("/events", {
    ...onlyContainers(filter),
    since: String(filter.since),
    until: String(until)
  }).pipe(
    Stream.filterMap(parse),
    Stream.filter((event) => matches(event, filter)),
    Stream.mapError(failed(source.host))
  )
}

/**
 * What happens from a moment on, in milliseconds since 1970, without the events that were given already. It fails where the daemon
 * cannot be reached at the beginning, and waits for one that goes away later; it ends with the filter's `until`.
 */
export const live = (
  source: Source,
  filter: EventFilter,
  moment: number,
  given: Iterable<Event>
): Stream.Stream<Event, EventLogFailed> =>
  Stream.suspend(() => {
    const fresh = once(given)
    let from = Math.max(0, moment / 1000 - overlap)
    let state: "new" | "there" | "away" = "new"

    const lost = (reason: string) =>
      Effect.suspend(() => {
        if (state === "away") return Effect.void
        state = "away"
        return Effect.logWarning(
          `Docker at "${source.host}" has gone away (${reason}), its events go on when it is back`
        )
      })

    const connection = Stream.unwrap(
      Effect.gen(function* () {
        if (yield* isOver(filter)) return Stream.fail(Option.none())
        yield* DockerInfo.read(source.api)
        state = "there"
        return source.api.lines("/events", {
          ...onlyContainers(filter),
          since: String(from),
          ...(filter.until === undefined ? {} : { until: String(filter.until + 1) })
        }).pipe(
          Stream.filterMap(parse),
          Stream.filter(fresh),
          Stream.tap((event) => Effect.sync(() => from = Math.max(from, event.time - overlap))),
          Stream.mapError(Option.some),
          Stream.concat(Stream.execute(Effect.unlessEffect(lost("it ended the connection"), isOver(filter))))
        )
      }).pipe(Effect.mapError(Option.some))
    )

    return connection.pipe(
      Stream.catchAll((error) =>
        Option.isSome(error) && state !== "new" && isPassing(error.value)
          ? Stream.execute(lost(detailOf(error.value)))
          : Stream.fail(error)
      ),
      Stream.repeat(pauses),
      Stream.catchAll(Option.match({
        onNone: () => Stream.empty,
        onSome: (error) => Stream.fail(failed(source.host)(error))
      })),
      Stream.filter((event) => matches(event, filter))
    )
  })

/** Seconds that are asked for twice, so that nothing is lost between two answers. */
const overlap = 1

/** Between two attempts to connect: soon at first, then every five seconds. */
const pauses = Schedule.exponential(Duration.millis(200)).pipe(
  Schedule.union(Schedule.spaced(Duration.seconds(5))),
  Schedule.resetAfter(Duration.seconds(30))
)

const isOver = ({ until }: EventFilter): Effect.Effect<boolean> =>
  Effect.map(Clock.currentTimeMillis, (now) => until !== undefined && Math.floor(now / 1000) > until)

/** Whether the same question may be answered later. */
const isPassing = (error: ApiError): boolean => error._tag === "RuntimeUnavailable" || error.status >= 500

const onlyContainers = ({ container }: EventFilter): Query => ({
  filters: JSON.stringify({ type: ["container"], ...(container === undefined ? {} : { container: [container] }) })
})

const DockerEvent = Schema.parseJson(Schema.Struct({
  Type: Schema.Literal("container"),
  Action: Schema.String,
  Actor: Schema.Struct({
    ID: Schema.String,
    Attributes: Schema.optionalWith(Schema.Record({ key: Schema.String, value: Schema.String }), {
      nullable: true,
      default: () => ({})
    })
  }),
  time: Schema.Number,
  timeNano: Schema.Number
}))

/** Reads a line of the daemon's; nothing where it is no event of a container. */
export const parse: (line: string) => Option.Option<Event> = Schema.decodeOption(DockerEvent)

/** More than a daemon remembers. */
const remembered = 512

/** Lets every event through the first time that it comes. */
const once = (given: Iterable<Event>): (event: Event) => boolean => {
  const seen = new Set(Array.from(given, keyOf))
  return (event) => {
    const key = keyOf(event)
    if (seen.has(key)) return false
    seen.add(key)
    for (const oldest of seen) {
      if (seen.size <= remembered) break
      seen.delete(oldest)
    }
    return true
  }
}

const keyOf = ({ Action, Actor, timeNano }: Event): string => `${timeNano} ${Actor.ID} ${Action}`

const failed = (host: string) => (error: ApiError): EventLogFailed =>
  new EventLogFailed({
    operation: "follow",
    path: host,
    detail: error._tag === "RuntimeUnavailable" ? `${error.detail}; ${error.remedy}` : error.message
  })

const detailOf = (error: ApiError): string => error._tag === "RuntimeUnavailable" ? error.detail : error.message
