/** CRIU's `images/signalfd.proto`. */
import { FownEntry } from "./Fown.ts"
import { define, nested, required, uint32, uint64, type Value } from "../Message.ts"

/** An open signalfd. */
export const SignalfdEntry = define("signalfd_entry", {
  id: required(1, uint32),
  flags: required(2, uint32),
  fown: required(3, nested(FownEntry)),
  sigmask: required(4, uint64)
})
/** An open signalfd. */
export type SignalfdEntry = Value<typeof SignalfdEntry>
