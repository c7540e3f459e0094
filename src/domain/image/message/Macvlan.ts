/** CRIU's `images/macvlan.proto`. */
import { define, optional, required, uint32, type Value } from "../Message.ts"

/** What a network device of the type macvlan has more than others. */
export const MacvlanLinkEntry = define("macvlan_link_entry", {
  mode: required(1, uint32),
  flags: optional(2, uint32)
})
/** What a network device of the type macvlan has more than others. */
export type MacvlanLinkEntry = Value<typeof MacvlanLinkEntry>
