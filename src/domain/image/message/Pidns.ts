/** CRIU's `images/pidns.proto`. */
import { define, optional, string, type Value } from "../Message.ts"

/** A pid namespace that is brought from outside. */
export const PidnsEntry = define("pidns_entry", {
  ext_key: optional(1, string)
})
/** A pid namespace that is brought from outside. */
export type PidnsEntry = Value<typeof PidnsEntry>
