/**
 * The use case verify: whether the images of a checkpoint are whole. It looks and changes nothing, and takes no lock.
 *
 * The rules are in `domain/verification`; this file gathers what they are asked of.
 */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type { StorageFailed } from "../domain/CheckpointError.ts"
import * as CheckpointConfig from "../domain/CheckpointConfig.ts"
import type { Source } from "../domain/Source.ts"
import * as NeededImages from "../domain/verification/NeededImages.ts"
import * as PagesFiles from "../domain/verification/PagesFiles.ts"
import * as RecordAgreement from "../domain/verification/RecordAgreement.ts"
import * as References from "../domain/verification/References.ts"
import { conclude, type Problem, type Verification } from "../domain/verification/Verification.ts"
import type { Ports } from "./Attempt.ts"
import { checkParents } from "./checkParents.ts"
import { type CheckedSeal, checkSeal } from "./checkSeal.ts"
import type { FindImagesError, FoundImages } from "./findImages.ts"
import { type ImageEntry, type ImageFolder, Images } from "./Images.ts"
import { readContents } from "./readContents.ts"
import { getCheckpoint } from "./readCheckpoints.ts"
import * as Telemetry from "./telemetry.ts"

/** Verifies the images of a source; of a checkpoint also where its `inventory.img` is gone. */
export const verifyCheckpoint = Effect.fn("Checkpoints.verify")(function* (
  source: Source
): Effect.fn.Return<Verification, FindImagesError, Ports> {
  const images = yield* Images
  if ("path" in source) return yield* verifyImages({ folder: yield* images.open(source.path), checkpoint: undefined })
  const { container, name, ...options } = source
  const checkpoint = yield* getCheckpoint(container, name, options)
  return yield* verifyImages({ folder: yield* images.openDamaged(checkpoint.path), checkpoint })
}, Telemetry.counted("verify"))

/** Verifies images that were found. */
export const verifyImages = (found: FoundImages): Effect.Effect<Verification, StorageFailed, Images> =>
  Effect.gen(function* () {
    const examined = yield* examine(found)
    return judge(found, examined, yield* checkSeal(found.folder, examined.entries))
  })

/** What is wrong with a folder, its seal aside. */
export interface Examined {
  readonly entries: ReadonlyArray<ImageEntry>
  readonly problems: ReadonlyArray<Problem>
  /** The record says that it was to be sealed. */
  readonly toBeSealed: boolean
}

/** Looks at everything but the seal. */
export const examine = ({ checkpoint, folder }: FoundImages): Effect.Effect<Examined, StorageFailed, Images> =>
  Effect.gen(function* () {
    const entries = yield* folder.entries
    const { contents, problems } = yield* readContents(folder)
    const record = yield* checkRecord(folder, entries, checkpoint?.name)
    return {
      entries,
      toBeSealed: record.toBeSealed,
      problems: [
        ...problems,
        ...NeededImages.missing(contents),
        ...PagesFiles.wrong(contents),
        ...References.broken(contents),
        ...(yield* checkParents(folder, contents)),
        ...record.problems
      ]
    }
  })

/** The verdict over what was seen. */
export const judge = ({ checkpoint, folder }: FoundImages, examined: Examined, seal: CheckedSeal): Verification => {
  const files = examined.entries.filter(({ kind }) => kind === "file")
  const reason = seal.reason ?? (seal.state === "none" && examined.toBeSealed ? unsealed : undefined)
  return conclude({
    path: folder.path,
    ...(checkpoint === undefined ? {} : { container: checkpoint.container, checkpoint: checkpoint.name }),
    seal: seal.state,
    ...(reason === undefined ? {} : { sealReason: reason }),
    files: files.length,
    bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
    problems: [...examined.problems, ...seal.problems]
  })
}

const unsealed = "it was to be sealed when it was made, and there is no seal"

interface CheckedRecord {
  readonly problems: ReadonlyArray<Problem>
  readonly toBeSealed: boolean
}

/** Folders of other programs have no `config.json`, or one without our part. */
const checkRecord = (
  folder: ImageFolder,
  entries: ReadonlyArray<ImageEntry>,
  name: string | undefined
): Effect.Effect<CheckedRecord, StorageFailed> =>
  Effect.gen(function* () {
    if (!entries.some(({ path }) => path === "config.json")) return { problems: [], toBeSealed: false }
    const bytes = yield* Effect.either(folder.read("config.json"))
    if (Either.isLeft(bytes) && bytes.left._tag === "StorageFailed") return yield* bytes.left
    const config = Either.isLeft(bytes)
      ? Either.left("it cannot be read")
      : CheckpointConfig.parse(new TextDecoder().decode(bytes.right))
    if (Either.isLeft(config)) return { problems: [unreadable(config.left)], toBeSealed: false }
    const json = yield* checkJson(folder, entries)
    return {
      problems: [...RecordAgreement.disagreements(config.right, entries, name), ...json],
      toBeSealed: config.right.stasis?.options?.seal === true
    }
  })

/** What the runtimes and stasis read beside the images. */
const checkJson = (folder: ImageFolder, entries: ReadonlyArray<ImageEntry>) =>
  Effect.map(
    Effect.forEach(
      ["descriptors.json", "spec.json"].filter((file) => entries.some(({ path }) => path === file)),
      (file) =>
        Effect.match(folder.read(file), {
          onFailure: () => [RecordAgreement.malformed(file)],
          onSuccess: (bytes) =>
            RecordAgreement.isJson(new TextDecoder().decode(bytes)) ? [] : [RecordAgreement.malformed(file)]
        })
    ),
    (all) => all.flat()
  )

const unreadable = (reason: string): Problem => ({
  file: "config.json",
  fault: "undecodable",
  detail: reason.replace(/^config\.json /, "it "),
  restore: "possible",
  consequence: "stasis refuses what it lists as damaged; CRIU and the runtimes do not read it"
})
