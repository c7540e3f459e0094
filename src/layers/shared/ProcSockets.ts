/**
 * The sockets of a network namespace as `/proc/<pid>/net` lists them, by their inodes. What is not bound and not connected is
 * in no list.
 */
import * as KernelFile from "./KernelFile.ts"

/** A TCP socket. */
export interface TcpSocket {
  readonly inode: string
  /** As in the kernel's `tcp_states.h`: 1 is established, 7 closed, 10 listening. */
  readonly state: number
  readonly local: string
  readonly remote: string
  /** For one that listens: connections that wait to be accepted. */
  readonly waiting: number
}

/** The TCP sockets that the network namespace of a process has. */
export const tcp = (pid: number): ReadonlyArray<TcpSocket> =>
  ["tcp", "tcp6"].flatMap((list) => parseTcp(KernelFile.read(`/proc/${pid}/net/${list}`) ?? ""))

/** The inodes of all other sockets that the network namespace of a process lists. */
export const others = (pid: number): ReadonlyArray<string> =>
  Object.entries(inodeColumns).flatMap(([list, column]) =>
    parseInodes(KernelFile.read(`/proc/${pid}/net/${list}`) ?? "", column)
  )

/** Reads the inodes in a list of `/proc/net`, which are in one column of it, counted from 0. */
export const parseInodes = (text: string, column: number): ReadonlyArray<string> =>
  text.split("\n").slice(1).flatMap((line) => {
    const inode = line.trim().split(/\s+/)[column]
    return inode === undefined || inode === "" ? [] : [inode]
  })

const inodeColumns: Readonly<Record<string, number>> = {
  udp: 9,
  udp6: 9,
  udplite: 9,
  udplite6: 9,
  raw: 9,
  raw6: 9,
  icmp: 9,
  icmp6: 9,
  unix: 6,
  packet: 8,
  netlink: 9
}

/** Reads `/proc/net/tcp` or `/proc/net/tcp6` (proc_pid_net(5)). */
export const parseTcp = (text: string): ReadonlyArray<TcpSocket> =>
  text.split("\n").slice(1).flatMap((line) => {
    const [, local, remote, state, queues, , , , , inode] = line.trim().split(/\s+/)
    return local === undefined || remote === undefined || state === undefined || inode === undefined || inode === "0"
      ? []
      : [{
        inode,
        state: Number.parseInt(state, 16),
        local: address(local),
        remote: address(remote),
        waiting: Number.parseInt(queues?.split(":")[1] ?? "0", 16)
      }]
  })

/** The inode of a socket, by the link of a descriptor; `undefined` for what is no socket. */
export const inodeOf = (link: string): string | undefined => /^socket:\[(\d+)\]$/.exec(link)?.[1]

/** `0100007F:0050` is 127.0.0.1:80: words of four bytes in the order of this machine, which is little-endian. */
const address = (text: string): string => {
  const [host = "", port = ""] = text.split(":")
  const bytes = Array.from(host.matchAll(/(..)(..)(..)(..)/g), ([, a, b, c, d]) => [d, c, b, a])
    .flat()
    .map((byte) => Number.parseInt(byte ?? "0", 16))
  return `${bytes.length === 4 ? bytes.join(".") : `[${version6(bytes)}]`}:${Number.parseInt(port, 16)}`
}

const version6 = (bytes: ReadonlyArray<number>): string => {
  if (bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 255) return `::ffff:${bytes.slice(12).join(".")}`
  const words = Array.from(
    { length: 8 },
    (_, at) => (((bytes[2 * at] ?? 0) << 8) | (bytes[2 * at + 1] ?? 0)).toString(16)
  )
  return words.join(":").replace(/(?:^|:)0(?::0)+(?=:|$)/, ":").replace(/^:(?!:)/, "::").replace(/(?<!:):$/, "::")
}
