/**
 * The use cases, as one service: what a program, a command line or a server calls.
 *
 * `layer` builds it from the ports of a local world; a remote world implements it itself.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Checkpoint } from "../domain/Checkpoint.ts"
import type { CheckpointName } from "../domain/CheckpointName.ts"
import type { CreateOptions, ReadOptions, RemoveOptions, RestoreOptions } from "../domain/CheckpointOptions.ts"
import type { Created, Recovered, Removed, Restored } from "../domain/Outcome.ts"
import type { Ports } from "./Attempt.ts"
import { createCheckpoint, type CreateError } from "./createCheckpoint.ts"
import * as Operation from "./Operation.ts"
import { checkpointNames, getCheckpoint, type GetError, listCheckpoints, type ListError } from "./readCheckpoints.ts"
import { recoverContainers, type RecoverError, type RecoverOptions } from "./recoverContainers.ts"
import { removeCheckpoint, type RemoveError } from "./removeCheckpoint.ts"
import { restoreCheckpoint, type RestoreError } from "./restoreCheckpoint.ts"

/** The use cases. A container is named by its id, its name, or an unambiguous prefix of its id. */
export class Checkpoints extends Context.Tag("stasis/Checkpoints")<Checkpoints, {
  /**
   * Checkpoints a running or paused container under a name, and stops it unless `leaveRunning` is set. On
   * failure the container goes on as it was. Interrupting it before the freeze cancels; during the dump it
   * waits for the dump's end and rolls back.
   */
  readonly create: (container: string, name: string, options?: CreateOptions) => Effect.Effect<Created, CreateError>
  /** The same, begun: gives the running operation at once. */
  readonly beginCreate: (
    container: string,
    name: string,
    options?: CreateOptions
  ) => Effect.Effect<Operation.Operation<Created, CreateError>>
  /** Every checkpoint of a container, or of all containers, sorted by name; damaged ones are listed as damaged. */
  readonly list: (container?: string, options?: ReadOptions) => Effect.Effect<ReadonlyArray<Checkpoint>, ListError>
  /** The names in a container's checkpoint directory that may be checkpoints, sorted, without looking into them. */
  readonly names: (container: string, options?: ReadOptions) => Effect.Effect<ReadonlyArray<CheckpointName>, ListError>
  /** One checkpoint. */
  readonly get: (container: string, name: string, options?: ReadOptions) => Effect.Effect<Checkpoint, GetError>
  /** Removes exactly one checkpoint; what is not a checkpoint is refused, links are never followed. */
  readonly remove: (container: string, name: string, options?: RemoveOptions) => Effect.Effect<Removed, RemoveError>
  /** Brings a container back to where it was; the checkpoint stays. */
  readonly restore: (container: string, name: string, options?: RestoreOptions) => Effect.Effect<Restored, RestoreError>
  /** The same, begun: gives the running operation at once. */
  readonly beginRestore: (
    container: string,
    name: string,
    options?: RestoreOptions
  ) => Effect.Effect<Operation.Operation<Restored, RestoreError>>
  /**
   * Ends what interrupted operations on a container, or on any, left: published, swept, or kept and named. A network that CRIU left
   * locked is unlocked where the container runs again, or where no checkpoint of it would go on with its connections.
   */
  readonly recover: (
    container?: string,
    options?: RecoverOptions
  ) => Effect.Effect<ReadonlyArray<Recovered>, RecoverError>
}>() {}

/**
 * The use cases over the ports of a local world. It is built anew for each world: layers are shared by their identity, and
 * a program that has two worlds would get the use cases of the first one twice.
 */
export const layer: Layer.Layer<Checkpoints, never, Ports> = Layer.fresh(Layer.effect(
  Checkpoints,
  Effect.gen(function* () {
    const ports = yield* Effect.context<Ports>()
    const provide = Effect.provide(ports)
    const beginCreate = (container: string, name: string, options: CreateOptions = {}) =>
      provide(Operation.begin((report, id) => createCheckpoint(container, name, options, report, id)))
    const beginRestore = (container: string, name: string, options: RestoreOptions = {}) =>
      provide(Operation.begin((report) => restoreCheckpoint(container, name, options, report)))
    return {
      create: (container, name, options = {}) =>
        provide(
          Effect.flatMap(
            Operation.randomId,
            (id) => createCheckpoint(container, name, options, Operation.unwatched, id)
          )
        ),
      beginCreate,
      list: (container, options = {}) => provide(listCheckpoints(container, options)),
      names: (container, options = {}) => provide(checkpointNames(container, options)),
      get: (container, name, options = {}) => provide(getCheckpoint(container, name, options)),
      remove: (container, name, options = {}) => provide(removeCheckpoint(container, name, options)),
      restore: (container, name, options = {}) =>
        provide(restoreCheckpoint(container, name, options, Operation.unwatched)),
      beginRestore,
      recover: (container, options = {}) => provide(recoverContainers(container, options))
    }
  })
))

/** See {@link Checkpoints}: `create` of the service in the context, as one call. */
export const create = (container: string, name: string, options?: CreateOptions) =>
  Effect.flatMap(Checkpoints, (service) => service.create(container, name, options))

/** See {@link Checkpoints}: `beginCreate` of the service in the context, as one call. */
export const beginCreate = (container: string, name: string, options?: CreateOptions) =>
  Effect.flatMap(Checkpoints, (service) => service.beginCreate(container, name, options))

/** See {@link Checkpoints}: `list` of the service in the context, as one call. */
export const list = (container?: string, options?: ReadOptions) =>
  Effect.flatMap(Checkpoints, (service) => service.list(container, options))

/** See {@link Checkpoints}: `names` of the service in the context, as one call. */
export const names = (container: string, options?: ReadOptions) =>
  Effect.flatMap(Checkpoints, (service) => service.names(container, options))

/** See {@link Checkpoints}: `get` of the service in the context, as one call. */
export const get = (container: string, name: string, options?: ReadOptions) =>
  Effect.flatMap(Checkpoints, (service) => service.get(container, name, options))

/** See {@link Checkpoints}: `remove` of the service in the context, as one call. */
export const remove = (container: string, name: string, options?: RemoveOptions) =>
  Effect.flatMap(Checkpoints, (service) => service.remove(container, name, options))

/** See {@link Checkpoints}: `restore` of the service in the context, as one call. */
export const restore = (container: string, name: string, options?: RestoreOptions) =>
  Effect.flatMap(Checkpoints, (service) => service.restore(container, name, options))

/** See {@link Checkpoints}: `beginRestore` of the service in the context, as one call. */
export const beginRestore = (container: string, name: string, options?: RestoreOptions) =>
  Effect.flatMap(Checkpoints, (service) => service.beginRestore(container, name, options))

/** See {@link Checkpoints}: `recover` of the service in the context, as one call. */
export const recover = (container?: string, options?: RecoverOptions) =>
  Effect.flatMap(Checkpoints, (service) => service.recover(container, options))
