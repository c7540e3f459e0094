/**
 * The images about open files of one folder, by what they are looked up by: which descriptors refer to a file, what lies in the
 * queues of pipes and sockets, and what belongs to terminals, memory files and files whose name was gone.
 */
import type { CoreEntry } from "../image/message/Core.ts"
import type { FileEntry } from "../image/message/Fdinfo.ts"
import type { MemfdInodeEntry } from "../image/message/Memfd.ts"
import type { PipeDataEntry } from "../image/message/PipeData.ts"
import type { RemapFilePathEntry } from "../image/message/RemapFilePath.ts"
import type { SkPacketEntry } from "../image/message/SkPacket.ts"
import type { TcpStreamEntry } from "../image/message/TcpStream.ts"
import type { TtyInfoEntry } from "../image/message/Tty.ts"
import type { Holder } from "./OpenFile.ts"

/** What was read; an image that is not there has no entries. */
export interface FileEntries {
  readonly files: ReadonlyArray<FileEntry>
  readonly pipeData: ReadonlyArray<PipeDataEntry>
  readonly socketQueues: ReadonlyArray<SkPacketEntry>
  /** By the inode of the socket. */
  readonly tcpStreams: ReadonlyMap<number, TcpStreamEntry>
  readonly terminals: ReadonlyArray<TtyInfoEntry>
  readonly memoryFiles: ReadonlyArray<MemfdInodeEntry>
  readonly removed: ReadonlyArray<RemapFilePathEntry>
  /** The machine of the dump, which numbers some flags its own way. */
  readonly machine: CoreEntry["mtype"] | undefined
}

/** The same, to look things up in. */
export interface FileImages {
  readonly machine: CoreEntry["mtype"] | undefined
  readonly file: (id: number) => FileEntry | undefined
  /** The path of a file that has one. */
  readonly pathOf: (id: number) => string | undefined
  readonly holdersOf: (id: number) => ReadonlyArray<Holder>
  /** The other ends of a pipe: those that write, of one that reads, and the other way round. */
  readonly otherEndsOf: (id: number) => ReadonlyArray<Holder>
  /** Bytes in a pipe, by its id. */
  readonly buffered: (pipe: number) => number
  /** The descriptors of a unix socket, by its inode. */
  readonly unixHolders: (inode: number) => ReadonlyArray<Holder>
  /** Bytes that were sent to a socket, by the id of its file. */
  readonly queued: (id: number) => number
  readonly tcpStream: (inode: number) => TcpStreamEntry | undefined
  readonly terminal: (id: number) => TtyInfoEntry | undefined
  readonly memoryFile: (inode: number) => MemfdInodeEntry | undefined
  readonly isRemoved: (id: number) => boolean
}

/**
 * Makes the images ready to look things up in.
 *
 * @param holders the descriptors of the processes by the ids of their files; a table that several share once
 */
export const fileImages = (
  entries: FileEntries,
  holders: ReadonlyMap<number, ReadonlyArray<Holder>> = new Map()
): FileImages => {
  const files = new Map(entries.files.map((entry) => [entry.id, entry]))
  const ends = group(entries.files, (entry) => entry.pipe?.pipe_id ?? entry.fifo?.pipe_id)
  const sockets = group(entries.files, ({ usk }) => usk?.ino)
  const queues = sums(entries.socketQueues.map(({ id_for, length }) => [id_for, length]))
  const pipes = sums(entries.pipeData.map(({ bytes, pipe_id }) => [pipe_id, bytes]))
  const terminals = new Map(entries.terminals.map((entry) => [entry.id, entry]))
  const memoryFiles = new Map(entries.memoryFiles.map((entry) => [Number(entry.inode_id), entry]))
  const removed = new Set(entries.removed.map(({ orig_id }) => orig_id))
  const holdersOf = (id: number) => holders.get(id) ?? []
  const accessOf = (entry: FileEntry | undefined) =>
    (entry?.pipe?.flags ?? files.get(entry?.fifo?.regf_id ?? -1)?.reg?.flags ?? 0) & 3
  return {
    machine: entries.machine,
    file: (id) => files.get(id),
    pathOf: (id) => files.get(id)?.reg?.name,
    holdersOf,
    otherEndsOf: (id) => {
      const entry = files.get(id)
      return (ends.get(entry?.pipe?.pipe_id ?? entry?.fifo?.pipe_id ?? -1) ?? [])
        .filter((other) => other.id !== id && (accessOf(other) !== accessOf(entry) || accessOf(other) === both))
        .flatMap((other) => holdersOf(other.id))
    },
    buffered: (pipe) => pipes.get(pipe) ?? 0,
    unixHolders: (inode) => (sockets.get(inode) ?? []).flatMap(({ id }) => holdersOf(id)),
    queued: (id) => queues.get(id) ?? 0,
    tcpStream: (inode) => entries.tcpStreams.get(inode),
    terminal: (id) => terminals.get(id),
    memoryFile: (inode) => memoryFiles.get(inode),
    isRemoved: (id) => removed.has(id)
  }
}

/** O_RDWR: such an end of a fifo is both. */
const both = 2

const group = <A>(
  all: ReadonlyArray<A>,
  keyOf: (one: A) => number | undefined
): ReadonlyMap<number, ReadonlyArray<A>> => {
  const groups = new Map<number, Array<A>>()
  for (const one of all) {
    const key = keyOf(one)
    if (key === undefined) continue
    const known = groups.get(key)
    if (known === undefined) groups.set(key, [one])
    else known.push(one)
  }
  return groups
}

const sums = (pairs: ReadonlyArray<readonly [number, number]>): ReadonlyMap<number, number> => {
  const found = new Map<number, number>()
  for (const [key, value] of pairs) found.set(key, (found.get(key) ?? 0) + value)
  return found
}
