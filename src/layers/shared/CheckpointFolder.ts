/**
 * The checkpoint store on disk: written on the platform's `FileSystem` and on `Disk`, so that it runs on a
 * real file system and on one in memory alike.
 *
 * This file puts the parts together; each part has a file of its own.
 */
import type { PlatformError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Context from "effect/Context"
import * as Layer from "effect/Layer"
import * as CheckpointDirectory from "../../domain/CheckpointDirectory.ts"
import type { Container } from "../../domain/Container.ts"
import { CheckpointStore } from "../../effects/CheckpointStore.ts"
import { Disk } from "../../effects/Disk.ts"
import { randomId } from "../../effects/Operation.ts"
import * as Annex from "./Annex.ts"
import * as ChosenDirectory from "./chosenDirectory.ts"
import { type FolderConfig, homePath, lastDumpPath, ownDirectory } from "./FolderLayout.ts"
import * as FolderLocks from "./FolderLocks.ts"
import * as InterruptedFolder from "./InterruptedFolder.ts"
import * as KnownContainers from "./KnownContainers.ts"
import * as PublishedFolder from "./PublishedFolder.ts"
import * as StagedFolder from "./StagedFolder.ts"
import * as StagedImages from "./StagedImages.ts"
import { errno, storageFailed } from "./storageFailed.ts"

/** The checkpoint store of one world, below a stasis root. */
export const layer = (
  config: FolderConfig
): Layer.Layer<CheckpointStore, never, FileSystem.FileSystem | Disk> =>
  Layer.effect(
    CheckpointStore,
    Effect.gen(function* () {
      // Only what is ours, over what the caller has: a caller's own `FileSystem` is not where checkpoints are kept.
      const context = Context.pick(FileSystem.FileSystem, Disk)(yield* Effect.context<FileSystem.FileSystem | Disk>())
      const provide = Effect.provide(context)
      return {
        directory: (container, choice, create) =>
          choice === undefined ? ownDirectoryOf(config, container) : provide(ChosenDirectory.check(choice, create)),
        lock: (request) =>
          Effect.mapInputContext(FolderLocks.lock(config, request), (scope) => Context.merge(scope, context)),
        stage: (directory, intent) =>
          provide(Effect.zipRight(
            // From its dump on, such a container is known only by what is staged here.
            intent.mode === "StopInDump" ? KnownContainers.remember(config, intent.container, directory) : Effect.void,
            StagedFolder.stage(config, directory, intent)
          )),
        makePreDump: (staging) => provide(StagedImages.makePreDump(staging)),
        parentPath: (staging, parent) => Effect.succeed(StagedImages.parentPath(staging, parent)),
        noteDump: (container, operation) => provide(noteDump(config, container, operation)),
        lastDump: (container) => provide(lastDump(config, container)),
        flush: (staging) => provide(StagedImages.flush(staging)),
        isDumped: (staging) => provide(StagedImages.isDumped(staging)),
        imageBytes: (staging) => provide(StagedImages.imageBytes(staging)),
        freeBytes: (staging) => provide(freeBytes(staging.path)),
        room: (directory) => provide(room(directory)),
        publish: (staging, record, durability) =>
          provide(Effect.tap(
            StagedFolder.publish(staging, record, durability),
            KnownContainers.remember(config, staging.intent.container, staging.directory)
          )),
        discard: (staging) => provide(StagedFolder.discard(staging)),
        interrupted: (container, directory) => provide(interrupted(config, container, directory)),
        list: (container, directory) => provide(PublishedFolder.list(container, directory)),
        names: (directory) => provide(PublishedFolder.names(directory)),
        get: (container, directory, name) => provide(PublishedFolder.get(container, directory, name)),
        remove: (checkpoint, directory, durability) =>
          provide(PublishedFolder.remove(checkpoint, directory, durability)),
        scratch: (container) =>
          Effect.mapInputContext(scratch(config, container), (scope) => Context.merge(scope, context)),
        directories: (container) => provide(KnownContainers.directories(config, container)),
        containers: provide(KnownContainers.containers(config)),
        container: (id) => provide(KnownContainers.container(config, id))
      }
    })
  )

const ownDirectoryOf = (config: FolderConfig, container: Container) =>
  Effect.suspend(() => CheckpointDirectory.parse(ownDirectory(config, container)))

const freeBytes = (path: string) =>
  Effect.flatMap(
    Disk,
    (disk) => Effect.mapError(disk.freeBytes(path), storageFailed("look up the free space of", path))
  )

/** Asks for the nearest folder that is there. */
const room = (directory: CheckpointDirectory.CheckpointDirectory) => {
  const at = (path: string): Effect.Effect<number, PlatformError, Disk> =>
    Effect.flatMap(Disk, (disk) =>
      Effect.catchIf(
        disk.freeBytes(path),
        (error) => errno(error) === "ENOENT" && path !== "/",
        () => at(path.slice(0, Math.max(1, path.lastIndexOf("/"))))
      ))
  return Effect.mapError(at(directory), storageFailed("look up the free space of", directory))
}

/** Looks in the directory asked for and in all others that are known. */
const interrupted = (config: FolderConfig, container: Container, directory: CheckpointDirectory.CheckpointDirectory) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    yield* Effect.ignore(fs.remove(scratchPath(config, container), { recursive: true, force: true }))
    const known = new Set([directory, ...(yield* KnownContainers.directories(config, container))])
    const found = yield* Effect.forEach(known, (one) => InterruptedFolder.find(config, container, one))
    return found.flat()
  })

/** Not synced: no process that was dumped outlives a loss of power. */
const noteDump = (config: FolderConfig, container: Container, operation: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = lastDumpPath(config, container.id)
    yield* Annex.makePrivate(homePath(config, container.id))
    yield* Effect.mapError(fs.writeFileString(path, operation, { mode: 0o600 }), storageFailed("write", path))
  })

const lastDump = (config: FolderConfig, container: Container) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = lastDumpPath(config, container.id)
    return yield* Effect.catchAll(fs.readFileString(path), (error) =>
      errno(error) === "ENOENT" ? Effect.succeed(undefined) : Effect.fail(storageFailed("read", path)(error)))
  })

const scratch = (config: FolderConfig, container: Container) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = `${scratchPath(config, container)}/${yield* randomId}`
    return yield* Effect.acquireRelease(
      Effect.as(Annex.makePrivate(path), path),
      () => Effect.ignore(fs.remove(path, { recursive: true, force: true }))
    )
  })

const scratchPath = (config: FolderConfig, container: Container) => `${homePath(config, container.id)}/work`
