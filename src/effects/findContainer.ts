/** The container that a reference means, known to its runtime or only through its checkpoints. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { AmbiguousContainer, ContainerNotFound, StorageFailed } from "../domain/CheckpointError.ts"
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
