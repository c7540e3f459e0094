// Who is let in. The service and its one use case; how a door works is a layer's business.
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { type Guest, type Unwelcome, words } from "../domain/Greeting.ts"

/** Lets guests in, or turns them away. */
export class Door extends Context.Tag("stasis/Door")<Door, {
  readonly open: (guest: Guest) => Effect.Effect<void, Unwelcome>
}>() {}

/** Opens the door for a guest, and greets. */
export const welcome = Effect.fn("Door.welcome")(function* (guest: Guest) {
  const door = yield* Door
  yield* door.open(guest)
  return words(guest)
})
