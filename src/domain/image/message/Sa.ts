/** CRIU's `images/sa.proto`. */
import { bool, define, optional, required, uint64, type Value } from "../Message.ts"

/** What a process does with a signal (sigaction(2)). */
export const SaEntry = define("sa_entry", {
  sigaction: required(1, uint64),
  flags: required(2, uint64),
  restorer: required(3, uint64),
  mask: required(4, uint64),
  compat_sigaction: optional(5, bool),
  mask_extended: optional(6, uint64)
})
/** What a process does with a signal (sigaction(2)). */
export type SaEntry = Value<typeof SaEntry>
