/** A socket in words, from `files.img` and the images of what lay in its queues. */
import type { FileEntry } from "../image/message/Fdinfo.ts"
import type { PacketSockEntry } from "../image/message/PacketSock.ts"
import type { InetSkEntry } from "../image/message/SkInet.ts"
import type { NetlinkSkEntry } from "../image/message/SkNetlink.ts"
import type { UnixSkEntry } from "../image/message/SkUnix.ts"
import * as NetlinkProtocol from "../image/NetlinkProtocol.ts"
import * as SocketAddress from "../image/SocketAddress.ts"
import * as SocketState from "../image/SocketState.ts"
import type { FileImages } from "./FileImages.ts"
import type { OpenFile } from "./Files.ts"
import type { InternetSocket, NetlinkSocket, PacketSocket, UnixSocket } from "./Socket.ts"

/** CRIU's names of the kinds of files that are sockets. */
export const socketTypes: ReadonlySet<string | number> = new Set(["INETSK", "UNIXSK", "PACKETSK", "NETLINKSK"])

interface Opened {
  readonly id: number
  readonly access: string
  readonly flags: ReadonlyArray<string>
}

/** Says which socket a file is; `undefined` where it is none. */
export const socketOf = (
  { isk, nlsk, psk, usk }: FileEntry,
  how: (flags: number) => Opened,
  images: FileImages
): OpenFile | undefined =>
  isk !== undefined
    ? internet(isk, how(isk.flags), images)
    : usk !== undefined
    ? unix(usk, how(usk.flags), images)
    : nlsk !== undefined
    ? netlink(nlsk, how(nlsk.flags))
    : psk === undefined
    ? undefined
    : packet(psk, how(psk.flags))

const inNamespace = (ns_id: number | undefined) => (ns_id === undefined ? {} : { namespace: ns_id })

const shutDown = (shutdown: string | number | undefined) =>
  shutdown === undefined || shutdown === "NONE" ? {} : { shutdown: `${shutdown}`.toLowerCase() }

const internet = (socket: InetSkEntry, how: Opened, images: FileImages): InternetSocket => {
  const stream = images.tcpStream(socket.ino)
  const hasRemote = socket.dst_port !== 0 || socket.dst_addr.some((word) => word !== 0)
  return {
    kind: "inet",
    ...how,
    ...inNamespace(socket.ns_id),
    inode: socket.ino,
    family: SocketState.familyOf(socket.family),
    type: SocketState.typeOf(socket.type),
    protocol: SocketState.protocolOf(socket.proto),
    state: SocketState.stateOf(socket.state),
    local: endpoint(socket.family, socket.src_addr, socket.src_port),
    ...(hasRemote ? { remote: endpoint(socket.family, socket.dst_addr, socket.dst_port) } : {}),
    backlog: socket.backlog,
    ...(stream === undefined ? {} : { receiveQueue: stream.inq_len, sendQueue: stream.outq_len }),
    ...(socket.ifname === undefined || socket.ifname === "" ? {} : { device: socket.ifname }),
    ...shutDown(socket.shutdown)
  }
}

/** Older releases of CRIU write four numbers for an address of version 4 as well, all but the first of which are zero. */
const endpoint = (family: number, words: ReadonlyArray<number>, port: number) => ({
  address: SocketAddress.internetAddressOf(family === 2 ? words.slice(0, 1) : words),
  port
})

const unix = (socket: UnixSkEntry, how: Opened, images: FileImages): UnixSocket => {
  const name = SocketAddress.unixNameOf(socket.name)
  const isRelative = name !== undefined && !name.startsWith("/") && !name.startsWith("@")
  return {
    kind: "unix",
    ...how,
    ...inNamespace(socket.ns_id),
    inode: socket.ino,
    type: SocketState.typeOf(socket.type),
    state: SocketState.stateOf(socket.state),
    ...(name === undefined ? {} : { name: isRelative && socket.name_dir ? `${socket.name_dir}/${name}` : name }),
    isRemoved: socket.deleted ?? false,
    ...(socket.peer === 0 ? {} : { peer: { inode: socket.peer, holders: images.unixHolders(socket.peer) } }),
    backlog: socket.backlog,
    receiveQueue: images.queued(socket.id),
    ...shutDown(socket.shutdown)
  }
}

const netlink = (socket: NetlinkSkEntry, how: Opened): NetlinkSocket => ({
  kind: "netlink",
  ...how,
  ...inNamespace(socket.ns_id),
  inode: socket.ino,
  protocol: NetlinkProtocol.nameOf(socket.protocol),
  port: socket.portid
})

const packet = (socket: PacketSockEntry, how: Opened): PacketSocket => ({
  kind: "packet",
  ...how,
  ...inNamespace(socket.ns_id),
  type: SocketState.typeOf(socket.type),
  protocol: `0x${networkOrder(socket.protocol).toString(16).padStart(4, "0")}`,
  device: socket.ifindex
})

/** The kernel keeps the protocol as it is on the wire. */
const networkOrder = (value: number): number => ((value & 0xff) << 8) | ((value >>> 8) & 0xff)
