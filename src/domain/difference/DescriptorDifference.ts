/** What became of a descriptor of a process. */
import * as Schema from "effect/Schema"
import { Change } from "./Change.ts"

/**
 * What became of it: `opened` and `closed`, both where it now refers to something else, and `changed` where that is the same and
 * something of it is not.
 */
export const DescriptorDifference = Schema.Struct({
  fate: Schema.Literal("opened", "closed", "changed"),
  descriptor: Schema.Number,
  /** As an inspection has it: `regular`, `inet`, `pipe`, … */
  kind: Schema.String,
  /** What it is in one line: a path, or the addresses of a socket. */
  name: Schema.String,
  changes: Schema.Array(Change)
}).annotations({ identifier: "DescriptorDifference" })
/** What became of it. */
export type DescriptorDifference = typeof DescriptorDifference.Type
