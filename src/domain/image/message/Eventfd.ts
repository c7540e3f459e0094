/** CRIU's `images/eventfd.proto`. */
import { FownEntry } from "./Fown.ts"
import { define, nested, required, uint32, uint64, type Value } from "../Message.ts"

/** An open eventfd. */
export const EventfdFileEntry = define("eventfd_file_entry", {
  id: required(1, uint32),
  flags: required(2, uint32),
  fown: required(3, nested(FownEntry)),
  counter: required(4, uint64)
})
/** An open eventfd. */
export type EventfdFileEntry = Value<typeof EventfdFileEntry>
