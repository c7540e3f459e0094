/** CRIU's `images/sk-inet.proto`. */
import { FownEntry } from "./Fown.ts"
import { SkOptsEntry, SkShutdown } from "./SkOpts.ts"
import { TcpOptsEntry } from "./TcpStream.ts"
import { bool, define, nested, optional, repeated, required, string, uint32, type Value } from "../Message.ts"

/** What a raw socket has been set to. */
const IpOptsRawEntry = define("ip_opts_raw_entry", {
  hdrincl: optional(1, bool),
  nodefrag: optional(2, bool),
  checksum: optional(3, bool),
  icmpv_filter: repeated(4, uint32)
})

/** What a socket of the internet has been set to. */
const IpOptsEntry = define("ip_opts_entry", {
  freebind: optional(1, bool),
  raw: optional(4, nested(IpOptsRawEntry)),
  pktinfo: optional(5, bool),
  tos: optional(6, uint32),
  ttl: optional(7, uint32)
})

/** An open socket of the internet; of a connection there is more in `tcp-stream` of its inode. */
export const InetSkEntry = define("inet_sk_entry", {
  id: required(1, uint32),
  ino: required(2, uint32),
  /** `SocketState.ts` has the words of this and the next three. */
  family: required(3, uint32),
  type: required(4, uint32),
  proto: required(5, uint32),
  state: required(6, uint32),
  src_port: required(7, uint32),
  dst_port: required(8, uint32),
  flags: required(9, uint32),
  backlog: required(10, uint32),
  /** One number or four; `SocketAddress.ts` has the text. */
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
/** An open socket of the internet; of a connection there is more in `tcp-stream` of its inode. */
export type InetSkEntry = Value<typeof InetSkEntry>
