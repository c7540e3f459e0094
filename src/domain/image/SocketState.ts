/** The numbers of sockets in words (socket(2), the kernel's `include/net/tcp_states.h`). */

const families: Readonly<Record<number, string>> = { 1: "unix", 2: "inet", 10: "inet6", 16: "netlink", 17: "packet" }
const types: Readonly<Record<number, string>> = {
  1: "stream",
  2: "datagram",
  3: "raw",
  4: "rdm",
  5: "seqpacket",
  6: "dccp",
  10: "packet"
}
const protocols: Readonly<Record<number, string>> = {
  0: "ip",
  1: "icmp",
  6: "tcp",
  17: "udp",
  58: "icmpv6",
  136: "udplite",
  262: "mptcp"
}

/** The kernel counts the states of every family as it does those of TCP. */
const states: Readonly<Record<number, string>> = {
  1: "established",
  2: "syn-sent",
  3: "syn-received",
  4: "fin-wait-1",
  5: "fin-wait-2",
  6: "time-wait",
  7: "closed",
  8: "close-wait",
  9: "last-ack",
  10: "listening",
  11: "closing",
  12: "new-syn-received"
}

/** The word for a family; what has none is its number. */
export const familyOf = (family: number): string => families[family] ?? `${family}`

/** The word for a type; what has none is its number. */
export const typeOf = (type: number): string => types[type] ?? `${type}`

/** The word for a protocol of the internet; what has none is its number. */
export const protocolOf = (protocol: number): string => protocols[protocol] ?? `${protocol}`

/** The word for a state; what has none is its number. */
export const stateOf = (state: number): string => states[state] ?? `${state}`
