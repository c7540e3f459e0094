/** CRIU's `images/fown.proto`. */
import { define, required, uint32, type Value } from "../Message.ts"

/** Who is sent a signal when something happens to an open file (F_SETOWN). */
export const FownEntry = define("fown_entry", {
  uid: required(1, uint32),
  euid: required(2, uint32),
  /** Zero where nobody is. */
  signum: required(3, uint32),
  pid_type: required(4, uint32),
  pid: required(5, uint32)
})
/** Who is sent a signal when something happens to an open file (F_SETOWN). */
export type FownEntry = Value<typeof FownEntry>
