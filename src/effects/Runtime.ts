/**
 * What freezes containers and brings them back: runc, crun, CRIU itself, a daemon, or memory.
 *
 * The service checkpoints into a folder it is given and restores from one. It does not name, publish or
 * list checkpoints, and it holds no locks.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import type { Capabilities } from "../domain/Capabilities.ts"
import type { Checkpoint } from "../domain/Checkpoint.ts"
import type { OpenFile } from "../domain/CheckpointConfig.ts"
import type {
  CheckpointDamaged,
  ContainerMismatch,
  OptionUnsupported,
  RuntimeFailed,
  RuntimeUnavailable,
  StorageFailed,
  TimedOut
} from "../domain/CheckpointError.ts"
import type { CreateOptions, RestoreOptions } from "../domain/CheckpointOptions.ts"
import type { Container } from "../domain/Container.ts"
import type { Progress } from "../domain/Progress.ts"
import type { Statistics } from "../domain/Statistics.ts"
import type { Depth, Survey } from "../domain/Survey.ts"
import type { Lease } from "./Disk.ts"

/** What every operation of a runtime can fail with. */
export type RuntimeError = RuntimeUnavailable | RuntimeFailed | OptionUnsupported | StorageFailed | TimedOut

/** What a dump is asked for. */
export interface DumpRequest {
  /** An existing, empty folder of mode 0700 for CRIU's images. */
  readonly imagePath: string
  /** An existing folder of mode 0700 for CRIU's log and statistics. */
  readonly workPath: string
  /** The folder of the images that the dump builds on, relative to the image path, as CRIU wants it. */
  readonly parentPath?: string
  /**
   * What the container is left as when the dump succeeds; what it is dumped as is what it was before. Whether it is so is looked
   * up afterwards.
   */
  readonly after: "running" | "paused" | "stopped"
  readonly options: CreateOptions
  /** Is inherited by every process that the runtime starts, so that the locks outlive ours with them. */
  readonly lease: Lease
  /** Is told how far the dump has come. */
  readonly report: (progress: Progress) => Effect.Effect<void>
}

/** What a pre-dump is asked for: a dump's folders, and what it builds on itself. */
export type PreDumpRequest = Pick<DumpRequest, "imagePath" | "workPath" | "options" | "lease">

/** What a dump left in its folders. */
export interface Dumped {
  readonly statistics?: Statistics
  /** The files that the processes held open for writing or had mapped, and that a restore needs unchanged. */
  readonly files: ReadonlyArray<OpenFile>
  /** The runtime beneath an engine that was called past it, e.g. `runc`; absent where the engine was asked, or there is none. */
  readonly beneath?: string
  /** Things that went less well than asked, in words for a person. */
  readonly warnings: ReadonlyArray<string>
}

/** What a restore is asked for. */
export interface RestoreRequest {
  readonly checkpoint: Checkpoint
  /** An existing folder of mode 0700 for CRIU's log. */
  readonly workPath: string
  /** What the container is left as. One that is left paused does not run in between, where the runtime can do that. */
  readonly after: "running" | "paused"
  readonly options: RestoreOptions
  readonly lease: Lease
  /** Is told about how many bytes are back in memory; the use case knows of how many. */
  readonly report: (progress: Progress) => Effect.Effect<void>
}

/** The runtime of one world. */
export class Runtime extends Context.Tag("stasis/Runtime")<Runtime, {
  /** Its name, as records and errors show it, e.g. `runc`. */
  readonly name: string
  /** The runtime stops a container in the dump itself and cannot leave it paused for us. */
  readonly stopsByItself: boolean
  /** What it can do here; never fails: what is missing is a finding. */
  readonly capabilities: Effect.Effect<Capabilities>
  /** Refuses options that cannot be honoured, before anything is touched. */
  readonly checkOptions: (
    operation: "checkpoint" | "restore",
    options: CreateOptions | RestoreOptions
  ) => Effect.Effect<void, OptionUnsupported | RuntimeUnavailable>
  /** The resident memory of the container in bytes: about what a checkpoint of it will take. */
  readonly residentBytes: (container: Container) => Effect.Effect<number, RuntimeError>
  /**
   * Waits for the end of what a gone process had an engine do to the container, and puts back what it changed there for the time
   * of its operation. The caller holds the container; it is called before anything else is done to it.
   */
  readonly settle: (container: Container) => Effect.Effect<void, RuntimeError>
  /**
   * Looks at the live processes, freezes nothing and changes nothing. `quick` starts no program, takes a few milliseconds and
   * gives only what is certain; `whole` takes its time.
   */
  readonly survey: (container: Container, depth: Depth) => Effect.Effect<Survey, RuntimeError>
  /**
   * Copies the memory of a running container, which goes on, into a folder that the dump then builds on. Where the
   * kernel does not track changed memory, `checkOptions` has refused the option before.
   */
  readonly preDump: (container: Container, request: PreDumpRequest) => Effect.Effect<void, RuntimeError>
  /**
   * Dumps a running or paused container. It is not interrupted: it ends when CRIU has. When it fails, the
   * container goes on as it was; where it does not, the error says so.
   */
  readonly checkpoint: (container: Container, request: DumpRequest) => Effect.Effect<Dumped, RuntimeError>
  /** Finds what would make a restore fail (a changed file, a missing bundle), before anything is killed or started. */
  readonly checkRestore: (
    container: Container,
    request: Pick<RestoreRequest, "checkpoint" | "options">
  ) => Effect.Effect<void, RuntimeError | ContainerMismatch | CheckpointDamaged>
  /**
   * Brings a container back. No container of its id runs when it is called. When it fails, none runs afterwards. With
   * `lazyPages` it ends when all memory is in, and reports the step `paging` as soon as the container runs.
   */
  readonly restore: (container: Container, request: RestoreRequest) => Effect.Effect<void, RuntimeError>
  readonly pause: (container: Container, lease: Lease) => Effect.Effect<void, RuntimeError>
  readonly resume: (container: Container, lease: Lease) => Effect.Effect<void, RuntimeError>
  /** Kills a container, frozen or not, without letting it run again, and forgets its state as a stop does. */
  readonly stop: (container: Container, lease: Lease) => Effect.Effect<void, RuntimeError>
  /**
   * The network namespace, by its path, in which CRIU's lock drops every packet: the one that the container had when the
   * checkpoint was made, or, without one, has now. None where there is no such lock, or none that outlives the container.
   */
  readonly lockedNetwork: (container: Container, checkpoint?: Checkpoint) => Effect.Effect<Option.Option<string>>
  /** Takes CRIU's lock away from a network namespace, and no other rule: connections that it kept alive may be lost. */
  readonly unlockNetwork: (container: Container, network: string) => Effect.Effect<void, RuntimeError>
}>() {}
