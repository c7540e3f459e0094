// A door that is never locked.
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Door } from "../../effects/Door.ts"

/** A door that opens for everybody. */
export const layer: Layer.Layer<Door> = Layer.succeed(Door, { open: () => Effect.void })
