/**
 * A container as the world that runs it describes it, and how a reference from a caller names one.
 *
 * This file knows nothing of runtimes and of where checkpoints are kept.
 */
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import { AmbiguousContainer, ContainerNotFound } from "./CheckpointError.ts"

/** What a container is doing. `forgotten`: the runtime does not know it any more, its checkpoints do. */
export const ContainerState = Schema.Literal("created", "running", "paused", "restarting", "stopped", "forgotten")
/** What a container is doing. */
export type ContainerState = typeof ContainerState.Type

/** One incarnation of a container's init process: a pid alone may since belong to another process. */
export const ProcessIdentity = Schema.Struct({
  pid: Schema.Int,
  /** Clock ticks since boot (field 22 of `/proc/<pid>/stat`). */
  startTime: Schema.Number,
  /** The kernel's boot id, where it is known. */
  bootId: Schema.optional(Schema.String)
})
/** One incarnation of a container's init process. */
export type ProcessIdentity = typeof ProcessIdentity.Type

/** A container. */
export const Container = Schema.Struct({
  id: Schema.String,
  name: Schema.optional(Schema.String),
  state: ContainerState,
  labels: Schema.Record({ key: Schema.String, value: Schema.String }),
  image: Schema.optional(Schema.String),
  /** What makes it the same container across stops and restores, as opposed to another one of the same id. */
  identity: Schema.String,
  /** Its init process, while there is one. */
  process: Schema.optional(ProcessIdentity),
  /** The folder that an engine keeps for it (Docker's container root), where there is one. */
  root: Schema.optional(Schema.String),
  /** The OCI bundle that it was made from, where it is known. */
  bundle: Schema.optional(Schema.String)
})
/** A container. */
export type Container = typeof Container.Type

/** Whether the container has processes that can be frozen. */
export const isLive = (container: Container): boolean => container.state === "running" || container.state === "paused"

/** Whether both are known to be the same incarnation of the same process. */
export const isSameProcess = (a: ProcessIdentity | undefined, b: ProcessIdentity | undefined): boolean =>
  a !== undefined && b !== undefined && a.pid === b.pid && a.startTime === b.startTime && a.bootId === b.bootId

/**
 * Finds the one container that a reference means: a whole id first, then a whole name (with or without
 * Docker's leading slash), then a prefix that only one id has.
 */
export const resolve = (
  reference: string,
  containers: ReadonlyArray<Container>
): Either.Either<Container, ContainerNotFound | AmbiguousContainer> => {
  const name = reference.startsWith("/") ? reference.slice(1) : reference
  if (name === "") return Either.left(new ContainerNotFound({ container: reference }))
  const named = containers.filter((container) => container.name === name)
  const exact = containers.find((container) => container.id === reference) ??
    (named.length === 1 ? named[0] : undefined)
  if (exact !== undefined) return Either.right(exact)
  const matches = named.length > 1 ? named : containers.filter((container) => container.id.startsWith(reference))
  const [only] = matches
  if (only === undefined) return Either.left(new ContainerNotFound({ container: reference }))
  return matches.length === 1 ? Either.right(only) : Either.left(
    new AmbiguousContainer({ container: reference, matches: matches.map((container) => container.id).sort() })
  )
}
