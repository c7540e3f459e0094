/** CRIU's `images/macvlan.proto`. */
import { define, optional, required, uint32, type Value } from "../Message.ts"

/** A message `macvlan_link_entry`. */
export const MacvlanLinkEntry = define("macvlan_link_entry", {
  mode: required(1, uint32),
  flags: optional(2, uint32)
})
/** A message `macvlan_link_entry`. */
export type MacvlanLinkEntry = Value<typeof MacvlanLinkEntry>
