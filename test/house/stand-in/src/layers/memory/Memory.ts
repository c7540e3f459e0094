// A door without a house around it.
import * as Effect from "effect/Effect"
import * as HashSet from "effect/HashSet"
import * as Layer from "effect/Layer"
import { type Guest, Unwelcome } from "../../domain/Greeting.ts"
import { Door } from "../../effects/Door.ts"
import { holds } from "../shared/Keys.ts"

/** A door that opens for these guests. */
export const layer = (...guests: ReadonlyArray<Guest>): Layer.Layer<Door> =>
  Layer.succeed(Door, {
    open: (guest) => holds(HashSet.fromIterable(guests), guest) ? Effect.void : new Unwelcome({ guest })
  })
