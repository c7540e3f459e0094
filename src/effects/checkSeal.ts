/** A folder held against its seal: each byte that was sealed is read. */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type { ImageUnreadable, StorageFailed } from "../domain/CheckpointError.ts"
import * as Seal from "../domain/verification/Seal.ts"
import * as SealedFolder from "../domain/verification/SealedFolder.ts"
import type { Problem, SealState } from "../domain/verification/Verification.ts"
import { type ImageEntry, type ImageFolder, Images } from "./Images.ts"

/** How a folder stands to its seal. */
export interface CheckedSeal {
  readonly state: SealState
  readonly reason?: string
  readonly problems: ReadonlyArray<Problem>
  /** Where it reads. */
  readonly seal?: Seal.Seal
}

/** How many files are read at once: while one waits for the disk, another is digested. */
const atOnce = 2

/** Holds a folder against its seal, if it has one. */
export const checkSeal = (
  folder: ImageFolder,
  entries: ReadonlyArray<ImageEntry>
): Effect.Effect<CheckedSeal, StorageFailed, Images> =>
  Effect.gen(function* () {
    const instead = notFile(entries)
    if (instead !== undefined) return { state: "unreadable", reason: instead, problems: [unreadable(instead)] }
    if (!entries.some(({ path }) => path === Seal.fileName)) return { state: "none", problems: [] }
    const seal = yield* readSeal(folder)
    if (Either.isLeft(seal)) {
      const reason = Seal.sayUnreadable(seal.left)
      return { state: "unreadable", reason, problems: seal.left._tag === "Newer" ? [] : [unreadable(reason)] }
    }
    const { problems, undecided } = SealedFolder.look(seal.right, entries)
    const different = yield* Effect.forEach(
      undecided,
      ({ digest, path }) =>
        Effect.map(folder.digest(path), (found) => found === digest ? [] : [SealedFolder.different(path)]),
      { concurrency: atOnce }
    )
    const all = [...problems, ...different.flat()]
    return { state: all.length === 0 ? "matched" : "broken", problems: all, seal: seal.right }
  })

/** What lies in the place of the seal and is none: nobody who seals puts it there. */
const notFile = (entries: ReadonlyArray<ImageEntry>): string | undefined =>
  entries.some(({ kind, path }) => path === Seal.fileName && kind === "link")
    ? "it is a symbolic link"
    : entries.some(({ path }) => path.startsWith(`${Seal.fileName}/`))
    ? "it is a folder"
    : undefined

/** A seal that is whole by its own digest. */
const readSeal = (
  folder: ImageFolder
): Effect.Effect<Either.Either<Seal.Seal, Seal.Unreadable>, StorageFailed, Images> =>
  Effect.gen(function* () {
    const images = yield* Images
    const text = yield* Effect.match(Effect.either(folder.read(Seal.fileName)), {
      onFailure: () => undefined,
      onSuccess: (read) => read
    })
    if (text === undefined || Either.isLeft(text)) {
      const error: ImageUnreadable | StorageFailed | undefined = text?.left
      if (error?._tag === "StorageFailed") return yield* error
      return Either.left({ _tag: "Malformed", reason: error?.reason ?? "it cannot be read" })
    }
    const whole = new TextDecoder().decode(text.right)
    const parts = Seal.split(whole)
    const seal = Seal.parse(whole)
    // Of a newer one that has no digest as ours have it is not known how it vouches for itself.
    const isOurs = parts !== undefined && /^[\da-f]{64}$/.test(parts.self)
    if (!isOurs && Either.isLeft(seal) && seal.left._tag === "Newer") return seal
    if (parts === undefined || (yield* images.digest(parts.body)) !== parts.self) {
      return Either.left({ _tag: "Malformed", reason: "it is not what was written" })
    }
    return seal
  })

const unreadable = (reason: string): Problem => ({
  file: Seal.fileName,
  fault: "undecodable",
  detail: reason,
  restore: "possible",
  consequence: "whether the other files are as they were cannot be told any more"
})
