/** CRIU's `images/sk-netlink.proto`. */
import { FownEntry } from "./Fown.ts"
import { SkOptsEntry } from "./SkOpts.ts"
import { define, nested, optional, repeated, required, uint32, type Value } from "../Message.ts"

/** An open netlink socket. */
export const NetlinkSkEntry = define("netlink_sk_entry", {
  id: required(1, uint32),
  ino: required(2, uint32),
  protocol: required(3, uint32),
  state: required(4, uint32),
  flags: required(6, uint32),
  portid: required(7, uint32),
  groups: repeated(8, uint32),
  dst_portid: required(9, uint32),
  dst_group: required(10, uint32),
  fown: required(11, nested(FownEntry)),
  opts: required(12, nested(SkOptsEntry)),
  ns_id: optional(13, uint32)
})
/** An open netlink socket. */
export type NetlinkSkEntry = Value<typeof NetlinkSkEntry>
