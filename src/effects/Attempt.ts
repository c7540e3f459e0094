/** One attempt at a checkpoint: what it works on, what it stands on, and what it can fail with. */
import type { CheckpointDirectory } from "../domain/CheckpointDirectory.ts"
import type {
  CheckpointExists,
  CheckpointUnpublished,
  ContainerNotRunning,
  HookFailed
} from "../domain/CheckpointError.ts"
import type { CheckpointName } from "../domain/CheckpointName.ts"
import type { CreateOptions } from "../domain/CheckpointOptions.ts"
import type { Container } from "../domain/Container.ts"
import type { CheckpointStore } from "./CheckpointStore.ts"
import type { ContainerStore } from "./ContainerStore.ts"
import type { Lease } from "./Disk.ts"
import type { EventLog } from "./EventLog.ts"
import type { Hooks } from "./Hooks.ts"
import type { Images } from "./Images.ts"
import type { Report } from "./Operation.ts"
import type { SettleError } from "./recover.ts"
import type { Runtime } from "./Runtime.ts"

/** The services that the use cases are written against. */
export type Ports = CheckpointStore | ContainerStore | Runtime | EventLog | Images

/** What an attempt can fail with. */
export type AttemptError = ContainerNotRunning | CheckpointExists | CheckpointUnpublished | HookFailed | SettleError

/** What one attempt works on. The caller holds the container and the name. */
export interface Attempt {
  readonly container: Container
  readonly name: CheckpointName
  readonly directory: CheckpointDirectory
  readonly options: CreateOptions
  readonly lease: Lease
  readonly report: Report
  readonly hooks: Hooks
  /** Random: the name of the staging folder. */
  readonly operation: string
  /** The operation that made the checkpoint that this one is to build on. */
  readonly parentOperation?: string
}
