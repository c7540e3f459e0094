/** CRIU's `images/seccomp.proto`. */
import { bytes, define, nested, optional, repeated, required, uint32, type Value } from "../Message.ts"

/** A message `seccomp_filter`. */
export const SeccompFilter = define("seccomp_filter", {
  filter: required(1, bytes),
  prev: optional(2, uint32),
  flags: optional(3, uint32)
})
/** A message `seccomp_filter`. */
export type SeccompFilter = Value<typeof SeccompFilter>

/** A message `seccomp_entry`. */
export const SeccompEntry = define("seccomp_entry", {
  seccomp_filters: repeated(1, nested(SeccompFilter))
})
/** A message `seccomp_entry`. */
export type SeccompEntry = Value<typeof SeccompEntry>
