/** CRIU's `images/sysctl.proto`. */
import { define, enumeration, int32, optional, required, string, type Value } from "../Message.ts"

/** SysctlType. */
export const SysctlType = enumeration({
  CTL_STR: 5,
  CTL_32: 6
})

/** A message `sysctl_entry`. */
export const SysctlEntry = define("sysctl_entry", {
  type: required(1, SysctlType),
  iarg: optional(2, int32),
  sarg: optional(3, string)
})
/** A message `sysctl_entry`. */
export type SysctlEntry = Value<typeof SysctlEntry>
