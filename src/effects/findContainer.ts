/** The container that a reference means, known to its runtime or only through its checkpoints. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { type CheckpointDirectory, parseChoice } from "../domain/CheckpointDirectory.ts"
import type {
  AmbiguousContainer,
  ContainerNotFound,
  InvalidCheckpointDirectory,
  StorageFailed
} from "../domain/CheckpointError.ts"
import { type Container, resolve } from "../domain/Container.ts"
import { CheckpointStore } from "./CheckpointStore.ts"
import { ContainerStore, type ContainerStoreError } from "./ContainerStore.ts"

/** What finding a container can fail with. */
export type FindError = ContainerNotFound | AmbiguousContainer | ContainerStoreError | StorageFailed

/** Finds a container by id, name, or unambiguous prefix; one that its runtime has forgotten by its checkpoints. */
export const findContainer = (
  reference: string
): Effect.Effect<Container, FindError, ContainerStore | CheckpointStore> =>
  Effect.gen(function* () {
    const containers = yield* ContainerStore
    return yield* Effect.catchTag(containers.find(reference), "ContainerNotFound", () => findForgotten(reference))
  })

/**
 * A container, and the checkpoint directory that is meant: the caller's choice or its own. The choice is read before
 * anybody is looked for; nothing is made.
 */
export const findDirectory = (
  reference: string,
  { checkpointDir }: { readonly checkpointDir?: string | undefined },
  create = false
): Effect.Effect<
  { readonly container: Container; readonly directory: CheckpointDirectory },
  InvalidCheckpointDirectory | FindError,
  ContainerStore | CheckpointStore
> =>
  Effect.gen(function* () {
    const choice = yield* parseChoice(checkpointDir)
    const container = yield* findContainer(reference)
    const store = yield* CheckpointStore
    return { container, directory: yield* store.directory(container, choice, create) }
  })

/** The container as it is now; `forgotten` when its runtime does not know it any more. */
export const refresh = (
  container: Container
): Effect.Effect<Container, ContainerStoreError, ContainerStore> =>
  Effect.flatMap(
    ContainerStore,
    (containers) =>
      Effect.catchTag(containers.get(container.id), "ContainerNotFound", () => Effect.succeed(forget(container)))
  )

const forget = ({ process: _, ...container }: Container): Container => ({ ...container, state: "forgotten" })

const findForgotten = (
  reference: string
): Effect.Effect<Container, ContainerNotFound | AmbiguousContainer | StorageFailed, CheckpointStore> =>
  Effect.gen(function* () {
    const checkpoints = yield* CheckpointStore
    const exact = yield* checkpoints.container(reference)
    return Option.isSome(exact) ? exact.value : yield* resolve(reference, yield* checkpoints.containers)
  })
