/** The images of a folder, read one at a time into what they say of each other, and what is wrong with those that do not read. */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type { StorageFailed } from "../domain/CheckpointError.ts"
import * as Contents from "../domain/verification/Contents.ts"
import { identifyName } from "../domain/verification/imageName.ts"
import * as Loss from "../domain/verification/Loss.ts"
import type { Problem } from "../domain/verification/Verification.ts"
import type { ImageFolder, ImageInfo } from "./Images.ts"
import { maximumImageBytes } from "./Images.ts"

/** What was read. */
export interface ReadContents {
  readonly contents: Contents.Contents
  readonly problems: ReadonlyArray<Problem>
}

/** Reads the images of a folder that `wants` names; those without entries, such as pages, are only looked at. */
export const readContents = (
  folder: ImageFolder,
  wants: (file: string) => boolean = () => true
): Effect.Effect<ReadContents, StorageFailed> =>
  Effect.gen(function* () {
    const read = yield* Effect.forEach(
      folder.files.filter(({ name }) => wants(name)),
      (info) => Effect.either(readOne(folder, info)),
      { concurrency: 8 }
    )
    const failures = read.flatMap((one) => Either.isLeft(one) ? [one.left] : [])
    const [failed] = failures.flatMap((one) => one._tag === "Failed" ? [one.error] : [])
    if (failed !== undefined) return yield* failed
    return {
      contents: Contents.assemble(
        new Map(folder.files.map(({ bytes, name }) => [name, bytes] as const)),
        read.flatMap((one) => Either.isRight(one) ? [one.right] : [])
      ),
      problems: failures.flatMap((one) => one._tag === "Wrong" ? [one.problem] : [])
    }
  })

type Failure =
  | { readonly _tag: "Wrong"; readonly problem: Problem }
  | { readonly _tag: "Failed"; readonly error: StorageFailed }

const readOne = (folder: ImageFolder, { bytes, name }: ImageInfo): Effect.Effect<Contents.Part, Failure> =>
  Effect.gen(function* () {
    if (!Contents.isRead(name)) return isEmpty(name, bytes) ? yield* emptied(name) : {}
    if (bytes > maximumImageBytes) {
      // With contents of files, of memory or of queues in it an image may have any length, and tells nothing of others.
      return Contents.holdsContent(name) ? {} : yield* tooLarge(name, bytes)
    }
    const whole = yield* Effect.mapError(
      folder.read(name),
      (error): Failure =>
        error._tag === "StorageFailed"
          ? { _tag: "Failed", error }
          : { _tag: "Wrong", problem: wrong(name, "undecodable", error.reason) }
    )
    return yield* Effect.mapError(Contents.read(name, whole), (problem): Failure => ({ _tag: "Wrong", problem }))
  })

/** What another program wrote, and has no frame by which its length could be told: it is never empty. */
const isEmpty = (name: string, bytes: number): boolean => bytes === 0 && /^tmpfs_/.test(identifyName(name) ?? "")

const emptied = (name: string): Effect.Effect<never, Failure> =>
  Effect.fail({ _tag: "Wrong", problem: wrong(name, "truncated", "it is empty") })

/** What is not read is not called whole. */
const tooLarge = (file: string, bytes: number): Effect.Effect<never, Failure> =>
  Effect.fail({
    _tag: "Wrong",
    problem: {
      file,
      fault: "undecodable",
      detail: `it has ${bytes} bytes, which is too large to be examined`,
      restore: "doubtful",
      consequence: "whether it is whole, and what it calls for, is not known"
    }
  })

const wrong = (file: string, fault: Problem["fault"], detail: string): Problem => ({
  file,
  fault,
  detail,
  ...Loss.ofUnreadable(file)
})
