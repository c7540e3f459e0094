/** CRIU's `images/pidns.proto`. */
import { define, optional, string, type Value } from "../Message.ts"

/** A message `pidns_entry`. */
export const PidnsEntry = define("pidns_entry", {
  ext_key: optional(1, string)
})
/** A message `pidns_entry`. */
export type PidnsEntry = Value<typeof PidnsEntry>
