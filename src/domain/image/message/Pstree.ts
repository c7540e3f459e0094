/** CRIU's `images/pstree.proto`. */
import { define, repeated, required, uint32, type Value } from "../Message.ts"

/** A message `pstree_entry`. */
export const PstreeEntry = define("pstree_entry", {
  pid: required(1, uint32),
  ppid: required(2, uint32),
  pgid: required(3, uint32),
  sid: required(4, uint32),
  threads: repeated(5, uint32)
})
/** A message `pstree_entry`. */
export type PstreeEntry = Value<typeof PstreeEntry>
