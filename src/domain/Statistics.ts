/** What CRIU measured while it dumped: the figures of its `stats-dump` image, in microseconds and pages. */
import * as Schema from "effect/Schema"

/** What CRIU measured while it dumped. */
export const Statistics = Schema.Struct({
  /** From the request to freeze until the last task stood still, in microseconds. */
  freezingMicros: Schema.Number,
  /** How long the tasks stood still, in microseconds. */
  frozenMicros: Schema.Number,
  /** Reading memory out of the tasks, in microseconds. */
  memoryDumpMicros: Schema.Number,
  /** Writing memory to the images, in microseconds. */
  memoryWriteMicros: Schema.Number,
  pagesScanned: Schema.Number,
  /** Pages that are in the parent checkpoint already. */
  pagesSkippedParent: Schema.Number,
  pagesWritten: Schema.Number
})
/** What CRIU measured while it dumped. */
export type Statistics = typeof Statistics.Type
