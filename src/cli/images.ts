/** The images that a command is told to look into: those of a checkpoint, or of any folder. */
import * as Args from "@effect/cli/Args"
import * as Options from "@effect/cli/Options"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { CheckpointError } from "../domain/CheckpointError.ts"
import * as Checkpoints from "../effects/Checkpoints.ts"
import type { FoundImages } from "../effects/findImages.ts"
import { Images } from "../effects/Images.ts"
import * as flags from "./criuFlags.ts"
import { inWorldOf } from "./inWorlds.ts"
import { UsageError } from "./UsageError.ts"
import { wellFormed } from "./wellFormed.ts"
import { type Surroundings, type WorldError, Worlds } from "./Worlds.ts"

/** A checkpoint by its container and name, or `--path`. */
export const imageFlags = {
  container: Args.text({ name: "container" }).pipe(
    Args.withDescription("The id, an unambiguous prefix of it, or the name"),
    Args.optional
  ),
  name: Args.text({ name: "checkpoint" }).pipe(Args.withDescription("The name of the checkpoint"), Args.optional),
  path: Options.text("path").pipe(
    Options.withPseudoName("dir"),
    Options.withDescription("A folder of CRIU's images, whoever made it, in place of a checkpoint"),
    Options.optional
  ),
  checkpointDir: flags.checkpointDir
}

/** What {@link imageFlags} come to. */
export interface ImageInput {
  readonly container: Option.Option<string>
  readonly name: Option.Option<string>
  readonly path: Option.Option<string>
  readonly checkpointDir: Option.Option<string>
}

/** The images that were found. */
export interface ImagesHere extends FoundImages {
  /** The images of their world, by which those that they build on are opened. */
  readonly images: typeof Images.Service
}

/** Why no images were found. */
export type ImagesError = WorldError | UsageError | CheckpointError

/**
 * Finds and opens the images that are meant; says what is missing where neither a checkpoint nor a folder is named. `command` is
 * as typed, such as `stasis inspect`.
 */
export const imagesOf = (
  command: string,
  { checkpointDir, container, name, path }: ImageInput
): Effect.Effect<ImagesHere, ImagesError, Worlds | Surroundings> =>
  Effect.gen(function* () {
    if (Option.isSome(path)) {
      if (Option.isSome(container)) {
        return yield* new UsageError({
          command,
          detail: "name a container and a checkpoint, or a folder with --path, not both"
        })
      }
      return yield* imagesIn(path.value)
    }
    if (Option.isNone(container) || Option.isNone(name)) {
      return yield* new UsageError({ command, detail: "name a container and a checkpoint, or a folder with --path" })
    }
    return yield* imagesOfCheckpoint(container.value, name.value, checkpointDir)
  })

/** The images in a folder, whoever made it. */
export const imagesIn = (path: string): Effect.Effect<ImagesHere, CheckpointError, Worlds> =>
  Effect.gen(function* () {
    const worlds = yield* Worlds
    const images = yield* Effect.provide(Images, worlds.images)
    return { folder: yield* images.open(path), checkpoint: undefined, images }
  })

/** The images of a checkpoint, in the world that knows its container. */
export const imagesOfCheckpoint = (
  container: string,
  name: string,
  checkpointDir: Option.Option<string>
): Effect.Effect<ImagesHere, ImagesError, Worlds | Surroundings> =>
  Effect.gen(function* () {
    const checkpoint = yield* Checkpoints.get(container, name, flags.given("checkpointDir", checkpointDir))
    const images = yield* Images
    return { folder: yield* images.open(checkpoint.path), checkpoint, images }
  }).pipe(
    inWorldOf(container, "read"),
    (work) => Effect.zipRight(wellFormed({ names: [name], checkpointDir }), work)
  )
