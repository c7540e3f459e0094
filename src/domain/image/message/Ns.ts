/** CRIU's `images/ns.proto`. */
import { define, required, uint32, type Value } from "../Message.ts"

/** An open namespace. */
export const NsFileEntry = define("ns_file_entry", {
  id: required(1, uint32),
  ns_id: required(2, uint32),
  ns_cflag: required(3, uint32),
  flags: required(4, uint32)
})
/** An open namespace. */
export type NsFileEntry = Value<typeof NsFileEntry>
