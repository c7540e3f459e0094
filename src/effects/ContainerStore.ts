/**
 * Which containers there are, as the world that runs them tells it.
 *
 * The service owns ids, names, states and identities. It does not know where checkpoints are kept.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type {
  AmbiguousContainer,
  ContainerNotFound,
  RuntimeFailed,
  RuntimeUnavailable,
  StorageFailed
} from "../domain/CheckpointError.ts"
import type { Container } from "../domain/Container.ts"

/** What looking for containers can fail with. */
export type ContainerStoreError = RuntimeUnavailable | RuntimeFailed | StorageFailed

/** The containers of one world. */
export class ContainerStore extends Context.Tag("stasis/ContainerStore")<ContainerStore, {
  /** All containers, stopped ones included, in no particular order. */
  readonly list: Effect.Effect<ReadonlyArray<Container>, ContainerStoreError>
  /** The one container that an id, a name or an unambiguous prefix of an id means, as it is now. */
  readonly find: (
    reference: string
  ) => Effect.Effect<Container, ContainerNotFound | AmbiguousContainer | ContainerStoreError>
  /** The container of exactly this id, as it is now, at the cost of one look-up. */
  readonly get: (id: string) => Effect.Effect<Container, ContainerNotFound | ContainerStoreError>
}>() {}
