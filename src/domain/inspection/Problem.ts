/** An image of which nothing, or not everything, could be said. */
import * as Schema from "effect/Schema"

/** What could not be read. */
export const Problem = Schema.Struct({
  /** The name of the file in its folder. */
  file: Schema.String,
  /** One line. */
  reason: Schema.String
}).annotations({ identifier: "Problem" })
/** What could not be read. */
export type Problem = typeof Problem.Type
