/** Reading one image of a folder by its kind; what cannot be read is `ImageUnreadable`. */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { ImageUnreadable, type StorageFailed } from "../domain/CheckpointError.ts"
import * as ImageFile from "../domain/image/ImageFile.ts"
import type { ImageKind } from "../domain/image/ImageKind.ts"
import type { ImageFolder } from "./Images.ts"

/** Whether a folder has a file of this name. */
export const hasImage = ({ files }: ImageFolder, name: string): boolean => files.some((file) => file.name === name)

/** Reads an image whole. */
export const readImage = <A, H>(
  folder: ImageFolder,
  file: string,
  kind: ImageKind<A, H>
): Effect.Effect<ImageFile.Image<A, H>, ImageUnreadable | StorageFailed> =>
  Effect.flatMap(folder.read(file), (bytes) =>
    Either.mapLeft(
      ImageFile.read(kind, bytes),
      (reason) => new ImageUnreadable({ path: folder.path, file, reason })
    ))

/** The values of the entries of an image. */
export const readValues = <A>(
  folder: ImageFolder,
  file: string,
  kind: ImageKind<A>
): Effect.Effect<ReadonlyArray<A>, ImageUnreadable | StorageFailed> =>
  Effect.map(readImage(folder, file, kind), ({ entries }) => entries.map(({ value }) => value))
