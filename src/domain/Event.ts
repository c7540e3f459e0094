/** What happened to a container's checkpoints, in the shape of Docker's event stream. */
import * as Schema from "effect/Schema"
import type { Container } from "./Container.ts"

/** What happened; a failure is its own action, with the error's tag among the attributes. */
export const Action = Schema.Literal(
  "checkpoint",
  "restore",
  "checkpoint-remove",
  "checkpoint-recover",
  "network-unlock",
  "checkpoint-failed",
  "restore-failed"
)
/** What happened. */
export type Action = typeof Action.Type

/** One event. */
export const Event = Schema.Struct({
  Type: Schema.Literal("container"),
  Action: Schema.String,
  Actor: Schema.Struct({
    /** The container's id. */
    ID: Schema.String,
    Attributes: Schema.Record({ key: Schema.String, value: Schema.String })
  }),
  /** Seconds since 1970. */
  time: Schema.Number,
  /** Nanoseconds since 1970; beyond 2^53, so the last digits are not exact. */
  timeNano: Schema.Number
})
/** One event. */
export type Event = typeof Event.Type

/** One event as a line of JSON, without the line's end. */
export const EventLine: Schema.Schema<Event, string> = Schema.parseJson(Event)

/** Which events a reader wants; absent means all. */
export interface EventFilter {
  /** A container's id or name. */
  readonly container?: string
  readonly actions?: ReadonlyArray<string>
  /** From this time on, in seconds since 1970. */
  readonly since?: number
  /** Until this time, in seconds since 1970. */
  readonly until?: number
}

/** An event of a container at a time in milliseconds since 1970. */
export const make = (
  action: Action,
  container: Container,
  attributes: Readonly<Record<string, string | number | boolean | undefined>>,
  milliseconds: number
): Event => {
  const own: Record<string, string> = {}
  for (const [key, value] of Object.entries(attributes)) if (value !== undefined) own[key] = String(value)
  return {
    Type: "container",
    Action: action,
    Actor: {
      ID: container.id,
      Attributes: {
        ...container.labels,
        ...(container.image === undefined ? {} : { image: container.image }),
        name: container.name ?? container.id,
        ...own
      }
    },
    time: Math.floor(milliseconds / 1000),
    timeNano: milliseconds * 1_000_000
  }
}

/** Whether a reader with this filter wants the event. */
export const matches = (event: Event, filter: EventFilter): boolean =>
  (filter.container === undefined || event.Actor.ID === filter.container ||
    event.Actor.Attributes["name"] === filter.container) &&
  (filter.actions === undefined || filter.actions.includes(event.Action)) &&
  (filter.since === undefined || event.time >= filter.since) &&
  (filter.until === undefined || event.time <= filter.until)
