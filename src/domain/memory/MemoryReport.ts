/** What a checkpoint holds of the memory of its processes, as results have it: addresses in hexadecimal, sizes in bytes. */
import * as Schema from "effect/Schema"
import { AreaKind } from "./AreaKind.ts"
import type { MemoryArea } from "./MemoryArea.ts"
import { addressOf } from "./MemoryHit.ts"
import * as PageMap from "./PageMap.ts"

/** How much memory there is, and where what was dumped of it is. In bytes. */
const Sizes = {
  /** Of the addresses, touched or not. */
  size: Schema.Number,
  /** What these images hold. */
  dumped: Schema.Number,
  /** What those that they build on hold of it. */
  parent: Schema.Number,
  /** What was left for a restore to fetch. */
  lazy: Schema.Number,
  /** What the images call for and is not there. */
  missing: Schema.Number
}

/** An area of memory. */
export const AreaReport = Schema.Struct({
  start: Schema.String,
  end: Schema.String,
  kind: AreaKind,
  /** As `/proc/PID/maps` has it: `rw-p`. */
  protection: Schema.String,
  /** Where in its file or shared memory it begins, in bytes. */
  offset: Schema.Number,
  /** The path of the file that is mapped, or the name of what has none. */
  file: Schema.optional(Schema.String),
  /** The id of memory that is shared without a file. */
  shared: Schema.optional(Schema.String),
  ...Sizes
})
/** An area of memory. */
export type AreaReport = typeof AreaReport.Type

/** The memory of a process. */
export const ProcessReport = Schema.Struct({
  pid: Schema.Number,
  /** The name of its first thread. */
  command: Schema.optional(Schema.String),
  /** In bytes. */
  pageSize: Schema.Number,
  ...Sizes,
  /** In the order of their addresses. */
  areas: Schema.Array(AreaReport)
})
/** The memory of a process. */
export type ProcessReport = typeof ProcessReport.Type

/** The memory of the processes of a folder of images. */
export const MemoryReport = Schema.Struct({
  /** The folder. */
  path: Schema.String,
  processes: Schema.Array(ProcessReport),
  /** What could not be read, and why; the rest is there. */
  problems: Schema.Array(Schema.String)
})
/** The memory of the processes of a folder of images. */
export type MemoryReport = typeof MemoryReport.Type

/** An area as results have it. */
export const areaReport = (
  area: MemoryArea,
  pages: PageMap.PageMap,
  file: string | undefined,
  shared: bigint | undefined
): AreaReport => {
  const { lazy, missing, own, parent } = PageMap.totals(pages, area.start, area.end)
  return {
    start: addressOf(area.start),
    end: addressOf(area.end),
    kind: area.kind,
    protection: area.protection,
    offset: Number(area.offset),
    ...(file === undefined ? {} : { file }),
    ...(shared === undefined || file !== undefined ? {} : { shared: String(shared) }),
    size: Number(area.end - area.start),
    dumped: Number(own),
    parent: Number(parent),
    lazy: Number(lazy),
    missing: Number(missing)
  }
}

/** What areas come to together. */
export const sumOf = (areas: ReadonlyArray<AreaReport>) =>
  areas.reduce((sum, area) => ({
    size: sum.size + area.size,
    dumped: sum.dumped + area.dumped,
    parent: sum.parent + area.parent,
    lazy: sum.lazy + area.lazy,
    missing: sum.missing + area.missing
  }), { size: 0, dumped: 0, parent: 0, lazy: 0, missing: 0 })
