/**
 * The images of a checkpoint in the making, on disk: how far they are, how large, private and durable.
 *
 * Where they lie, and what becomes of them, is `StagedFolder.ts`.
 */
import type { PlatformError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { locate } from "../../domain/CheckpointDirectory.ts"
import type { StorageFailed } from "../../domain/CheckpointError.ts"
import type { CheckpointName } from "../../domain/CheckpointName.ts"
import type { Durability } from "../../domain/CheckpointOptions.ts"
import { preDumpFolder, type Staging } from "../../effects/CheckpointStore.ts"
import { Disk } from "../../effects/Disk.ts"
import * as Annex from "./Annex.ts"
import { storageFailed } from "./storageFailed.ts"

const inventory = "inventory.img"

/** Makes the folder for a pre-dump among the images. */
export const makePreDump = (staging: Staging) => {
  const path = `${staging.imagePath}/${preDumpFolder}`
  return Effect.as(Annex.makePrivate(path), path)
}

/** A checkpoint of the same directory, as seen from the images of an attempt. */
export const parentPath = (staging: Staging, parent: CheckpointName): string =>
  relative(staging.imagePath, locate(staging.directory, parent))

/** Both are absolute and normal. */
const relative = (from: string, to: string): string => {
  const [base, target] = [from.split("/"), to.split("/")]
  const shared = base.findIndex((part, index) => part !== target[index])
  const common = shared < 0 ? base.length : shared
  return [...base.slice(common).map(() => ".."), ...target.slice(common)].join("/")
}

/** Whether any image is there. When in doubt, it is. */
export const isBegun = (staging: Staging) =>
  Effect.flatMap(Disk, (disk) => disk.entries(staging.imagePath)).pipe(
    Effect.map((entries) => entries.some(({ name }) => name.endsWith(".img"))),
    Effect.orElseSucceed(() => true)
  )

/** Whether `inventory.img`, the last image that CRIU writes, is there. */
export const isDumped = (staging: Staging) =>
  Effect.flatMap(Disk, (disk) => disk.inspect(`${staging.imagePath}/${inventory}`)).pipe(
    Effect.map((info) => Option.isSome(info) && info.value.kind === "File" && info.value.size > 0),
    Effect.mapError(storageFailed("look at", staging.imagePath))
  )

/** Bytes of the images so far, those of a pre-dump among them. */
export const imageBytes = (staging: Staging) =>
  Effect.mapError(bytesBelow(staging.imagePath), storageFailed("measure", staging.imagePath))

const bytesBelow = (folder: string): Effect.Effect<number, PlatformError, Disk> =>
  Effect.gen(function* () {
    const disk = yield* Disk
    const entries = yield* disk.entries(folder)
    const sizes = yield* Effect.forEach(entries, ({ kind, name }) => {
      const path = `${folder}/${name}`
      return kind === "Directory"
        ? bytesBelow(path)
        : Effect.map(disk.inspect(path), Option.match({ onNone: () => 0, onSome: ({ size }) => size }))
    })
    return sizes.reduce((sum, size) => sum + size, 0)
  })

/** Writes the pages that are out so far to the device. */
export const flush = (staging: Staging) =>
  Effect.gen(function* () {
    const disk = yield* Disk
    const entries = yield* disk.entries(staging.imagePath)
    yield* Effect.forEach(
      entries.filter((entry) => entry.name.startsWith("pages-")),
      (entry) => disk.sync(`${staging.imagePath}/${entry.name}`),
      { discard: true }
    )
  }).pipe(
    // What cannot be written now is written, or reported, when the checkpoint is published.
    Effect.ignore
  )

/** CRIU makes files of 0644; nobody else may read the memory of a process. */
export const makePrivateAndDurable = (imagePath: string, durability: Durability) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const disk = yield* Disk
    const entries = yield* Effect.mapError(disk.entries(imagePath), storageFailed("list", imagePath))
    yield* Effect.forEach(entries, ({ kind, name }) => {
      const path = `${imagePath}/${name}`
      if (kind === "SymbolicLink") return Effect.void
      const mode = kind === "Directory" ? 0o700 : 0o600
      return Effect.zipRight(
        Effect.mapError(fs.chmod(path, mode), storageFailed("protect", path)),
        kind === "Directory" ? makeInner(path, durability) : durability === "full" ? sync(path) : Effect.void
      )
    }, { concurrency: 4, discard: true })
    yield* Effect.mapError(fs.chmod(imagePath, 0o700), storageFailed("protect", imagePath))
  })

const makeInner = (
  path: string,
  durability: Durability
): Effect.Effect<void, StorageFailed, FileSystem.FileSystem | Disk> =>
  Effect.zipRight(
    Effect.suspend(() => makePrivateAndDurable(path, durability)),
    durability === "full" ? sync(path) : Effect.void
  )

/** Writes what the kernel still holds of a file or folder to the device. */
export const sync = (path: string) =>
  Effect.flatMap(Disk, (disk) => Effect.mapError(disk.sync(path), storageFailed("make durable", path)))
