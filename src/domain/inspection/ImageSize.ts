/** A file in a folder of images: its kind and its size. */
import * as Schema from "effect/Schema"
import * as Image from "../image/Image.ts"

/** A file. */
export const ImageSize = Schema.Struct({
  file: Schema.String,
  bytes: Schema.Number,
  /** CRIU's name of its kind in small letters, such as `pstree`; absent where it is no image that is known. */
  kind: Schema.optional(Schema.String)
}).annotations({ identifier: "ImageSize" })
/** A file. */
export type ImageSize = typeof ImageSize.Type

/** Tells the kind of a file by its name and how it begins, as `Image.identify` does. */
export const of = (file: string, bytes: number, start: Uint8Array): ImageSize => {
  const identity = Image.identify(file, start)
  return {
    file,
    bytes,
    ...(identity._tag === "Known"
      ? { kind: identity.kind.name }
      : identity._tag === "Raw"
      ? { kind: identity.name }
      : {})
  }
}
