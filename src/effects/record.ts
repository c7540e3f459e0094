/** The events of an operation. That one cannot be written undoes nothing: it is a warning. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { Container } from "../domain/Container.ts"
import * as Event from "../domain/Event.ts"
import { EventLog } from "./EventLog.ts"

/** Appends an event; gives the warnings that this leads to. */
export const record = (
  action: Event.Action,
  container: Container,
  attributes: Readonly<Record<string, string | number | boolean | undefined>>
): Effect.Effect<ReadonlyArray<string>, never, EventLog> =>
  Effect.gen(function* () {
    const log = yield* EventLog
    const milliseconds = yield* Clock.currentTimeMillis
    return yield* Effect.match(log.append(Event.make(action, container, attributes, milliseconds)), {
      onSuccess: () => [],
      onFailure: (error) => [error.message]
    })
  })

/** Appends the event of a failure, by the error's tag: messages may hold what must not reach a log. */
export const recordFailure = (
  action: Event.Action,
  container: Container,
  checkpoint: string,
  error: { readonly _tag: string }
): Effect.Effect<void, never, EventLog> => Effect.asVoid(record(action, container, { checkpoint, error: error._tag }))
