/**
 * The registrations on disk, one file in the home folder of each process tree, so that every process finds them.
 *
 * Whoever writes one holds the container. What the processes do is not asked here.
 */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import { RuntimeFailed, type StorageFailed } from "../../domain/CheckpointError.ts"
import { isSameProcess } from "../../domain/Container.ts"
import { Disk } from "../../effects/Disk.ts"
import * as Annex from "../shared/Annex.ts"
import { homePath, worldPath } from "../shared/FolderLayout.ts"
import { errno, storageFailed } from "../shared/storageFailed.ts"
import { type CriuSettings, runtimeName } from "./CriuSettings.ts"
import * as Registration from "./Registration.ts"
import * as Restoring from "./Restoring.ts"

/** What a look-up can fail with. */
export type RegistryError = StorageFailed | RuntimeFailed

const fileName = "process.json"

/** The folder of everything that is kept of one process tree. */
export const home = (settings: CriuSettings, id: string): string => homePath(settings.folder, id)

/** The file of a registration. */
export const file = (settings: CriuSettings, id: string): string => `${home(settings, id)}/${fileName}`

/** The registration of exactly this id. */
export const read = (
  settings: CriuSettings,
  id: string
): Effect.Effect<Option.Option<Registration.Registration>, RegistryError, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = file(settings, id)
    const text = yield* Effect.catchAll(
      fs.readFileString(path),
      (error) => errno(error) === "ENOENT" ? Effect.succeed("") : Effect.fail(storageFailed("read", path)(error))
    )
    // A loss of power may leave an empty file; no process of it is left either.
    if (text === "") return Option.none()
    return yield* Either.match(Registration.parse(text), {
      onRight: (found) => Effect.succeed(found.id === id ? Option.some(Restoring.settle(found)) : Option.none()),
      onLeft: (detail) =>
        new RuntimeFailed({
          operation: "inspect",
          container: id,
          runtime: runtimeName,
          reason: "Unknown",
          detail: `what is kept of it in "${path}" cannot be read (${detail})`
        })
    })
  })

/** All registrations that can be read. */
export const all = (
  settings: CriuSettings
): Effect.Effect<ReadonlyArray<Registration.Registration>, StorageFailed, Disk> =>
  Effect.gen(function* () {
    const disk = yield* Disk
    const path = worldPath(settings.folder)
    const homes = yield* Effect.catchAll(disk.entries(path), (error) =>
      errno(error) === "ENOENT" ? Effect.succeed([]) : Effect.fail(storageFailed("list", path)(error)))
    const names = homes.flatMap(({ kind, name }) =>
      kind === "Directory" ? [name] : []
    )
    const request = { file: fileName, marker: fileName, maximumBytes: 65_536 }
    const scanned = disk.scan(path, names, request, (_, { text }) =>
      text._tag === "Text"
        ? Either.getOrUndefined(Either.map(Registration.parse(text.text), Restoring.settle))
        : undefined)
    return yield* Effect.mapError(scanned, storageFailed("list", path))
  })

/** Writes a registration in place of the one before. */
export const write = (
  settings: CriuSettings,
  registration: Registration.Registration
): Effect.Effect<void, StorageFailed, FileSystem.FileSystem | Disk> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = file(settings, registration.id)
    yield* Annex.makePrivate(home(settings, registration.id))
    yield* fs.writeFileString(`${path}.new`, Registration.print(registration), { mode: 0o600 }).pipe(
      Effect.zipRight(fs.rename(`${path}.new`, path)),
      Effect.mapError(storageFailed("write", path))
    )
  })

/** Writes a registration where there is none of that process: of a tree that nobody has named, once a checkpoint of it is there. */
export const writeIfMissing = (
  settings: CriuSettings,
  registration: Registration.Registration
): Effect.Effect<void, RegistryError, FileSystem.FileSystem | Disk> =>
  Effect.flatMap(
    read(settings, registration.id),
    (found) =>
      Option.isSome(found) && isSameProcess(found.value.process, registration.process)
        ? Effect.void
        : write(settings, registration)
  )

/** Removes a registration. */
export const remove = (
  settings: CriuSettings,
  id: string
): Effect.Effect<void, StorageFailed, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = file(settings, id)
    yield* Effect.mapError(fs.remove(path, { force: true }), storageFailed("remove", path))
  })
