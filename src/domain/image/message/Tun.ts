/** CRIU's `images/tun.proto`. */
import { bool, define, int32, optional, required, string, uint32, type Value } from "../Message.ts"

/** An open device of the type tun. */
export const TunfileEntry = define("tunfile_entry", {
  id: required(1, uint32),
  netdev: optional(2, string),
  detached: optional(3, bool),
  ns_id: optional(4, uint32)
})
/** An open device of the type tun. */
export type TunfileEntry = Value<typeof TunfileEntry>

/** What a network device of the type tun has more than others. */
export const TunLinkEntry = define("tun_link_entry", {
  flags: required(1, uint32),
  owner: required(2, int32),
  group: required(3, int32),
  vnethdr: required(4, uint32),
  sndbuf: required(5, uint32)
})
/** What a network device of the type tun has more than others. */
export type TunLinkEntry = Value<typeof TunLinkEntry>
