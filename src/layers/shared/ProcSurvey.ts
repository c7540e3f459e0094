/**
 * What a tree of live processes holds, read from `/proc` and, where that is asked for, from `ss`: the survey that every
 * world which runs on this machine's kernel gives.
 *
 * It looks and never acts, and sees processes in whatever namespaces they are.
 */
import * as Effect from "effect/Effect"
import type { Depth, Process, Resource, Survey } from "../../domain/Survey.ts"
import * as KernelFile from "./KernelFile.ts"
import * as Proc from "./Proc.ts"
import * as ProcDescriptors from "./ProcDescriptors.ts"
import * as ProcFiles from "./ProcFiles.ts"
import * as ProcSockets from "./ProcSockets.ts"
import * as ProcStatus from "./ProcStatus.ts"

/** Looks at these processes, of which `root` is the first one. */
export const survey = (pids: ReadonlyArray<number>, root: number, depth: Depth): Effect.Effect<Survey> =>
  Effect.sync(() => {
    const seen = pids.flatMap((pid) => {
      const status = ProcStatus.of(pid)
      return status === undefined ? [] : [status]
    })
    const descriptors = seen.flatMap(({ pid }) => ProcDescriptors.of(pid))
    return {
      depth,
      processes: seen.map(({ name, pid, session, state, uid }): Process => ({ pid, name, session, uid, state })),
      resources: [
        ...ProcStatus.resources(seen, root),
        ...ProcFiles.resources(seen.map(({ pid }) => pid), descriptors),
        ...connections(descriptors, depth)
      ],
      unseen: [],
      bytes: Proc.sumMemory(seen.map(({ memory }) => memory))
    }
  })

/** The lists of a namespace are read once, and only where somebody has a socket in it. */
const connections = (
  descriptors: ReadonlyArray<ProcDescriptors.Descriptor>,
  depth: Depth
): ReadonlyArray<Resource> => {
  const held = descriptors.flatMap((one) => {
    const inode = ProcSockets.inodeOf(one.link)
    return inode === undefined ? [] : [{ ...one, inode }]
  })
  const networks = new Map(held.map(({ pid }) => [KernelFile.link(`/proc/${pid}/ns/net`), pid]))
  const known = new Map(
    [...networks.values()].flatMap((pid) => ProcSockets.tcp(pid)).map((socket) => [socket.inode, socket])
  )
  return held.flatMap(({ descriptor, inode, pid }): ReadonlyArray<Resource> => {
    const socket = known.get(inode)
    if (socket === undefined || socket.state === closed) return []
    const { local, remote } = socket
    // Whether a connection still waits when it comes to the dump is not certain.
    return socket.state !== listening
      ? [{ _tag: "TcpConnection", pid, descriptor, state: "Connected", local, remote }]
      : socket.waiting > 0 && depth === "whole"
      ? [{ _tag: "TcpConnection", pid, descriptor, state: "Accepting", local, remote }]
      : []
  })
}

const closed = 7
const listening = 10
