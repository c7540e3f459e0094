/** CRIU's `images/sysctl.proto`. */
import { define, enumeration, int32, optional, required, string, type Value } from "../Message.ts"

/** The kinds of settings. */
const SysctlType = enumeration({
  CTL_STR: 5,
  CTL_32: 6
})

/** A setting of the kernel; the place in the list says which. */
export const SysctlEntry = define("sysctl_entry", {
  type: required(1, SysctlType),
  iarg: optional(2, int32),
  sarg: optional(3, string)
})
/** A setting of the kernel; the place in the list says which. */
export type SysctlEntry = Value<typeof SysctlEntry>
