/** What the operations give back when they succeed: plain data that can be sent over a wire. */
import * as Schema from "effect/Schema"
import { Checkpoint } from "./Checkpoint.ts"
import { ContainerState } from "./Container.ts"

const warnings = Schema.Array(Schema.String)

/** The result of create. */
export const Created = Schema.Struct({
  checkpoint: Checkpoint,
  /** The container afterwards, as it was looked up; `forgotten` when its runtime does not know it any more. */
  state: ContainerState,
  /** Whether it was sealed, where that was asked for. */
  sealed: Schema.optional(Schema.Boolean),
  /** Things that went less well than asked, in words for a person. */
  warnings
})
/** The result of create. */
export type Created = typeof Created.Type

/** The result of restore. */
export const Restored = Schema.Struct({
  checkpoint: Checkpoint,
  state: ContainerState,
  /** The pid of the restored init process, where it is known. */
  pid: Schema.optional(Schema.Int),
  warnings
})
/** The result of restore. */
export type Restored = typeof Restored.Type

/** The result of remove. */
export const Removed = Schema.Struct({
  checkpoint: Checkpoint,
  /** The network namespace that was locked for the checkpoint's connections, and is not any more. */
  unlocked: Schema.optional(Schema.String),
  warnings
})
/** The result of remove. */
export type Removed = typeof Removed.Type

/** The result of seal. */
export const Sealed = Schema.Struct({
  checkpoint: Checkpoint,
  /** When, as the seal says: RFC 3339. */
  sealed: Schema.String,
  /** How many files, and how many bytes. */
  files: Schema.Int,
  bytes: Schema.Number
})
/** The result of seal. */
export type Sealed = typeof Sealed.Type

/** What recover did about one interrupted create. */
const RecoveredCreate = Schema.Struct({
  container: Schema.String,
  checkpoint: Schema.String,
  directory: Schema.String,
  /** `kept`: it may be the one copy of a container, but is not whole; it lies in `path`. */
  action: Schema.Literal("published", "discarded", "kept"),
  path: Schema.String,
  /** The container stood still and goes on. */
  resumed: Schema.Boolean
})

/** What recover did about a network that CRIU had left locked for connections that nobody will go on with. */
const RecoveredNetwork = Schema.Struct({
  container: Schema.String,
  action: Schema.Literal("unlocked"),
  /** The network namespace, which dropped every packet. */
  network: Schema.String
})

/** One thing that recover did. */
export const Recovered = Schema.Union(RecoveredCreate, RecoveredNetwork)
/** One thing that recover did. */
export type Recovered = typeof Recovered.Type
