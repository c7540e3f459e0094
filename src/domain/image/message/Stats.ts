/** CRIU's `images/stats.proto`. */
import { define, nested, optional, required, uint32, uint64, type Value } from "../Message.ts"

/** What CRIU measured while it dumped. Times are in microseconds. */
const DumpStatsEntry = define("dump_stats_entry", {
  /** From the request to freeze until the last task stood still. */
  freezing_time: required(1, uint32),
  /** How long the tasks stood still. */
  frozen_time: required(2, uint32),
  memdump_time: required(3, uint32),
  memwrite_time: required(4, uint32),
  pages_scanned: required(5, uint64),
  pages_skipped_parent: required(6, uint64),
  pages_written: required(7, uint64),
  irmap_resolve: optional(8, uint32),
  pages_lazy: required(9, uint64),
  page_pipes: optional(10, uint64),
  page_pipe_bufs: optional(11, uint64),
  shpages_scanned: optional(12, uint64),
  shpages_skipped_parent: optional(13, uint64),
  shpages_written: optional(14, uint64)
})
/** What CRIU measured while it dumped. Times are in microseconds. */
export type DumpStatsEntry = Value<typeof DumpStatsEntry>

/** What CRIU measured while it restored. Times are in microseconds. */
const RestoreStatsEntry = define("restore_stats_entry", {
  pages_compared: required(1, uint64),
  pages_skipped_cow: required(2, uint64),
  forking_time: required(3, uint32),
  restore_time: required(4, uint32),
  pages_restored: optional(5, uint64)
})

/** The statistics of a dump or of a restore. */
export const StatsEntry = define("stats_entry", {
  dump: optional(1, nested(DumpStatsEntry)),
  restore: optional(2, nested(RestoreStatsEntry))
})
/** The statistics of a dump or of a restore. */
export type StatsEntry = Value<typeof StatsEntry>
