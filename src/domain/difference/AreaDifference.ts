/** What became of an area of a process's memory, and how many of its pages are not as they were. */
import * as Schema from "effect/Schema"
import { AreaKind } from "../memory/AreaKind.ts"
import { Fate } from "./Change.ts"
import { PageCount } from "./PageCount.ts"

/** Where an area is. */
const Place = Schema.Struct({
  /** In hexadecimal, such as `0x7f0000001000`. */
  start: Schema.String,
  /** The first address behind it. */
  end: Schema.String,
  bytes: Schema.Number,
  /** As `/proc/PID/maps` has it: `rw-p`. */
  protection: Schema.String
}).annotations({ identifier: "AreaPlace" })

/** Pages in a row of one fate. */
export const PageRange = Schema.Struct({
  /** In hexadecimal. */
  start: Schema.String,
  pages: Schema.Number,
  is: Schema.Literal("different", "onlyBefore", "onlyAfter", "unknown")
}).annotations({ identifier: "PageRange" })
/** Pages in a row of one fate. */
export type PageRange = typeof PageRange.Type

/** What became of it: it `changed` where it lies elsewhere, has other rights, or has pages that are not as they were. */
export const AreaDifference = Schema.Struct({
  fate: Fate,
  kind: AreaKind,
  /** Of an area with a file: its path, or the name of a memfd. */
  name: Schema.optional(Schema.String),
  before: Schema.optional(Place),
  after: Schema.optional(Place),
  /** Of memory that processes share: its pages are in the counts of each of them, and once in those of all. */
  isShared: Schema.Boolean,
  pages: PageCount,
  /** Where those pages are; there where it was asked for. */
  ranges: Schema.optional(Schema.Array(PageRange))
}).annotations({ identifier: "AreaDifference" })
/** What became of it. */
export type AreaDifference = typeof AreaDifference.Type
