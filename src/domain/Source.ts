/** Which images are meant: those of a checkpoint, by its container and name, or those of any folder that CRIU dumped to. */
import * as Schema from "effect/Schema"

/** A checkpoint, or a folder of images. */
export const Source = Schema.Union(
  Schema.Struct({
    /** The id, the name, or an unambiguous prefix of the id. */
    container: Schema.String,
    name: Schema.String,
    checkpointDir: Schema.optional(Schema.String)
  }),
  Schema.Struct({
    /** A folder with an `inventory.img` in it. */
    path: Schema.String
  })
)
/** A checkpoint, or a folder of images. */
export type Source = typeof Source.Type
