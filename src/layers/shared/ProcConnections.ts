/** The sockets and pipes that processes hold, and what stands against a checkpoint in them: ends that are elsewhere. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { Depth, Resource } from "../../domain/Survey.ts"
import * as KernelFile from "./KernelFile.ts"
import * as ProcDescriptors from "./ProcDescriptors.ts"
import * as ProcPeers from "./ProcPeers.ts"
import * as ProcSockets from "./ProcSockets.ts"

/** What was seen of them. */
export interface Connections {
  readonly resources: ReadonlyArray<Resource>
  /** What could not be looked at, in words for a person. */
  readonly unseen: ReadonlyArray<string>
}

/** Looks at the sockets and, in a whole survey, at their other ends, and at the pipes. */
export const look = (
  descriptors: ReadonlyArray<ProcDescriptors.Descriptor>,
  root: number,
  depth: Depth
): Effect.Effect<Connections> =>
  Effect.gen(function* () {
    const held = descriptors.flatMap((one) => {
      const inode = ProcSockets.inodeOf(one.link)
      return inode === undefined ? [] : [{ ...one, inode }]
    })
    // The lists of a namespace are read once, and only where somebody has a socket in it.
    const networks = [...new Map(held.map(({ pid }) => [KernelFile.link(`/proc/${pid}/ns/net`), pid])).values()]
    const known = new Map(networks.flatMap((pid) => ProcSockets.tcp(pid)).map((socket) => [socket.inode, socket]))
    const tcp = held.flatMap((one) => tcpConnection(one, known.get(one.inode), depth))
    if (depth === "quick") return { resources: tcp, unseen: [] }
    const asked = yield* Effect.forEach(networks, ProcPeers.of)
    const peers = asked.flatMap((one) => Option.toArray(one))
    const multipath = new Set(peers.flatMap((one) => [...one.multipath]))
    const listed = new Set([...known.keys(), ...networks.flatMap(ProcSockets.others)])
    const unlisted = held.filter(({ inode }) => !listed.has(inode) && !multipath.has(inode))
    return {
      resources: [
        ...tcp,
        ...held.flatMap(({ descriptor, inode, pid }): ReadonlyArray<Resource> =>
          multipath.has(inode) ? [{ _tag: "ForeignDescriptor", pid, descriptor, kind: "socket of multipath TCP" }] : []
        ),
        ...unixSockets(held, peers),
        ...halfPipes(descriptors, root)
      ],
      unseen: [
        ...(peers.length < networks.length ? [withoutSs] : []),
        ...unlisted.map(({ descriptor, pid }) =>
          `the socket of descriptor ${descriptor} of process ${pid} is neither bound nor connected, or of a family that CRIU ` +
          "does not know"
        )
      ]
    }
  })

const withoutSs =
  'whether the other ends of its unix sockets are outside of it is not known: "ss" of iproute2 could not be asked'

interface Socket extends ProcDescriptors.Descriptor {
  readonly inode: string
}

const tcpConnection = (
  { descriptor, pid }: Socket,
  socket: ProcSockets.TcpSocket | undefined,
  depth: Depth
): ReadonlyArray<Resource> => {
  if (socket === undefined || socket.state === closed) return []
  const { local, remote } = socket
  // Whether a connection still waits when it comes to the dump is not certain.
  return socket.state !== listening
    ? [{ _tag: "TcpConnection", pid, descriptor, state: "Connected", local, remote }]
    : socket.waiting > 0 && depth === "whole"
    ? [{ _tag: "TcpConnection", pid, descriptor, state: "Accepting", local, remote }]
    : []
}

const closed = 7
const listening = 10

const unixSockets = (held: ReadonlyArray<Socket>, peers: ReadonlyArray<ProcPeers.Peers>): ReadonlyArray<Resource> => {
  const connected = new Map(peers.flatMap(({ unix }) => unix).map((one) => [one.inode, one]))
  const inside = new Set(held.map(({ inode }) => inode))
  return held.flatMap(({ descriptor, inode, pid }): ReadonlyArray<Resource> => {
    const found = connected.get(inode)
    if (found === undefined) return []
    const { path, peer, type } = found
    return [{
      _tag: "UnixSocket",
      pid,
      descriptor,
      type,
      peer: inside.has(peer) ? "inside" : peers.some(({ here }) => here.has(peer)) ? "outside" : "elsewhere",
      ...(path === undefined ? {} : { path })
    }]
  })
}

/** Those of the first process's own streams are its runtime's to give again. */
const halfPipes = (descriptors: ReadonlyArray<ProcDescriptors.Descriptor>, root: number): ReadonlyArray<Resource> => {
  const pipes = descriptors.filter(({ link }) => link.startsWith("pipe:"))
  const streams = new Set(pipes.filter((one) => one.pid === root && one.descriptor < 3).map(({ link }) => link))
  const ends = pipes.filter(({ link }) => !streams.has(link)).flatMap((one) => {
    const access = ProcDescriptors.info(one)?.access
    return access === undefined ? [] : [{ ...one, access }]
  })
  return ends.flatMap(({ access, descriptor, link, pid }): ReadonlyArray<Resource> =>
    access === "both" || ends.some((other) => other.link === link && other.access !== access)
      ? []
      : [{ _tag: "HalfPipe", pid, descriptor, end: access }]
  )
}
