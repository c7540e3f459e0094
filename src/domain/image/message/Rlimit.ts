/** CRIU's `images/rlimit.proto`. */
import { define, required, uint64, type Value } from "../Message.ts"

/** A message `rlimit_entry`. */
export const RlimitEntry = define("rlimit_entry", {
  cur: required(1, uint64),
  max: required(2, uint64)
})
/** A message `rlimit_entry`. */
export type RlimitEntry = Value<typeof RlimitEntry>
