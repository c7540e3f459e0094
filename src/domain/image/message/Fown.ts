/** CRIU's `images/fown.proto`. */
import { define, required, uint32, type Value } from "../Message.ts"

/** A message `fown_entry`. */
export const FownEntry = define("fown_entry", {
  uid: required(1, uint32),
  euid: required(2, uint32),
  signum: required(3, uint32),
  pid_type: required(4, uint32),
  pid: required(5, uint32)
})
/** A message `fown_entry`. */
export type FownEntry = Value<typeof FownEntry>
