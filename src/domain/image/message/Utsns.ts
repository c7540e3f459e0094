/** CRIU's `images/utsns.proto`. */
import { define, required, string, type Value } from "../Message.ts"

/** The names of a UTS namespace. */
export const UtsnsEntry = define("utsns_entry", {
  nodename: required(1, string),
  domainname: required(2, string)
})
/** The names of a UTS namespace. */
export type UtsnsEntry = Value<typeof UtsnsEntry>
