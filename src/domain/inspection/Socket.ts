/** Sockets, as descriptors refer to them. */
import * as Schema from "effect/Schema"
import { Holder, opened } from "./OpenFile.ts"

/** An address of the internet and a port. */
export const Endpoint = Schema.Struct({
  /** Such as `127.0.0.1` or `::1`. */
  address: Schema.String,
  port: Schema.Number
}).annotations({ identifier: "Endpoint" })
/** An address of the internet and a port. */
export type Endpoint = typeof Endpoint.Type

const socket = {
  ...opened,
  /** CRIU's id of the network namespace that it is in. */
  namespace: Schema.optional(Schema.Number)
}

/** A unix socket (unix(7)). */
export const UnixSocket = Schema.Struct({
  kind: Schema.Literal("unix"),
  ...socket,
  inode: Schema.Number,
  /** `stream`, `datagram`, `seqpacket`; one without a name is its number. */
  type: Schema.String,
  /** Such as `listening`, `established`; one without a name is its number. */
  state: Schema.String,
  /** A path, or `@` and a name that is none. */
  name: Schema.optional(Schema.String),
  /** The path was removed. */
  isRemoved: Schema.Boolean,
  /** The socket at the other end, and the descriptors that refer to it: none where that is outside. */
  peer: Schema.optional(Schema.Struct({ inode: Schema.Number, holders: Schema.Array(Holder) })),
  backlog: Schema.Number,
  /** What was sent to it and not received, in bytes. */
  receiveQueue: Schema.Number,
  /** `read`, `write`, `both`. */
  shutdown: Schema.optional(Schema.String)
}).annotations({ identifier: "UnixSocket" })
/** A unix socket. */
export type UnixSocket = typeof UnixSocket.Type

/** A socket of the internet: TCP, UDP or raw. */
export const InternetSocket = Schema.Struct({
  kind: Schema.Literal("inet"),
  ...socket,
  inode: Schema.Number,
  /** `inet` or `inet6`. */
  family: Schema.String,
  type: Schema.String,
  /** Such as `tcp`; one without a name is its number. */
  protocol: Schema.String,
  /** Such as `listening`, `established`; one without a name is its number. */
  state: Schema.String,
  local: Endpoint,
  /** Absent where it is not connected. */
  remote: Schema.optional(Endpoint),
  backlog: Schema.Number,
  /** Of a connection of TCP: what came and was not read, in bytes. */
  receiveQueue: Schema.optional(Schema.Number),
  /** Of a connection of TCP: what was written and not acknowledged, in bytes. */
  sendQueue: Schema.optional(Schema.Number),
  /** The device that it is bound to. */
  device: Schema.optional(Schema.String),
  shutdown: Schema.optional(Schema.String)
}).annotations({ identifier: "InternetSocket" })
/** A socket of the internet. */
export type InternetSocket = typeof InternetSocket.Type

/** A socket to the kernel (netlink(7)). */
export const NetlinkSocket = Schema.Struct({
  kind: Schema.Literal("netlink"),
  ...socket,
  inode: Schema.Number,
  /** Such as `route`; one without a name is its number. */
  protocol: Schema.String,
  port: Schema.Number
}).annotations({ identifier: "NetlinkSocket" })
/** A socket to the kernel. */
export type NetlinkSocket = typeof NetlinkSocket.Type

/** A socket for whole packets of a device (packet(7)). */
export const PacketSocket = Schema.Struct({
  kind: Schema.Literal("packet"),
  ...socket,
  type: Schema.String,
  /** In hexadecimal, such as `0x0003`, which is every protocol. */
  protocol: Schema.String,
  /** The index of the device; zero is every one. */
  device: Schema.Number
}).annotations({ identifier: "PacketSocket" })
/** A socket for whole packets of a device. */
export type PacketSocket = typeof PacketSocket.Type
