/**
 * A checkpoint in the making, on disk: staged in the annex, made durable, published by one rename, or swept.
 *
 * This file is the only one that puts anything into a checkpoint directory.
 */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { make } from "../../domain/Checkpoint.ts"
import { type CheckpointConfig, print } from "../../domain/CheckpointConfig.ts"
import type { CheckpointDirectory } from "../../domain/CheckpointDirectory.ts"
import { CheckpointExists } from "../../domain/CheckpointError.ts"
import type { Durability } from "../../domain/CheckpointOptions.ts"
import type { Intent } from "../../domain/Intent.ts"
import type { Staging } from "../../effects/CheckpointStore.ts"
import { Disk } from "../../effects/Disk.ts"
import * as Annex from "./Annex.ts"
import { childrenPath, type FolderConfig, stagingPath } from "./FolderLayout.ts"
import { makePrivateAndDurable, sync } from "./StagedImages.ts"
import { errno, storageFailed } from "./storageFailed.ts"

const statistics = "stats-dump"
const claim = "claimed"
const durable = "synced"
const boot = "boot"

/** Where an attempt lies. */
export const locate = (
  annex: string,
  config: FolderConfig,
  directory: CheckpointDirectory,
  intent: Intent
): Staging => {
  const path = `${stagingPath(annex, config, intent.container.id)}/${intent.operation}`
  return { intent, directory, path, imagePath: `${path}/images`, workPath: `${path}/work` }
}

/** Makes the staging folder with its record of intent. The name is claimed now where the dump stops the container. */
export const stage = (config: FolderConfig, directory: CheckpointDirectory, intent: Intent) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const annex = yield* Annex.make(directory)
    const staging = locate(annex, config, directory, intent)
    yield* failIfTaken(staging)
    yield* Annex.makePrivate(staging.imagePath)
    yield* Annex.makePrivate(staging.workPath)
    const path = `${staging.path}/intent.json`
    yield* Effect.mapError(
      fs.writeFileString(path, JSON.stringify(intent), { mode: 0o600 }),
      storageFailed("write", path)
    )
    yield* mark(staging, boot, yield* bootId)
    if (intent.mode === "StopInDump") {
      yield* Effect.onError(claimName(staging), () =>
        Effect.ignore(fs.remove(staging.path, { recursive: true, force: true })))
    }
    return staging
  })

/** Makes it durable and renames it into place. */
export const publish = (staging: Staging, config: CheckpointConfig, durability: Durability) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const { directory, imagePath, workPath } = staging
    yield* Effect.ignore(fs.rename(`${workPath}/${statistics}`, `${imagePath}/${statistics}`))
    const text = `${imagePath}/config.json`
    yield* Effect.mapError(fs.writeFileString(text, print(config), { mode: 0o600 }), storageFailed("write", text))
    yield* makePrivateAndDurable(imagePath, durability)
    yield* linkParent(staging, durability)
    const claimed = yield* isMarked(staging, claim)
    if (!claimed) yield* mark(staging, claim, "")
    // It may have been deleted since, or, before a loss of power, not have been synced.
    yield* Annex.makePrivate(directory)
    if (durability === "full") {
      yield* sync(imagePath)
      yield* mark(staging, durable, "")
      yield* syncAttempt(staging)
    }
    if (!claimed) yield* takeName(staging)
    const target = locateTarget(staging)
    yield* fs.rename(imagePath, target).pipe(
      Effect.catchAll((error) =>
        Effect.fail(isTaken(error) ? exists(staging) : storageFailed("publish", target)(error))
      )
    )
    if (durability === "full") {
      // Who is told that it failed must not find it there: it goes back to its attempt.
      yield* Effect.onError(sync(directory), () => Effect.ignore(fs.rename(target, imagePath)))
    }
    return make(staging.intent.container.id, directory, staging.intent.checkpoint, config, undefined)
  })

/** Sweeps the attempt, and the claim that it may have left in the directory. */
export const discard = (staging: Staging) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    yield* unclaim(staging)
    yield* Effect.mapError(
      fs.remove(staging.path, { recursive: true, force: true }),
      storageFailed("sweep staging folder", staging.path)
    )
  })

/** Gives the name free that the attempt claimed and did not come to use. */
export const unclaim = (staging: Staging) =>
  Effect.gen(function* () {
    const disk = yield* Disk
    if (!(yield* isMarked(staging, claim))) return
    // Only an empty folder goes: a claim. What was published stays.
    const unclaimed = yield* Effect.option(disk.removeEmpty(locateTarget(staging)))
    // Without the attempt nobody knows any more that the folder was only a claim: it must not come back.
    if (Option.isSome(unclaimed)) yield* sync(staging.directory)
  })

/** Whether the images were made durable before the attempt was cut short. */
export const isSynced = (staging: Staging) => isMarked(staging, durable)

/** Whether the machine was started anew since the attempt was staged. */
export const isRebooted = (staging: Staging) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const then = yield* Effect.orElseSucceed(fs.readFileString(`${staging.path}/${boot}`), () => "unknown")
    return then !== (yield* bootId)
  })

/** CRIU finds the parent by a link that was right in the staging folder; it has to be right where it is published. */
const linkParent = (staging: Staging, durability: Durability) =>
  Effect.gen(function* () {
    const parent = staging.intent.options.parentPath
    if (parent === undefined) return
    const fs = yield* FileSystem.FileSystem
    const link = `${staging.imagePath}/parent`
    yield* Effect.ignore(fs.remove(link))
    yield* Effect.mapError(fs.symlink(`../${parent}`, link), storageFailed("link", link))
    const annex = yield* Annex.make(staging.directory)
    const children = childrenPath(annex, parent)
    yield* Annex.makePrivate(`${children}/${staging.intent.checkpoint}`)
    // A child that is found again after a loss of power must still keep its parent.
    if (durability === "full") { for (const one of [children, `${children}/..`, annex]) yield* sync(one) }
  })

/**
 * Makes the attempt and every folder on the way to it durable. It goes before the name is taken: a name that was taken
 * for an attempt that is lost would be taken for ever.
 */
const syncAttempt = (staging: Staging) =>
  Effect.gen(function* () {
    const { directory, path } = staging
    for (const one of [`${path}/intent.json`, path, `${path}/..`, `${path}/../..`, `${path}/../../..`]) yield* sync(one)
    yield* sync(directory)
    yield* Annex.syncAncestors(directory)
  })

/** Says that an empty folder of this name in the directory is ours, for as long as the power may go, and makes it. */
const claimName = (staging: Staging) =>
  Effect.gen(function* () {
    yield* mark(staging, claim, "")
    if (staging.intent.options.durability !== "none") yield* syncAttempt(staging)
    yield* takeName(staging)
  })

const mark = (staging: Staging, name: string, text: string) =>
  Effect.flatMap(FileSystem.FileSystem, (fs) => fs.writeFileString(`${staging.path}/${name}`, text, { mode: 0o600 }))
    .pipe(
      Effect.mapError(storageFailed("write", `${staging.path}/${name}`))
    )

const isMarked = (staging: Staging, name: string) =>
  Effect.flatMap(Disk, (disk) => disk.inspect(`${staging.path}/${name}`)).pipe(
    Effect.map(Option.isSome),
    Effect.mapError(storageFailed("look at", staging.path))
  )

/** What the kernel calls this start of the machine; empty where it does not say. */
const bootId = Effect.flatMap(FileSystem.FileSystem, (fs) => fs.readFileString("/proc/sys/kernel/random/boot_id")).pipe(
  Effect.orElseSucceed(() => "")
)

/**
 * Takes the name by an empty folder, which only one can make. The rename that publishes replaces this
 * folder; where another program has put something into it, or made it first, it replaces nothing.
 */
const takeName = (staging: Staging) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const target = locateTarget(staging)
    yield* fs.makeDirectory(target, { mode: 0o700 }).pipe(
      Effect.mapError((error) => isTaken(error) ? exists(staging) : storageFailed("make folder", target)(error)),
      // A folder that another made is not ours to sweep.
      Effect.tapErrorTag("CheckpointExists", () => Effect.ignore(fs.remove(`${staging.path}/${claim}`)))
    )
  })

const failIfTaken = (staging: Staging) =>
  Effect.gen(function* () {
    const disk = yield* Disk
    const target = locateTarget(staging)
    const there = yield* Effect.mapError(disk.inspect(target), storageFailed("look at", target))
    if (Option.isSome(there)) return yield* exists(staging)
  })

const locateTarget = (staging: Staging) => `${staging.directory}/${staging.intent.checkpoint}`

const taken: ReadonlySet<string | undefined> = new Set(["EEXIST", "ENOTEMPTY", "ENOTDIR", "EISDIR"])
const isTaken = (error: Parameters<typeof errno>[0]) => taken.has(errno(error))

const exists = (staging: Staging) =>
  new CheckpointExists({
    container: staging.intent.container.name ?? staging.intent.container.id,
    checkpoint: staging.intent.checkpoint,
    directory: staging.directory
  })
