/**
 * What checkpoints tell of containers: which directories a container's checkpoints are in, and which
 * containers there are that a runtime may have forgotten.
 *
 * The index of custom directories is a hint: what is in it and not on disk is passed over.
 */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { type Checkpoint, forgottenContainer } from "../../domain/Checkpoint.ts"
import { maximumBytes } from "../../domain/CheckpointConfig.ts"
import * as CheckpointDirectory from "../../domain/CheckpointDirectory.ts"
import type { Container } from "../../domain/Container.ts"
import { Disk } from "../../effects/Disk.ts"
import * as Annex from "./Annex.ts"
import { type FolderConfig, homePath, indexPath, ownDirectory, worldPath } from "./FolderLayout.ts"
import * as InterruptedFolder from "./InterruptedFolder.ts"
import * as PublishedFolder from "./PublishedFolder.ts"
import { errno, storageFailed } from "./storageFailed.ts"

/** The directories that a container's checkpoints are known to be in, its own first. */
export const directories = (config: FolderConfig, container: Container) =>
  Effect.gen(function* () {
    const own = CheckpointDirectory.parse(ownDirectory(config, container))
    const custom = yield* readIndex(config, container.id)
    return [...(Either.isRight(own) ? [own.right] : []), ...custom]
  })

/** Remembers a custom directory. The caller holds the container. That it fails loses nothing but the hint. */
export const remember = (
  config: FolderConfig,
  container: Container,
  directory: CheckpointDirectory.CheckpointDirectory
) =>
  Effect.gen(function* () {
    if (directory === ownDirectory(config, container)) return
    const known = yield* readIndex(config, container.id)
    if (known.includes(directory)) return
    const fs = yield* FileSystem.FileSystem
    const path = indexPath(config, container.id)
    yield* Annex.makePrivate(homePath(config, container.id))
    const disk = yield* Disk
    yield* fs.writeFileString(`${path}.new`, JSON.stringify([...known, directory]), { mode: 0o600 })
    // Once for each directory: after a loss of power the runtime has forgotten the container, and nothing else leads here.
    yield* disk.sync(`${path}.new`)
    yield* fs.rename(`${path}.new`, path)
    yield* Annex.syncAncestors(path)
  }).pipe(Effect.ignore)

/** Every container that checkpoints are known of. */
export const containers = (config: FolderConfig) =>
  Effect.gen(function* () {
    const disk = yield* Disk
    const path = worldPath(config)
    const homes = yield* Effect.catchAll(disk.entries(path), (error) =>
      errno(error) === "ENOENT" ? Effect.succeed([]) : Effect.fail(storageFailed("list", path)(error)))
    const found = yield* Effect.forEach(homes, ({ kind, name }) =>
      kind === "Directory" ? inHome(`${path}/${name}`) : Effect.succeedNone)
    return found.flatMap(Option.toArray)
  })

/** The container of exactly this id. */
export const container = (config: FolderConfig, id: string) =>
  id === "" ? Effect.succeedNone : Effect.map(inHome(homePath(config, id)), Option.filter((one) => one.id === id))

/** The container whose home a folder is, as the newest of its checkpoints records it. */
const inHome = (home: string) =>
  Effect.gen(function* () {
    const own = CheckpointDirectory.parse(`${home}/checkpoints`)
    const custom = yield* readIndexAt(`${home}/directories.json`, home)
    const known = [...(Either.isRight(own) ? [own.right] : []), ...custom]
    const all = yield* Effect.forEach(
      known,
      (directory) => Effect.orElseSucceed(PublishedFolder.listAll("", directory), (): ReadonlyArray<Checkpoint> => [])
    )
    const mine = all.flat().filter((one) => one.container !== "" && isAt(home, one.container))
    const newest = mine.reduce<Checkpoint | undefined>(
      (best, one) => best === undefined || one.created > best.created ? one : best,
      undefined
    )
    if (newest !== undefined) return Option.fromNullable(forgottenContainer(newest))
    const staged = yield* Effect.forEach(known, (directory) =>
      Effect.orElseSucceed(InterruptedFolder.containers(directory), (): ReadonlyArray<Container> => []))
    return Option.map(
      Option.fromNullable(
        staged.flat().find((one) =>
          isAt(home, one.id)
        )
      ),
      ({ process: _, ...one }): Container => ({ ...one, state: "forgotten" })
    )
  })

const isAt = (home: string, id: string) => home.endsWith(`/${CheckpointDirectory.encodeComponent(id)}`)

const readIndex = (config: FolderConfig, id: string) => readIndexAt(indexPath(config, id), homePath(config, id))

const readIndexAt = (path: string, home: string) =>
  Effect.gen(function* () {
    const disk = yield* Disk
    const file = path.slice(home.length + 1)
    const scanned = yield* Effect.option(disk.scanOne(home, { file, marker: file, maximumBytes }))
    const paths = Option.match(scanned, {
      onNone: (): ReadonlyArray<string> => [],
      onSome: ({ text }) => text._tag === "Text" ? Option.getOrElse(decodeIndex(text.text), () => []) : []
    })
    return paths.flatMap((one) =>
      Either.match(CheckpointDirectory.parse(one), { onLeft: () => [], onRight: (d) => [d] })
    )
  })

const decodeIndex = Schema.decodeOption(Schema.parseJson(Schema.Array(Schema.String)))
