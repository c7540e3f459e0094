/** The registration that is kept beside the images: a restore knows by it where the output went, whatever was forgotten since. */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import type { StorageFailed } from "../../domain/CheckpointError.ts"
import { storageFailed } from "../shared/storageFailed.ts"
import * as Registration from "./Registration.ts"

const fileName = "process.json"

/** Keeps a registration beside the images. */
export const write = (
  imagePath: string,
  registration: Registration.Registration
): Effect.Effect<void, StorageFailed, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = `${imagePath}/${fileName}`
    const text = Registration.print(registration)
    yield* Effect.mapError(fs.writeFileString(path, text, { mode: 0o600 }), storageFailed("write", path))
  })

/** The registration that was kept; none for images that another program made. */
export const read = (
  imagePath: string
): Effect.Effect<Option.Option<Registration.Registration>, never, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const text = yield* Effect.option(fs.readFileString(`${imagePath}/${fileName}`))
    return Option.flatMap(text, (one) => Either.getRight(Registration.parse(one)))
  })
