/** CRIU's `images/rlimit.proto`. */
import { define, required, uint64, type Value } from "../Message.ts"

/** A limit on what a process may use; the place in the list says on what, as in setrlimit(2). */
export const RlimitEntry = define("rlimit_entry", {
  cur: required(1, uint64),
  max: required(2, uint64)
})
/** A limit on what a process may use; the place in the list says on what, as in setrlimit(2). */
export type RlimitEntry = Value<typeof RlimitEntry>
