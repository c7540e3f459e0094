/**
 * The record of intent: what an operation that stages a checkpoint is about to do, written before it does
 * anything, so that whoever finds the staging folder after a crash knows what it was for.
 */
import * as Schema from "effect/Schema"
import { CheckpointName } from "./CheckpointName.ts"
import { CreateOptions } from "./CheckpointOptions.ts"
import { Container } from "./Container.ts"

/**
 * How a create ends the container, decided before the freeze.
 *
 * - `LeaveRunning`: the dump lets it go on (or stay paused).
 * - `PauseThenStop`: it is paused, dumped, published, and only then killed: never is the disk the only copy.
 * - `StopInDump`: the dump itself stops it; from then on the staging folder is the one copy of it.
 */
export const Mode = Schema.Literal("LeaveRunning", "PauseThenStop", "StopInDump")
/** How a create ends the container. */
export type Mode = typeof Mode.Type

/** The record of intent of a create. */
export const Intent = Schema.Struct({
  version: Schema.Literal(1),
  /** Random, and the name of the staging folder. */
  operation: Schema.String,
  checkpoint: CheckpointName,
  directory: Schema.String,
  container: Container,
  mode: Mode,
  /** The container was paused before the operation. */
  paused: Schema.Boolean,
  options: CreateOptions,
  /** The operation that made the checkpoint named in `options.parentPath`. */
  parentOperation: Schema.optional(Schema.String),
  /** The runtime and CRIU that dump, for the record of a checkpoint that is recovered. */
  runtime: Schema.Struct({
    name: Schema.String,
    version: Schema.optional(Schema.String),
    criu: Schema.optional(Schema.String),
    kernel: Schema.optional(Schema.String)
  }),
  /** Milliseconds since 1970. */
  started: Schema.Number
})
/** The record of intent of a create. */
export type Intent = typeof Intent.Type

/** An intent as JSON text. */
export const IntentText: Schema.Schema<Intent, string> = Schema.parseJson(Intent)
