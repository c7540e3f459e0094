/** CRIU's `images/binfmt-misc.proto`. */
import { bool, define, int32, optional, required, string, type Value } from "../Message.ts"

/** A format of programs that the kernel hands to an interpreter. */
export const BinfmtMiscEntry = define("binfmt_misc_entry", {
  name: required(1, string),
  enabled: required(2, bool),
  interpreter: required(3, string),
  flags: optional(4, string),
  extension: optional(5, string),
  magic: optional(6, string),
  mask: optional(7, string),
  offset: optional(8, int32)
})
/** A format of programs that the kernel hands to an interpreter. */
export type BinfmtMiscEntry = Value<typeof BinfmtMiscEntry>
