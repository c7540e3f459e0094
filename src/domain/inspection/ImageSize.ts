/** A file in a folder of images: its kind and its size. */
import * as Schema from "effect/Schema"

/** A file. */
export const ImageSize = Schema.Struct({
  file: Schema.String,
  bytes: Schema.Number,
  /** CRIU's name of its kind in small letters, such as `pstree`; absent where it is no image that is known. */
  kind: Schema.optional(Schema.String)
}).annotations({ identifier: "ImageSize" })
/** A file. */
export type ImageSize = typeof ImageSize.Type
