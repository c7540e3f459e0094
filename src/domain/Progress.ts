/** How far a running operation has come. */
import * as Schema from "effect/Schema"

/**
 * The steps of an operation, in the order in which they are reached; a step may be left out. In `preparing` the hook before the
 * freeze is run, in `notifying` the one after the dump or after the restore. In `paging` the processes of a lazy restore run already,
 * and their memory is brought in behind them.
 */
export const Step = Schema.Literal(
  "waiting",
  "checking",
  "preparing",
  "pre-dumping",
  "freezing",
  "dumping",
  "syncing",
  "publishing",
  "stopping",
  "restoring",
  "paging",
  "notifying",
  "done"
)
/** A step of an operation. */
export type Step = typeof Step.Type

/** How far a running operation has come. */
export const Progress = Schema.Struct({
  step: Step,
  /** Bytes of images written so far, or, in a restore, about those that are back in memory. */
  bytes: Schema.Number,
  /** Bytes expected in all: the resident memory of the container, or the size of the checkpoint; zero while it is not known. */
  total: Schema.Number
})
/** How far a running operation has come. */
export type Progress = typeof Progress.Type

/** Where every operation begins. */
export const initial: Progress = { step: "waiting", bytes: 0, total: 0 }

/** The share that is done, from 0 to 1; 0 while the total is not known. */
export const ratio = (progress: Progress): number =>
  progress.step === "done" ? 1 : progress.total <= 0 ? 0 : Math.min(1, progress.bytes / progress.total)
