/** CRIU's `images/utsns.proto`. */
import { define, required, string, type Value } from "../Message.ts"

/** A message `utsns_entry`. */
export const UtsnsEntry = define("utsns_entry", {
  nodename: required(1, string),
  domainname: required(2, string)
})
/** A message `utsns_entry`. */
export type UtsnsEntry = Value<typeof UtsnsEntry>
