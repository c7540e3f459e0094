/** CRIU's `images/pstree.proto`. */
import { define, repeated, required, uint32, type Value } from "../Message.ts"

/** A process, by its ids. */
export const PstreeEntry = define("pstree_entry", {
  pid: required(1, uint32),
  /** Zero for the root. */
  ppid: required(2, uint32),
  pgid: required(3, uint32),
  sid: required(4, uint32),
  /** The pid, which is the id of the first thread, included. */
  threads: repeated(5, uint32)
})
/** A process, by its ids. */
export type PstreeEntry = Value<typeof PstreeEntry>
