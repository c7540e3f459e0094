/** CRIU's `images/sk-inet.proto`. */
import { FownEntry } from "./Fown.ts"
import { SkOptsEntry, SkShutdown } from "./SkOpts.ts"
import { TcpOptsEntry } from "./TcpStream.ts"
import { bool, define, nested, optional, repeated, required, string, uint32, type Value } from "../Message.ts"

/** A message `ip_opts_raw_entry`. */
export const IpOptsRawEntry = define("ip_opts_raw_entry", {
  hdrincl: optional(1, bool),
  nodefrag: optional(2, bool),
  checksum: optional(3, bool),
  icmpv_filter: repeated(4, uint32)
})
/** A message `ip_opts_raw_entry`. */
export type IpOptsRawEntry = Value<typeof IpOptsRawEntry>

/** A message `ip_opts_entry`. */
export const IpOptsEntry = define("ip_opts_entry", {
  freebind: optional(1, bool),
  raw: optional(4, nested(IpOptsRawEntry)),
  pktinfo: optional(5, bool),
  tos: optional(6, uint32),
  ttl: optional(7, uint32)
})
/** A message `ip_opts_entry`. */
export type IpOptsEntry = Value<typeof IpOptsEntry>

/** A message `inet_sk_entry`. */
export const InetSkEntry = define("inet_sk_entry", {
  id: required(1, uint32),
  ino: required(2, uint32),
  family: required(3, uint32),
  type: required(4, uint32),
  proto: required(5, uint32),
  state: required(6, uint32),
  src_port: required(7, uint32),
  dst_port: required(8, uint32),
  flags: required(9, uint32),
  backlog: required(10, uint32),
  src_addr: repeated(11, uint32),
  dst_addr: repeated(12, uint32),
  fown: required(13, nested(FownEntry)),
  opts: required(14, nested(SkOptsEntry)),
  v6only: optional(15, bool),
  ip_opts: optional(16, nested(IpOptsEntry)),
  ifname: optional(17, string),
  ns_id: optional(18, uint32),
  shutdown: optional(19, SkShutdown),
  tcp_opts: optional(20, nested(TcpOptsEntry))
})
/** A message `inet_sk_entry`. */
export type InetSkEntry = Value<typeof InetSkEntry>
