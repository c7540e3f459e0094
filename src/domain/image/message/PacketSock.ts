/** CRIU's `images/packet-sock.proto`. */
import { FownEntry } from "./Fown.ts"
import { SkOptsEntry } from "./SkOpts.ts"
import { bool, bytes, define, nested, optional, repeated, required, uint32, type Value } from "../Message.ts"

/** A group of addresses that a packet socket listens for. */
const PacketMclist = define("packet_mclist", {
  index: required(1, uint32),
  type: required(2, uint32),
  addr: required(3, bytes)
})

/** A ring of packets that a packet socket shares with its process. */
const PacketRing = define("packet_ring", {
  block_size: required(1, uint32),
  block_nr: required(2, uint32),
  frame_size: required(3, uint32),
  frame_nr: required(4, uint32),
  retire_tmo: required(5, uint32),
  sizeof_priv: required(6, uint32),
  features: required(7, uint32)
})

/** An open packet socket. */
export const PacketSockEntry = define("packet_sock_entry", {
  id: required(1, uint32),
  type: required(2, uint32),
  protocol: required(3, uint32),
  flags: required(4, uint32),
  ifindex: required(5, uint32),
  fown: required(6, nested(FownEntry)),
  opts: required(7, nested(SkOptsEntry)),
  version: required(8, uint32),
  reserve: required(9, uint32),
  aux_data: required(10, bool),
  orig_dev: required(11, bool),
  vnet_hdr: required(12, bool),
  loss: required(13, bool),
  timestamp: required(14, uint32),
  copy_thresh: required(15, uint32),
  mclist: repeated(16, nested(PacketMclist)),
  fanout: optional(17, uint32),
  rx_ring: optional(18, nested(PacketRing)),
  tx_ring: optional(19, nested(PacketRing)),
  ns_id: optional(20, uint32)
})
/** An open packet socket. */
export type PacketSockEntry = Value<typeof PacketSockEntry>
