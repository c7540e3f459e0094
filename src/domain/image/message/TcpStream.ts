/** CRIU's `images/tcp-stream.proto`. */
import { bool, define, optional, required, uint32, type Value } from "../Message.ts"

/** What a TCP socket has been set to. */
export const TcpOptsEntry = define("tcp_opts_entry", {
  cork: optional(1, bool),
  nodelay: optional(2, bool),
  keepcnt: optional(3, uint32),
  keepidle: optional(4, uint32),
  keepintvl: optional(5, uint32)
})
/** What a TCP socket has been set to. */
export type TcpOptsEntry = Value<typeof TcpOptsEntry>

/** A TCP connection: what was under way in it follows, first what had come, then what had been written. */
export const TcpStreamEntry = define("tcp_stream_entry", {
  /** In bytes. */
  inq_len: required(1, uint32),
  inq_seq: required(2, uint32),
  outq_len: required(3, uint32),
  outq_seq: required(4, uint32),
  opt_mask: required(5, uint32),
  snd_wscale: required(6, uint32),
  mss_clamp: required(7, uint32),
  rcv_wscale: optional(8, uint32),
  timestamp: optional(9, uint32),
  cork: optional(10, bool),
  nodelay: optional(11, bool),
  /** How much of what had been written was not sent yet, in bytes. */
  unsq_len: optional(12, uint32),
  snd_wl1: optional(13, uint32),
  snd_wnd: optional(14, uint32),
  max_window: optional(15, uint32),
  rcv_wnd: optional(16, uint32),
  rcv_wup: optional(17, uint32)
})
/** A TCP connection: what was under way in it follows, first what had come, then what had been written. */
export type TcpStreamEntry = Value<typeof TcpStreamEntry>
