/** All that CRIU measured while it dumped: more than what a record keeps of it (`domain/Statistics.ts`). */
import * as Schema from "effect/Schema"
import type { DumpStatsEntry } from "../image/message/Stats.ts"
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

/** The figures of a `stats-dump`. */
export const of = (dump: DumpStatsEntry): DumpFigures => ({
  freezingMicros: dump.freezing_time,
  frozenMicros: dump.frozen_time,
  memoryDumpMicros: dump.memdump_time,
  memoryWriteMicros: dump.memwrite_time,
  pagesScanned: Number(dump.pages_scanned),
  pagesSkippedParent: Number(dump.pages_skipped_parent),
  pagesWritten: Number(dump.pages_written),
  pagesLazy: Number(dump.pages_lazy),
  ...(dump.irmap_resolve === undefined ? {} : { pathLookupMicros: dump.irmap_resolve }),
  ...(dump.shpages_scanned === undefined ? {} : { sharedPagesScanned: Number(dump.shpages_scanned) }),
  ...(dump.shpages_skipped_parent === undefined
    ? {}
    : { sharedPagesSkippedParent: Number(dump.shpages_skipped_parent) }),
  ...(dump.shpages_written === undefined ? {} : { sharedPagesWritten: Number(dump.shpages_written) })
})
