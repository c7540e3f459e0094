/**
 * Giving names to process trees that no container runtime knows, so that they are checkpointed and restored as any container is.
 *
 * The service owns the names. Finding a named tree is the `ContainerStore`'s part, as for every container.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import {
  type CheckpointBusy,
  type ContainerExists,
  type ContainerNotFound,
  type InvalidContainerName,
  OptionUnsupported,
  type RuntimeFailed,
  type RuntimeUnavailable,
  type StorageFailed
} from "../domain/CheckpointError.ts"
import type { Container } from "../domain/Container.ts"

/** What giving a name can fail with. */
export type TrackError =
  | InvalidContainerName
  | ContainerExists
  | ContainerNotFound
  | CheckpointBusy
  | OptionUnsupported
  | RuntimeUnavailable
  | RuntimeFailed
  | StorageFailed

/** A command to start. */
export interface Command {
  /** A path, or a name that is looked up in `PATH`. */
  readonly program: string
  readonly args?: ReadonlyArray<string>
  /** The folder to start it in; the current one when absent. */
  readonly cwd?: string
  /** Variables beside those of this process. */
  readonly env?: Readonly<Record<string, string>>
}

/** A process tree that was started, and where its output goes. */
export interface Started {
  readonly container: Container
  /** The files that its output and its errors are appended to. */
  readonly stdout: string
  readonly stderr: string
}

/** The names of process trees. */
export class Processes extends Context.Tag("stasis/Processes")<Processes, {
  /**
   * Gives a name to the process tree below a pid. The name outlives the processes: after a restore it is theirs again. A name
   * whose processes have ended may be given anew.
   */
  readonly track: (name: string, pid: number) => Effect.Effect<Container, TrackError>
  /**
   * Starts a command under a name: in a session of its own, with `/dev/null` as its input and files under the stasis root as its
   * output and errors. It outlives this process.
   */
  readonly run: (name: string, command: Command) => Effect.Effect<Started, TrackError>
  /** Forgets a name. The processes go on and the checkpoints stay. */
  readonly untrack: (name: string) => Effect.Effect<void, TrackError>
}>() {}

/** Refuses every call: the containers of this runtime have names of their own. */
export const unsupported = (runtime: string): Layer.Layer<Processes> => {
  const refuse = (option: string) =>
    new OptionUnsupported({
      option,
      runtime,
      detail: "its containers have names of their own, only plain processes are given one",
      supportedBy: ["criu"]
    })
  return Layer.succeed(Processes, {
    track: () => refuse("track"),
    run: () => refuse("run"),
    untrack: () => refuse("untrack")
  })
}

/**
 * Gives a name to the process tree below a pid, so that it can be checkpointed by that name. The name outlives the processes.
 *
 * Fails with `InvalidContainerName`, `ContainerExists` (the name is of a living tree, or the tree has another name),
 * `ContainerNotFound` (no such process), `CheckpointBusy`, `RuntimeUnavailable`, `StorageFailed`; with `OptionUnsupported` in a
 * world that runs containers.
 *
 * @example
 * ```ts
 * import { Processes } from "stasis"
 * import * as Criu from "stasis/Criu"
 * import * as Effect from "effect/Effect"
 *
 * const program = Effect.match(Processes.track("no/name", 1), {
 *   onFailure: (error) => error._tag,
 *   onSuccess: (container) => container.id
 * })
 *
 * console.log(await Effect.runPromise(Effect.provide(program, Criu.layer({})))) // InvalidContainerName
 * ```
 */
export const track = (name: string, pid: number) => Effect.flatMap(Processes, (service) => service.track(name, pid))

/**
 * Starts a command under a name, in a session of its own and with streams that a checkpoint can take along; it outlives this
 * process. Fails as {@link track} does, and with `RuntimeUnavailable` where there is no such program.
 *
 * @example
 * ```ts
 * import { Processes } from "stasis"
 * import * as Criu from "stasis/Criu"
 * import * as Effect from "effect/Effect"
 *
 * const program = Effect.match(Processes.run("-web", { program: "true" }), {
 *   onFailure: (error) => error._tag,
 *   onSuccess: ({ stdout }) => stdout
 * })
 *
 * console.log(await Effect.runPromise(Effect.provide(program, Criu.layer({})))) // InvalidContainerName
 * ```
 */
export const run = (name: string, command: Command) =>
  Effect.flatMap(Processes, (service) => service.run(name, command))

/**
 * Forgets the name of a process tree; the processes go on and its checkpoints stay. Fails as {@link track} does.
 *
 * @example
 * ```ts
 * import { Processes } from "stasis"
 * import * as Criu from "stasis/Criu"
 * import * as Effect from "effect/Effect"
 *
 * const program = Effect.match(Processes.untrack("no/name"), { onFailure: (error) => error._tag, onSuccess: () => "done" })
 *
 * console.log(await Effect.runPromise(Effect.provide(program, Criu.layer({})))) // InvalidContainerName
 * ```
 */
export const untrack = (name: string) => Effect.flatMap(Processes, (service) => service.untrack(name))
