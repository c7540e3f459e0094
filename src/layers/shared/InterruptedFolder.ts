/**
 * What gone processes left of a container's operations, on disk. The caller holds the container, so that
 * whatever lies in its staging folders has no owner any more.
 */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { maximumBytes } from "../../domain/CheckpointConfig.ts"
import type { CheckpointDirectory } from "../../domain/CheckpointDirectory.ts"
import type { Container } from "../../domain/Container.ts"
import { type Intent, IntentText } from "../../domain/Intent.ts"
import type { Interrupted } from "../../effects/CheckpointStore.ts"
import { Disk } from "../../effects/Disk.ts"
import * as Annex from "./Annex.ts"
import { type FolderConfig, stagingPath } from "./FolderLayout.ts"
import * as PublishedFolder from "./PublishedFolder.ts"
import * as StagedFolder from "./StagedFolder.ts"
import * as StagedImages from "./StagedImages.ts"
import { storageFailed } from "./storageFailed.ts"

/** Finds the attempts with a record of intent; sweeps those that never got one, and half-removed checkpoints. */
export const find = (config: FolderConfig, container: Container, directory: CheckpointDirectory) =>
  Effect.gen(function* () {
    const annex = yield* Annex.find(directory)
    if (Option.isNone(annex)) return []
    yield* PublishedFolder.emptyTrash(annex.value)
    const disk = yield* Disk
    const folder = stagingPath(annex.value, config, container.id)
    const attempts = yield* Effect.orElseSucceed(disk.entries(folder), () => [])
    const found = yield* Effect.forEach(
      attempts,
      ({ name }) =>
        findOne(`${folder}/${name}`, (intent) => StagedFolder.locate(annex.value, config, directory, intent))
    )
    return found.filter((one) => one !== undefined)
  })

/**
 * The containers that attempts beside a directory are of, as their intents record them; sweeps nothing. One that stopped
 * in its dump before anything was published is known by nothing else.
 */
export const containers = (directory: CheckpointDirectory) =>
  Effect.gen(function* () {
    const annex = yield* Annex.find(directory)
    if (Option.isNone(annex)) return []
    const disk = yield* Disk
    const below = (path: string) =>
      Effect.map(Effect.orElseSucceed(disk.entries(path), () => []), (entries) =>
        entries.map(({ name }) => `${path}/${name}`))
    const attempts = yield* Effect.forEach(yield* below(`${annex.value}/staging`), below)
    const found = yield* Effect.forEach(attempts.flat(), (path) =>
      Effect.option(disk.scanOne(path, { file: "intent.json", marker: "intent.json", maximumBytes })))
    return found.flatMap((one) =>
      Option.isSome(one) && one.value.text._tag === "Text"
        ? Option.toArray(Option.map(decodeIntent(one.value.text.text), (intent) =>
          intent.container))
        : []
    )
  })

const findOne = (path: string, locate: (intent: Intent) => Interrupted["staging"]) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const disk = yield* Disk
    const scanned = yield* Effect.mapError(
      disk.scanOne(path, { file: "intent.json", marker: "intent.json", maximumBytes }),
      storageFailed("read", path)
    )
    const intent = scanned.text._tag === "Text" ? decodeIntent(scanned.text.text) : Option.none()
    if (Option.isNone(intent)) {
      // A later version's, or one that cannot be read now, may stand for the one copy of a container.
      if (
        scanned.text._tag === "Unreadable" || (scanned.text._tag === "Text" && isJson(scanned.text.text))
      ) return undefined
      // The intent is written before anything is dumped: without a whole one there is nothing to lose.
      yield* Effect.mapError(fs.remove(path, { recursive: true, force: true }), storageFailed("sweep", path))
      return undefined
    }
    const staging = locate(intent.value)
    const begun = yield* StagedImages.isBegun(staging)
    const dumped = yield* StagedImages.isDumped(staging)
    const synced = yield* StagedFolder.isSynced(staging)
    const rebooted = yield* StagedFolder.isRebooted(staging)
    // Nothing that is published by itself: the name is not held for it.
    if (!dumped || (rebooted && !synced)) yield* StagedFolder.unclaim(staging)
    const checkpoint = yield* Effect.option(
      PublishedFolder.get(intent.value.container, staging.directory, intent.value.checkpoint)
    )
    const published = Option.exists(checkpoint, (one) => one.record?.operation === intent.value.operation)
    return { staging, begun, dumped, synced, rebooted, published } satisfies Interrupted
  })

const isJson = (text: string) => Option.isSome(decodeJson(text))

const decodeJson = Schema.decodeOption(Schema.parseJson())

const decodeIntent = Schema.decodeOption(IntentText)
