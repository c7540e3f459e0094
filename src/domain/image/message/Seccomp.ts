/** CRIU's `images/seccomp.proto`. */
import { bytes, define, nested, optional, repeated, required, uint32, type Value } from "../Message.ts"

/** A filter of system calls. */
const SeccompFilter = define("seccomp_filter", {
  filter: required(1, bytes),
  prev: optional(2, uint32),
  flags: optional(3, uint32)
})

/** The filters of system calls that the threads mean by their places in this list. */
export const SeccompEntry = define("seccomp_entry", {
  seccomp_filters: repeated(1, nested(SeccompFilter))
})
/** The filters of system calls that the threads mean by their places in this list. */
export type SeccompEntry = Value<typeof SeccompEntry>
