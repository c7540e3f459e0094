/**
 * Reading the images of one folder, where one that does not read is a problem to be told, and no failure.
 *
 * It owns what was found amiss. What the images mean is for those who read them.
 */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type { ImagesNotFound, ImageUnreadable, ProcessNotFound, StorageFailed } from "../domain/CheckpointError.ts"
import type * as ImageFile from "../domain/image/ImageFile.ts"
import type { ImageKind } from "../domain/image/ImageKind.ts"
import type { Problem } from "../domain/inspection/Problem.ts"
import type { ImageFolder } from "./Images.ts"
import { hasImage, readImage } from "./readImage.ts"

/** What keeps an image from being read. */
type ReadingError = ImagesNotFound | ImageUnreadable | ProcessNotFound | StorageFailed

/** The images of one folder. */
export interface ImageReading {
  readonly folder: ImageFolder
  /** The values of an image that has to be there. */
  readonly values: <A>(file: string, kind: ImageKind<A, unknown>) => Effect.Effect<ReadonlyArray<A>>
  /** The values of an image that is there only where there is something to say; none where it is not. */
  readonly valuesIfAny: <A>(file: string, kind: ImageKind<A, unknown>) => Effect.Effect<ReadonlyArray<A>>
  /** The files of a kind, with the ids in their names. */
  readonly filesOf: (
    kind: Pick<ImageKind<unknown, unknown>, "file">
  ) => ReadonlyArray<readonly [file: string, id: string]>
  /** Runs what may fail with what is a problem here; `undefined` where it does. */
  readonly attempt: <A, R>(effect: Effect.Effect<A, ReadingError, R>) => Effect.Effect<A | undefined, never, R>
  readonly tell: (error: ReadingError) => Effect.Effect<void>
  /** What was told so far, each once, by the names of the files. */
  readonly problems: Effect.Effect<ReadonlyArray<Problem>>
}

/** Begins to read a folder. */
export const make = (folder: ImageFolder): ImageReading => {
  const told = new Map<string, Problem>()
  const tell = (error: ReadingError) =>
    Effect.sync(() => {
      const problem = problemOf(error, folder.path)
      told.set(`${problem.file}: ${problem.reason}`, problem)
    })
  const attempt = <A, R>(effect: Effect.Effect<A, ReadingError, R>) =>
    Effect.flatMap(
      Effect.either(effect),
      (done) => Either.isRight(done) ? Effect.succeed(done.right) : Effect.as(tell(done.left), undefined)
    )
  const values = <A>(file: string, kind: ImageKind<A, unknown>): Effect.Effect<ReadonlyArray<A>> =>
    Effect.map(attempt(readImage(folder, file, kind)), valuesOf)
  return {
    folder,
    values,
    valuesIfAny: (file, kind) => hasImage(folder, file) ? values(file, kind) : Effect.succeed([]),
    filesOf: ({ file }) =>
      folder.files.flatMap(({ name }) => {
        const match = file.exec(name)
        return match === null ? [] : [[name, match[1] ?? ""] as const]
      }),
    attempt,
    tell,
    problems: Effect.sync(() => [...told.values()].sort((a, b) => a.file < b.file ? -1 : a.file > b.file ? 1 : 0))
  }
}

const valuesOf = <A>(image: ImageFile.Image<A, unknown> | undefined): ReadonlyArray<A> =>
  (image?.entries ?? []).map(({ value }) => value)

/** An image of a parent is told with the path of its folder. */
const problemOf = (error: ReadingError, path: string): Problem => {
  switch (error._tag) {
    case "ImageUnreadable":
      return { file: error.path === path ? error.file : `${error.path}/${error.file}`, reason: error.reason }
    case "ProcessNotFound":
      return { file: `mm-${error.pid}.img`, reason: "it is not there" }
    // The images themselves were found.
    case "ImagesNotFound":
      return { file: "parent", reason: error.message }
    case "StorageFailed":
      return { file: error.path.replace(`${path}/`, ""), reason: error.message }
  }
}
