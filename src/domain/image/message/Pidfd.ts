/** CRIU's `images/pidfd.proto`. */
import { FownEntry } from "./Fown.ts"
import { define, int32, nested, required, uint32, type Value } from "../Message.ts"

/** An open pidfd. */
export const PidfdEntry = define("pidfd_entry", {
  id: required(1, uint32),
  ino: required(2, uint32),
  flags: required(3, uint32),
  nspid: required(4, int32),
  fown: required(5, nested(FownEntry))
})
/** An open pidfd. */
export type PidfdEntry = Value<typeof PidfdEntry>
