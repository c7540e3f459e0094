/** All that CRIU measured while it dumped: more than what a record keeps of it (`domain/Statistics.ts`). */
import * as Schema from "effect/Schema"
import { Statistics } from "../Statistics.ts"

/** The section `statistics`: microseconds and pages. */
export const DumpFigures = Schema.Struct({
  ...Statistics.fields,
  /** Pages that are left to be fetched from the machine of the dump. */
  pagesLazy: Schema.Number,
  /** Looking for the paths of watched files. */
  pathLookupMicros: Schema.optional(Schema.Number),
  /** The same for memory that processes share. */
  sharedPagesScanned: Schema.optional(Schema.Number),
  sharedPagesSkippedParent: Schema.optional(Schema.Number),
  sharedPagesWritten: Schema.optional(Schema.Number)
}).annotations({ identifier: "DumpFigures" })
/** The section `statistics`. */
export type DumpFigures = typeof DumpFigures.Type
