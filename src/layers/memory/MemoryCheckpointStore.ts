/**
 * The quick `CheckpointStore` of an in-memory world: checkpoints, attempts and locks are kept in maps, and nothing of them
 * lies on the in-memory file system.
 *
 * It keeps the promises of the folder store, and is what programs are tested on. What a fault or a loss of power leaves on a
 * disk is tested on the folder store itself, which an in-memory world can have instead.
 */
import type * as FileSystem from "@effect/platform/FileSystem"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { type Checkpoint, forgottenContainer, make as makeCheckpoint } from "../../domain/Checkpoint.ts"
import * as CheckpointDirectory from "../../domain/CheckpointDirectory.ts"
import {
  CheckpointBusy,
  CheckpointExists,
  CheckpointNotFound,
  type StorageFailed
} from "../../domain/CheckpointError.ts"
import type { CheckpointName } from "../../domain/CheckpointName.ts"
import type { Container } from "../../domain/Container.ts"
import type { Intent } from "../../domain/Intent.ts"
import type { CheckpointStore, Staging } from "../../effects/CheckpointStore.ts"
import type { Disk } from "../../effects/Disk.ts"
import * as ChosenDirectory from "../shared/chosenDirectory.ts"
import { type FolderConfig, ownDirectory, stagingPath } from "../shared/FolderLayout.ts"
import { storageFailed } from "../shared/storageFailed.ts"
import type { CheckpointMap } from "./CheckpointMap.ts"
import type { ImageMap } from "./ImageMap.ts"
import * as MemoryLocks from "./MemoryLocks.ts"
import type { MemoryVolume } from "./MemoryVolume.ts"
import { isRefusal, toPlatformError } from "./Refusal.ts"

/** What the store is made of. */
export interface Parts {
  readonly config: FolderConfig
  readonly volume: MemoryVolume
  /** Where chosen directories are looked at. */
  readonly storage: Context.Context<FileSystem.FileSystem | Disk>
  readonly checkpoints: CheckpointMap
  readonly images: ImageMap
}

/** The store over a map of checkpoints. */
export const make = (
  { checkpoints, config, images, storage, volume }: Parts
): Context.Tag.Service<CheckpointStore> => ({
  directory: (container, choice, create) =>
    choice === undefined
      ? Effect.suspend(() => CheckpointDirectory.parse(ownDirectory(config, container)))
      : checkpoints.isKnown(choice)
      ? Effect.succeed(choice)
      : Effect.provide(ChosenDirectory.check(choice, create), storage),
  lock: MemoryLocks.make(),
  stage: (directory, intent) =>
    Effect.gen(function* () {
      const staging = locate(config, directory, intent)
      if (checkpoints.get(directory, intent.checkpoint) !== undefined) return yield* exists(staging)
      yield* write(volume, "write", staging.path)
      checkpoints.stage(staging, intent.mode === "StopInDump" && intent.options.durability !== "none")
      return staging
    }),
  // The dump writes over it: of its memory only one copy is kept.
  makePreDump: ({ imagePath }) => Effect.succeed(imagePath),
  parentPath: (_, parent) => Effect.succeed(`../${parent}`),
  noteDump: ({ id }, operation) => Effect.sync(() => checkpoints.noteDump(id, operation)),
  lastDump: ({ id }) => Effect.sync(() => checkpoints.lastDump(id)),
  flush: () => Effect.void,
  isDumped: ({ imagePath }) => Effect.sync(() => images.frozen(imagePath) !== undefined),
  imageBytes: ({ imagePath }) => Effect.sync(() => images.bytes(imagePath)),
  freeBytes: () => Effect.sync(() => volume.free),
  room: () => Effect.sync(() => volume.free),
  publish: (staging, record, durability) =>
    Effect.gen(function* () {
      const { directory, intent } = staging
      if (checkpoints.get(directory, intent.checkpoint) !== undefined) return yield* exists(staging)
      yield* write(volume, "publish", staging.path)
      const checkpoint = makeCheckpoint(intent.container.id, directory, intent.checkpoint, record, undefined)
      checkpoints.publish(staging, {
        checkpoint,
        name: intent.checkpoint,
        config: record,
        durable: durability === "full"
      })
      return checkpoint
    }),
  discard: (staging) => Effect.sync(() => checkpoints.discard(staging)),
  interrupted: ({ id }) => Effect.sync(() => checkpoints.left(id)),
  list: ({ id }, directory) =>
    Effect.sync(() => all(checkpoints, directory).filter((checkpoint) => checkpoint.container === id)),
  names: (directory) => Effect.sync(() => checkpoints.in(directory).map(({ name }) => name)),
  get: (container, directory, name) =>
    Effect.suspend(() => {
      const checkpoint = checkpoints.get(directory, name)?.checkpoint
      return checkpoint?.container === container.id
        ? Effect.succeed(checkpoint)
        : missing(container, directory, name, checkpoint)
    }),
  remove: (checkpoint, directory) =>
    Effect.gen(function* () {
      const { container, name } = checkpoint
      const children = all(checkpoints, directory).filter(({ record }) => record?.options?.parentPath === name)
      if (children.length > 0) {
        return yield* new CheckpointBusy({ container, checkpoint: name, children: children.map((child) => child.name) })
      }
      if (!checkpoints.remove(directory, checkpoint)) {
        return yield* new CheckpointNotFound({ container, checkpoint: name, directory })
      }
    }),
  scratch: (container) => Effect.succeed(`${config.root}/${config.scope}/${container.id}/work`),
  directories: (container) =>
    Effect.sync(() => {
      const own = CheckpointDirectory.parse(ownDirectory(config, container))
      const used = checkpoints.directoriesOf(container.id)
      return own._tag === "Left" ? used : [own.right, ...used.filter((directory) => directory !== own.right)]
    }),
  containers: Effect.sync(() => forgotten(checkpoints)),
  container: (id) => Effect.sync(() => Option.fromNullable(forgotten(checkpoints).find((one) => one.id === id)))
})

const all = (checkpoints: CheckpointMap, directory: CheckpointDirectory.CheckpointDirectory) =>
  checkpoints.in(directory).map(({ checkpoint }) => checkpoint)

/** Every container that is known by what is kept of it: as its newest checkpoint says, or else an attempt. */
const forgotten = (checkpoints: CheckpointMap): ReadonlyArray<Container> => {
  const newest = new Map<string, Checkpoint>()
  for (const { checkpoint } of checkpoints.all) {
    const known = newest.get(checkpoint.container)
    if (known === undefined || checkpoint.created > known.created) newest.set(checkpoint.container, checkpoint)
  }
  const known = Array.from(newest.values(), forgottenContainer).filter((container) => container !== undefined)
  const others = checkpoints.attempted.filter(({ id }) => !newest.has(id))
  return [...known, ...others.map(({ process: _, ...one }): Container => ({ ...one, state: "forgotten" }))]
}

/** Where an attempt would lie: nothing does, but that its paths are its own. */
const locate = (config: FolderConfig, directory: CheckpointDirectory.CheckpointDirectory, intent: Intent): Staging => {
  const path = `${stagingPath(directory, config, intent.container.id)}/${intent.operation}`
  return { intent, directory, path, imagePath: `${path}/images`, workPath: `${path}/work` }
}

/** A record is written: fails where there is no space for it. */
const write = (volume: MemoryVolume, operation: string, path: string): Effect.Effect<void, StorageFailed> =>
  Effect.suspend(() => {
    const refused = volume.reserve(recordBytes)
    if (isRefusal(refused)) {
      return Effect.fail(storageFailed(operation, path)(toPlatformError("writeFile", path, refused)))
    }
    volume.giveBack(recordBytes)
    return Effect.void
  })

/** What a record takes on a disk, about. */
const recordBytes = 512

const exists = ({ directory, intent }: Staging) =>
  new CheckpointExists({
    container: intent.container.name ?? intent.container.id,
    checkpoint: intent.checkpoint,
    directory
  })

const missing = (
  container: Container,
  directory: CheckpointDirectory.CheckpointDirectory,
  name: CheckpointName,
  found: Checkpoint | undefined
) =>
  new CheckpointNotFound({
    container: container.name ?? container.id,
    checkpoint: name,
    directory,
    ...(found === undefined ? {} : { detail: `it is of container "${found.container}"` })
  })
