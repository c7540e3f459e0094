/** The use cases that only look: list, names, get. They take no locks and create nothing. */
import * as Effect from "effect/Effect"
import type { Ports } from "./Attempt.ts"
import { byName, type Checkpoint } from "../domain/Checkpoint.ts"
import * as CheckpointDirectory from "../domain/CheckpointDirectory.ts"
import type {
  CheckpointNotFound,
  InvalidCheckpointDirectory,
  InvalidCheckpointName,
  StorageFailed
} from "../domain/CheckpointError.ts"
import * as CheckpointName from "../domain/CheckpointName.ts"
import type { ReadOptions } from "../domain/CheckpointOptions.ts"
import type { Container } from "../domain/Container.ts"
import { CheckpointStore } from "./CheckpointStore.ts"
import { ContainerStore, type ContainerStoreError } from "./ContainerStore.ts"
import { findContainer, findDirectory, type FindError } from "./findContainer.ts"

/** What list can fail with. */
export type ListError = InvalidCheckpointDirectory | FindError

/** What get can fail with. */
export type GetError = InvalidCheckpointName | InvalidCheckpointDirectory | FindError | CheckpointNotFound

/** Every checkpoint of a container, or of all containers, sorted by name; damaged ones included. */
export const listCheckpoints = Effect.fn("Checkpoints.list")(function* (
  reference: string | undefined,
  options: ReadOptions
): Effect.fn.Return<ReadonlyArray<Checkpoint>, ListError, Ports> {
  const choice = yield* CheckpointDirectory.parseChoice(options.checkpointDir)
  const containers = reference === undefined ? yield* everyContainer : [yield* findContainer(reference)]
  const lists = yield* Effect.forEach(containers, (container) => listOne(container, choice, reference === undefined))
  return lists.length === 1 ? lists[0] ?? [] : lists.flat().sort(byName)
})

/** The names of a container's folders that may be checkpoints, sorted, without looking into them. */
export const checkpointNames = Effect.fn("Checkpoints.names")(function* (
  reference: string,
  options: ReadOptions
): Effect.fn.Return<ReadonlyArray<CheckpointName.CheckpointName>, ListError, Ports> {
  const { directory } = yield* findDirectory(reference, options)
  const store = yield* CheckpointStore
  return yield* store.names(directory)
})

/** One checkpoint, at the cost of one. */
export const getCheckpoint = Effect.fn("Checkpoints.get")(function* (
  reference: string,
  nameText: string,
  options: ReadOptions
): Effect.fn.Return<Checkpoint, GetError, Ports> {
  const name = yield* CheckpointName.parseExisting(nameText)
  const { container, directory } = yield* findDirectory(reference, options)
  const store = yield* CheckpointStore
  return yield* store.get(container, directory, name)
})

/** The checkpoints of one container, in all directories that are known to hold some. */
export const checkpointsOf = (container: Container) => listOne(container, undefined, true)

/** The checkpoints of one container: in the directory chosen, else in all that are known to hold some. */
const listOne = (
  container: Container,
  choice: CheckpointDirectory.CheckpointDirectory | undefined,
  everywhere: boolean
): Effect.Effect<ReadonlyArray<Checkpoint>, InvalidCheckpointDirectory | StorageFailed, CheckpointStore> =>
  Effect.gen(function* () {
    const store = yield* CheckpointStore
    const directories = choice === undefined && everywhere
      ? yield* store.directories(container)
      : [yield* store.directory(container, choice, false)]
    const [only] = directories
    if (only !== undefined && directories.length === 1) return yield* store.list(container, only)
    const lists = yield* Effect.forEach(
      directories,
      (directory, index) => index === 0 ? store.list(container, directory) : listHinted(container, directory)
    )
    return lists.flat()
  })

/** Those in a directory of the index, which is only a hint: what is no folder, or may not be used any more, holds none. */
const listHinted = (container: Container, directory: CheckpointDirectory.CheckpointDirectory) =>
  Effect.gen(function* () {
    const store = yield* CheckpointStore
    return yield* store.list(container, yield* store.directory(container, directory, false))
  }).pipe(Effect.catchTag("InvalidCheckpointDirectory", () => Effect.succeed<ReadonlyArray<Checkpoint>>([])))

/** The containers that the runtime knows, and those that only their checkpoints know. */
export const everyContainer: Effect.Effect<
  ReadonlyArray<Container>,
  ContainerStoreError | StorageFailed,
  ContainerStore | CheckpointStore
> = Effect.gen(function* () {
  const containers = yield* ContainerStore
  const store = yield* CheckpointStore
  const known = yield* containers.list
  const ids = new Set(known.map((container) => container.id))
  const forgotten = yield* store.containers
  return [...known, ...forgotten.filter((container) => !ids.has(container.id))]
})
