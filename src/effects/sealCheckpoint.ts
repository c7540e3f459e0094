/**
 * The use case seal: a digest of every file of a checkpoint is put beside them, by which each byte can be verified.
 *
 * What is damaged is not sealed, and what was sealed and has changed only where that is asked for: a seal must not hide it.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { Checkpoint } from "../domain/Checkpoint.ts"
import {
  type CheckpointBusy,
  type CheckpointNotFound,
  type ImagesNotFound,
  type InvalidCheckpointDirectory,
  type InvalidCheckpointName,
  SealRefused,
  type StorageFailed,
  type TimedOut
} from "../domain/CheckpointError.ts"
import * as CheckpointName from "../domain/CheckpointName.ts"
import type { Durability, SealOptions } from "../domain/CheckpointOptions.ts"
import type { Sealed } from "../domain/Outcome.ts"
import * as Seal from "../domain/verification/Seal.ts"
import type { Problem } from "../domain/verification/Verification.ts"
import type { Ports } from "./Attempt.ts"
import { CheckpointStore } from "./CheckpointStore.ts"
import { checkSeal } from "./checkSeal.ts"
import { findDirectory, type FindError } from "./findContainer.ts"
import { hold } from "./hold.ts"
import { type ImageEntry, type ImageFolder, Images } from "./Images.ts"
import * as Telemetry from "./telemetry.ts"
import { examine, type Examined, judge } from "./verifyCheckpoint.ts"

/** What seal can fail with. */
export type SealError =
  | InvalidCheckpointName
  | InvalidCheckpointDirectory
  | FindError
  | CheckpointBusy
  | CheckpointNotFound
  | ImagesNotFound
  | SealRefused
  | TimedOut

/** Seals one checkpoint. */
export const sealCheckpoint = Effect.fn("Checkpoints.seal")(function* (
  reference: string,
  nameText: string,
  options: SealOptions
): Effect.fn.Return<Sealed, SealError, Ports> {
  const name = yield* CheckpointName.parseExisting(nameText)
  const { container, directory } = yield* findDirectory(reference, options)
  const store = yield* CheckpointStore
  // Looked up before the lock as well: a name that nobody has leaves no trace of the question.
  yield* store.get(container, directory, name)
  return yield* Effect.scoped(Effect.gen(function* () {
    yield* hold({ container, hold: "name", directory, name }, "seal the checkpoint of", options)
    const checkpoint = yield* store.get(container, directory, name)
    return yield* sealHeld(checkpoint, options)
  }))
}, Telemetry.counted("seal"))

/** Seals a checkpoint whose name the caller holds. */
export const sealHeld = (
  checkpoint: Checkpoint,
  options: { readonly durability?: Durability | undefined; readonly force?: boolean | undefined }
): Effect.Effect<Sealed, SealRefused | ImagesNotFound | StorageFailed, Images> =>
  Effect.gen(function* () {
    const images = yield* Images
    const folder = yield* images.openDamaged(checkpoint.path)
    const examined = yield* examine({ checkpoint, folder })
    const damage = checkpoint.damage ??
      worst(judge({ checkpoint, folder }, examined, { state: "none", problems: [] }).problems)
    if (damage !== undefined) return yield* refused(checkpoint, "Damaged", damage)
    const files = yield* digests(checkpoint, folder, examined, options.force === true)
    const seal: Seal.Seal = {
      version: Seal.currentVersion,
      algorithm: "sha256",
      sealed: new Date(yield* Clock.currentTimeMillis).toISOString(),
      files,
      links: sealable(examined.entries).filter(({ kind }) => kind === "link").map(({ path, target }) => ({
        path,
        target
      }))
    }
    const body = Seal.body(seal)
    yield* folder.keep(Seal.fileName, Seal.print(body, yield* images.digest(body)), options.durability ?? "full")
    return {
      checkpoint,
      sealed: seal.sealed,
      files: files.length,
      bytes: files.reduce((sum, { bytes }) => sum + bytes, 0)
    }
  })

/** Every file with its digest. Those of a seal that matches have just been read. */
const digests = (checkpoint: Checkpoint, folder: ImageFolder, { entries }: Examined, force: boolean) =>
  Effect.gen(function* () {
    if (!force) {
      const before = yield* checkSeal(folder, entries)
      const broken = before.reason === undefined ? worst(before.problems) : `${Seal.fileName}: ${before.reason}`
      if (broken !== undefined) return yield* refused(checkpoint, "SealBroken", broken)
      if (before.seal !== undefined) return before.seal.files
    }
    return yield* Effect.forEach(
      sealable(entries).filter(({ kind }) => kind === "file"),
      ({ bytes, path }) => Effect.map(folder.digest(path), (digest): Seal.SealedFile => ({ path, bytes, digest })),
      { concurrency: 2 }
    )
  })

const sealable = (entries: ReadonlyArray<ImageEntry>) => entries.filter(({ path }) => !Seal.isSeal(path))

const worst = (problems: ReadonlyArray<Problem>): string | undefined => {
  const [first] = problems
  const more = problems.length - 1
  return first === undefined ? undefined : `${first.file}: ${first.detail}${more === 0 ? "" : `, and ${more} more`}`
}

const refused = (checkpoint: Checkpoint, reason: SealRefused["reason"], detail: string) =>
  new SealRefused({
    container: checkpoint.container,
    checkpoint: checkpoint.name,
    path: checkpoint.path,
    reason,
    detail
  })
