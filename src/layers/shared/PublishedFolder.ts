/** The checkpoints in a directory, on disk: listed, looked at, taken away. */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { byName, type Checkpoint, fromEvidence } from "../../domain/Checkpoint.ts"
import { maximumBytes } from "../../domain/CheckpointConfig.ts"
import { type CheckpointDirectory, locate } from "../../domain/CheckpointDirectory.ts"
import { CheckpointBusy, CheckpointNotFound } from "../../domain/CheckpointError.ts"
import { type CheckpointName, isExisting } from "../../domain/CheckpointName.ts"
import type { Durability } from "../../domain/CheckpointOptions.ts"
import type { Container } from "../../domain/Container.ts"
import { Disk, type Scanned } from "../../effects/Disk.ts"
import { randomId } from "../../effects/Operation.ts"
import * as Annex from "./Annex.ts"
import { childrenPath, trashPath } from "./FolderLayout.ts"
import { errno, storageFailed } from "./storageFailed.ts"

const request = { file: "config.json", marker: "inventory.img", maximumBytes }

/** The names of the folders that may be checkpoints, sorted; none where the directory is missing. */
export const names = (directory: CheckpointDirectory) =>
  Effect.gen(function* () {
    const disk = yield* Disk
    const entries = yield* Effect.catchAll(disk.entries(directory), (error) =>
      errno(error) === "ENOENT" ? Effect.succeed([]) : Effect.fail(storageFailed("list", directory)(error)))
    const found: Array<CheckpointName> = []
    for (const { kind, name } of entries) {
      if (kind === "Directory" && isExisting(name)) {
        found.push(name)
      }
    }
    return found.sort()
  })

/** Every checkpoint in a directory, by name; `container` is whom those without a record are ascribed to. */
export const listAll = (container: string, directory: CheckpointDirectory) =>
  Effect.gen(function* () {
    const disk = yield* Disk
    const folders = yield* names(directory)
    if (folders.length === 0) return []
    const found = yield* Effect.mapError(
      disk.scan(directory, folders, request, (name, scanned) =>
        isExisting(name) ? read(container, directory, name, scanned) : undefined),
      storageFailed("list", directory)
    )
    return Array.from(found).sort(byName)
  })

/** The checkpoints of one container in a directory, which may be shared with others. */
export const list = (container: Container, directory: CheckpointDirectory) =>
  Effect.map(listAll(container.id, directory), (all) => all.filter((one) => one.container === container.id))

/** One checkpoint of a container. */
export const get = (container: Container, directory: CheckpointDirectory, name: CheckpointName) =>
  Effect.gen(function* () {
    const disk = yield* Disk
    const path = locate(directory, name)
    const info = yield* Effect.mapError(disk.inspect(path), storageFailed("look at", path))
    const missing = (detail?: string) =>
      new CheckpointNotFound({
        container: container.name ?? container.id,
        checkpoint: name,
        directory,
        ...(detail === undefined ? {} : { detail })
      })
    if (Option.isNone(info)) return yield* missing()
    if (info.value.kind !== "Directory") {
      return yield* missing(info.value.kind === "SymbolicLink" ? "it is a symbolic link" : "it is not a folder")
    }
    const scanned = yield* Effect.mapError(disk.scanOne(path, request), storageFailed("read", path))
    const checkpoint = read(container.id, directory, name, scanned)
    if (checkpoint === undefined) return yield* missing("the folder holds neither inventory.img nor config.json")
    return checkpoint.container === container.id
      ? checkpoint
      : yield* missing(`it is of container "${checkpoint.container}"`)
  })

/** Takes a checkpoint away: one rename out of the directory, made durable, then the deletion. */
export const remove = (checkpoint: Checkpoint, directory: CheckpointDirectory, durability: Durability) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const disk = yield* Disk
    const annex = yield* Annex.make(directory)
    yield* failIfParent(annex, checkpoint, directory)
    const trash = trashPath(annex)
    yield* Annex.makePrivate(trash)
    const doomed = `${trash}/${yield* randomId}`
    yield* fs.rename(checkpoint.path, doomed).pipe(
      Effect.mapError((error) =>
        errno(error) === "ENOENT"
          ? new CheckpointNotFound({ container: checkpoint.container, checkpoint: checkpoint.name, directory })
          : storageFailed("remove", checkpoint.path)(error)
      )
    )
    if (durability === "full") yield* Effect.mapError(disk.sync(directory), storageFailed("make durable", directory))
    yield* deleteTree(doomed)
  })

/** A checkpoint that others build on has pages that they lack. */
const failIfParent = (annex: string, checkpoint: Checkpoint, directory: CheckpointDirectory) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const disk = yield* Disk
    if (!isExisting(checkpoint.name)) return
    const noted = yield* Effect.orElseSucceed(disk.entries(childrenPath(annex, checkpoint.name)), () => [])
    const children = yield* Effect.filter(
      noted,
      ({ name }) =>
        // Another of that name may have come since, which builds on nothing, on a pre-dump or on another checkpoint.
        Effect.map(fs.readLink(`${directory}/${name}/parent`), (link) => link === `../${checkpoint.name}`).pipe(
          Effect.orElseSucceed(() => false)
        )
    )
    if (children.length > 0) {
      return yield* new CheckpointBusy({
        container: checkpoint.container,
        checkpoint: checkpoint.name,
        children: children.map(({ name }) => name).sort()
      })
    }
  })

/** Deletes what removals that were cut short have left. */
export const emptyTrash = (annex: string) =>
  Effect.gen(function* () {
    const disk = yield* Disk
    const entries = yield* Effect.orElseSucceed(disk.entries(trashPath(annex)), () => [])
    yield* Effect.forEach(entries, ({ name }) => deleteTree(`${trashPath(annex)}/${name}`), { discard: true })
  })

const deleteTree = (path: string) =>
  Effect.flatMap(
    FileSystem.FileSystem,
    (fs) => Effect.mapError(fs.remove(path, { recursive: true, force: true }), storageFailed("delete", path))
  )

const read = (container: string, directory: CheckpointDirectory, name: CheckpointName, { marker, text }: Scanned) =>
  fromEvidence(container, directory, name, { inventory: marker, config: text })
