/**
 * What changed between two checkpoints, or any two folders of images.
 *
 * It is what `stasis diff --format json` prints; `docs/schemas/difference.json` is made of it.
 */
import * as Schema from "effect/Schema"
import { Problem } from "../inspection/Problem.ts"
import { AreaKind } from "../memory/AreaKind.ts"
import { Source } from "../Source.ts"
import { ItemDifference } from "./ItemDifference.ts"
import { PageCount } from "./PageCount.ts"
import { ProcessDifference } from "./ProcessDifference.ts"

/** One of the two. */
const Side = Schema.Struct({
  /** The folder of its images. */
  path: Schema.String,
  /** The checkpoint that they are of, where they are of one. */
  checkpoint: Schema.optional(Source),
  /** RFC 3339, where a record says it. */
  created: Schema.optional(Schema.String)
}).annotations({ identifier: "Side" })

/** A figure on both sides; absent on a side that does not have it. */
export const Figure = Schema.Struct({
  /** As in an inspection: names that end in `Micros` are microseconds, in `Bytes` bytes. */
  name: Schema.String,
  before: Schema.optional(Schema.Number),
  after: Schema.optional(Schema.Number)
}).annotations({ identifier: "Figure" })
/** A figure on both sides. */
export type Figure = typeof Figure.Type

/** What changed, as far as both sides could be read: what is not known of one of them is no change. */
export const Difference = Schema.Struct({
  before: Side,
  after: Side,
  /** Nothing changed but figures: what is in the containers is the same, as far as it could be read. */
  isEqual: Schema.Boolean,
  /** Those that are not as they were, in the order of their pids. */
  processes: Schema.Array(ProcessDifference),
  mounts: Schema.Array(ItemDifference),
  namespaces: Schema.Array(ItemDifference),
  cgroups: Schema.Array(ItemDifference),
  memory: Schema.Struct({
    /** In bytes; absent where the two differ in it, and no page was compared. */
    pageSize: Schema.optional(Schema.Number),
    /** All pages of all processes whose memory could be read on both sides; those of shared memory once. */
    pages: PageCount,
    kinds: Schema.Array(Schema.Struct({ kind: AreaKind, pages: PageCount })),
    /** Contents that were read of both to be compared; what both have from the same place of a parent is not read. */
    readBytes: Schema.Number
  }),
  figures: Schema.Array(Figure),
  /** What could not be read, by side and file. What it would have told is not compared, and is in no list above. */
  problems: Schema.Array(Schema.Struct({ side: Schema.Literal("before", "after"), ...Problem.fields }))
}).annotations({ identifier: "Difference" })
/** What changed. */
export type Difference = typeof Difference.Type
