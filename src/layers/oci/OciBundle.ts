/**
 * A container's bundle: the specification is kept with each checkpoint, and put back where a bundle is gone.
 */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type { StorageFailed } from "../../domain/CheckpointError.ts"
import * as KernelFile from "../shared/KernelFile.ts"
import { storageFailed } from "../shared/storageFailed.ts"
import type { OciSettings } from "./OciSettings.ts"
import * as OciSpec from "../shared/OciSpec.ts"
import type { OciState } from "../shared/OciState.ts"

/** The specification's name beside the images: `config.json` is the checkpoint's own. */
const keptName = "spec.json"

/** Keeps the specification beside the images; `undefined` where there is none to be read. */
export const keepSpec = (
  settings: OciSettings,
  state: OciState,
  imagePath: string
): Effect.Effect<OciSpec.Spec | undefined, StorageFailed, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    // crun keeps the specification that the container was made from; a bundle's may have been edited since.
    const own = settings.runtime === "crun" ? KernelFile.read(`${settings.root}/${state.id}/config.json`) : undefined
    const text = own ?? KernelFile.read(`${state.bundle}/config.json`)
    if (text === undefined) return undefined
    const path = `${imagePath}/${keptName}`
    yield* Effect.mapError(fs.writeFileString(path, text, { mode: 0o600 }), storageFailed("write", path))
    return Either.getOrUndefined(OciSpec.parse(text))
  })

/** The specification that was kept beside the images; `undefined` where there is none. */
export const keptSpec = (checkpointPath: string): OciSpec.Spec | undefined => {
  const text = KernelFile.read(`${checkpointPath}/${keptName}`)
  return text === undefined ? undefined : Either.getOrUndefined(OciSpec.parse(text))
}

/** The specification that a restore will use, and whether it first has to be put back into its bundle. */
export interface FoundSpec {
  readonly spec: OciSpec.Spec
  readonly bundle: string
  /** The text to write to the bundle's `config.json`, where that is gone. */
  readonly missing: string | undefined
}

/** Finds the specification in the bundle, else with the checkpoint; the reason of a failure is one line. */
export const findSpec = (bundle: string | undefined, checkpointPath: string): Either.Either<FoundSpec, string> => {
  if (bundle === undefined) return Either.left("its bundle is not known")
  const there = KernelFile.read(`${bundle}/config.json`)
  const kept = there ?? KernelFile.read(`${checkpointPath}/${keptName}`)
  if (kept === undefined) return Either.left(`its bundle "${bundle}" has no config.json`)
  return Either.mapBoth(OciSpec.parse(kept), {
    onLeft: (detail) => `the config.json of its bundle "${bundle}" cannot be read (${detail})`,
    onRight: (spec) => ({ spec, bundle, missing: there === undefined ? kept : undefined })
  })
}

/** Puts a specification back into a bundle that is gone. */
export const putBack = (found: FoundSpec): Effect.Effect<void, StorageFailed, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    if (found.missing === undefined) return
    const fs = yield* FileSystem.FileSystem
    const path = `${found.bundle}/config.json`
    yield* fs.makeDirectory(found.bundle, { recursive: true }).pipe(
      Effect.zipRight(fs.writeFileString(path, found.missing, { mode: 0o600 })),
      Effect.mapError(storageFailed("put back", path))
    )
  })
