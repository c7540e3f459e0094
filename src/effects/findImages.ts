/** The images that a source means, found and opened. */
import * as Effect from "effect/Effect"
import type { Checkpoint } from "../domain/Checkpoint.ts"
import type { ImagesNotFound, StorageFailed } from "../domain/CheckpointError.ts"
import type { Source } from "../domain/Source.ts"
import type { Ports } from "./Attempt.ts"
import { type ImageFolder, Images } from "./Images.ts"
import { getCheckpoint, type GetError } from "./readCheckpoints.ts"

/** What finding images can fail with. */
export type FindImagesError = GetError | ImagesNotFound | StorageFailed

/** The images, and the checkpoint that they are of, where they are of one. */
export interface FoundImages {
  readonly folder: ImageFolder
  readonly checkpoint: Checkpoint | undefined
}

/** Finds the images of a source; a damaged checkpoint's as well, as long as it has an `inventory.img`. */
export const findImages = (source: Source): Effect.Effect<FoundImages, FindImagesError, Ports> =>
  Effect.gen(function* () {
    const images = yield* Images
    if ("path" in source) return { folder: yield* images.open(source.path), checkpoint: undefined }
    const { container, name, ...options } = source
    const checkpoint = yield* getCheckpoint(container, name, options)
    return { folder: yield* images.open(checkpoint.path), checkpoint }
  })
