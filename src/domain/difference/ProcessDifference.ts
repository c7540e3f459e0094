/** What became of a process: itself, its descriptors and its memory. */
import * as Schema from "effect/Schema"
import { AreaDifference } from "./AreaDifference.ts"
import { Change, Fate } from "./Change.ts"
import { DescriptorDifference } from "./DescriptorDifference.ts"
import { PageCount } from "./PageCount.ts"

/** What became of it. Where a pid was reused there are two of the pid: the one that went, and the one that appeared. */
export const ProcessDifference = Schema.Struct({
  fate: Fate,
  pid: Schema.Number,
  /** As `/proc/PID/comm` has it: now, or as it was where it went. */
  name: Schema.String,
  /** From its memory: now, or as it was where it went. */
  commandLine: Schema.optional(Schema.Array(Schema.String)),
  /** Its state, names, credentials, folders, threads: what is on both sides and not as it was. */
  changes: Schema.Array(Change),
  /** Of a process that is on both sides. */
  descriptors: Schema.Array(DescriptorDifference),
  /** Of a process that is on both sides: the areas that are not as they were, in the order of their addresses. */
  areas: Schema.Array(AreaDifference),
  /** How many bytes of addresses are taken. */
  virtual: Schema.Struct({ before: Schema.Number, after: Schema.Number }),
  /** All its pages, shared ones included. */
  pages: PageCount
}).annotations({ identifier: "ProcessDifference" })
/** What became of it. */
export type ProcessDifference = typeof ProcessDifference.Type
