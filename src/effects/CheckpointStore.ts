/**
 * The checkpoint directories of a world's containers: locks, staging, publishing, names, records, removal.
 *
 * The service owns everything on disk below a checkpoint directory and beside it. It runs nothing.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import type { Checkpoint } from "../domain/Checkpoint.ts"
import type { CheckpointConfig } from "../domain/CheckpointConfig.ts"
import type { CheckpointDirectory } from "../domain/CheckpointDirectory.ts"
import type {
  CheckpointBusy,
  CheckpointExists,
  CheckpointNotFound,
  InvalidCheckpointDirectory,
  StorageFailed
} from "../domain/CheckpointError.ts"
import type { CheckpointName } from "../domain/CheckpointName.ts"
import type { Durability } from "../domain/CheckpointOptions.ts"
import type { Container } from "../domain/Container.ts"
import type { Intent } from "../domain/Intent.ts"
import type { Lease } from "./Disk.ts"

/** Where in a checkpoint the pre-dump lies that it builds on. */
export const preDumpFolder = "pre-dump"

/** A checkpoint in the making, where no reader of the directory takes it for one. */
export interface Staging {
  readonly intent: Intent
  readonly directory: CheckpointDirectory
  /** The folder of the attempt. */
  readonly path: string
  /** For CRIU's images: what is published. */
  readonly imagePath: string
  /** For CRIU's log and statistics: goes with the attempt. */
  readonly workPath: string
}

/** An attempt that a gone process left behind. */
export interface Interrupted {
  readonly staging: Staging
  /** Any image is there. */
  readonly begun: boolean
  /** `inventory.img` is there. */
  readonly dumped: boolean
  /** The images were made durable. */
  readonly synced: boolean
  /** The machine was started anew since. */
  readonly rebooted: boolean
  /** The checkpoint in the directory was made by this very attempt. */
  readonly published: boolean
}

/** What an operation holds against all others. */
export interface LockRequest {
  readonly container: Container
  readonly hold: "container" | "name" | "both"
  readonly directory: CheckpointDirectory
  /** Needed where the name is held. */
  readonly name?: CheckpointName
  /** Wait for the other operation, or fail with `CheckpointBusy`. */
  readonly wait: boolean
}

/** The checkpoint directories of one world. */
export class CheckpointStore extends Context.Tag("stasis/CheckpointStore")<CheckpointStore, {
  /**
   * The directory of a container: the caller's choice, checked as it is on disk, or the container's own.
   * Makes nothing; a directory of the caller's that is missing is refused unless `create` is set.
   */
  readonly directory: (
    container: Container,
    choice: CheckpointDirectory | undefined,
    create: boolean
  ) => Effect.Effect<CheckpointDirectory, InvalidCheckpointDirectory | StorageFailed>
  /**
   * Holds the container, and the name in the directory, against every other operation of any process until the scope
   * closes and every process that inherited the lease is gone. Either may be left out.
   */
  readonly lock: (request: LockRequest) => Effect.Effect<Lease, CheckpointBusy | StorageFailed, Scope.Scope>
  /** Makes a staging folder with its record of intent, synced. In mode `StopInDump` the name is claimed as well. */
  readonly stage: (
    directory: CheckpointDirectory,
    intent: Intent
  ) => Effect.Effect<Staging, StorageFailed | CheckpointExists>
  /** Makes the folder for a pre-dump, {@link preDumpFolder} among the images: it belongs to the checkpoint. */
  readonly makePreDump: (staging: Staging) => Effect.Effect<string, StorageFailed>
  /** An earlier checkpoint as seen from the images of an attempt: a relative path. */
  readonly parentPath: (staging: Staging, parent: CheckpointName) => Effect.Effect<string>
  /** Notes, before it begins, the operation that dumps the container: what the kernel knows of changed memory is since then. */
  readonly noteDump: (container: Container, operation: string) => Effect.Effect<void, StorageFailed>
  /** The operation that was last noted, whatever became of it. */
  readonly lastDump: (container: Container) => Effect.Effect<string | undefined, StorageFailed>
  /** Writes the memory that the dump has put out so far to the device. What cannot be written now is left for publish. */
  readonly flush: (staging: Staging) => Effect.Effect<void>
  /** Whether `inventory.img`, the last image that CRIU writes, is there. */
  readonly isDumped: (staging: Staging) => Effect.Effect<boolean, StorageFailed>
  /** Bytes of the images so far. */
  readonly imageBytes: (staging: Staging) => Effect.Effect<number, StorageFailed>
  /** Bytes that may be written where the staging folder is. */
  readonly freeBytes: (staging: Staging) => Effect.Effect<number, StorageFailed>
  /** Bytes that may be written where a directory is or, as long as it is missing, would be made. Makes nothing. */
  readonly room: (directory: CheckpointDirectory) => Effect.Effect<number, StorageFailed>
  /**
   * Mends modes, brings the statistics in, writes the config, syncs (with `full`), and renames into place over nothing. The
   * attempt's folder with its intent stays, until it is discarded.
   */
  readonly publish: (
    staging: Staging,
    config: CheckpointConfig,
    durability: Durability
  ) => Effect.Effect<Checkpoint, CheckpointExists | StorageFailed>
  /** Sweeps an attempt away; the checkpoint that it published stays. */
  readonly discard: (staging: Staging) => Effect.Effect<void, StorageFailed>
  /**
   * What gone processes left of this container's operations, in all directories known. The caller holds the container.
   * Half-removed checkpoints are swept on the way.
   */
  readonly interrupted: (
    container: Container,
    directory: CheckpointDirectory
  ) => Effect.Effect<ReadonlyArray<Interrupted>, StorageFailed>
  /** Every checkpoint in a directory, by name; what cannot be read is damaged. A missing directory is empty. */
  readonly list: (
    container: Container,
    directory: CheckpointDirectory
  ) => Effect.Effect<ReadonlyArray<Checkpoint>, StorageFailed>
  /** The names of the folders that may be checkpoints, sorted, without looking into them. */
  readonly names: (directory: CheckpointDirectory) => Effect.Effect<ReadonlyArray<CheckpointName>, StorageFailed>
  /** One checkpoint, at the cost of one. */
  readonly get: (
    container: Container,
    directory: CheckpointDirectory,
    name: CheckpointName
  ) => Effect.Effect<Checkpoint, CheckpointNotFound | StorageFailed>
  /**
   * Takes a checkpoint away: renamed out of sight first, then deleted. The caller holds the name. One that others build
   * on is refused.
   */
  readonly remove: (
    checkpoint: Checkpoint,
    directory: CheckpointDirectory,
    durability: Durability
  ) => Effect.Effect<void, CheckpointBusy | CheckpointNotFound | StorageFailed>
  /** A folder for the log of a restore, gone with the scope. */
  readonly scratch: (container: Container) => Effect.Effect<string, StorageFailed, Scope.Scope>
  /** The directories that a container's checkpoints are known to be in: its own, and custom ones from the index. */
  readonly directories: (container: Container) => Effect.Effect<ReadonlyArray<CheckpointDirectory>, StorageFailed>
  /** The containers that checkpoints are known of, as the newest checkpoint records them: all `forgotten`. */
  readonly containers: Effect.Effect<ReadonlyArray<Container>, StorageFailed>
  /** The container of exactly this id that checkpoints are known of. */
  readonly container: (id: string) => Effect.Effect<Option.Option<Container>, StorageFailed>
}>() {}
