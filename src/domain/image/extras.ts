/**
 * What lies behind an entry of an image and is no message: how many bytes it is, by what the entry says of it.
 *
 * Each function is the `extra` of the kind of image that it names. What the bytes hold is for those who ask for them.
 */
import * as Either from "effect/Either"
import { decode } from "./readMessage.ts"
import type { BpfmapDataEntry } from "./message/BpfmapData.ts"
import type { GhostChunkEntry, GhostFileEntry } from "./message/GhostFile.ts"
import { IpcMsg, type IpcMsgEntry } from "./message/IpcMsg.ts"
import type { IpcSemEntry } from "./message/IpcSem.ts"
import type { IpcShmEntry } from "./message/IpcShm.ts"
import type { PipeDataEntry } from "./message/PipeData.ts"
import type { SkPacketEntry } from "./message/SkPacket.ts"
import type { TcpStreamEntry } from "./message/TcpStream.ts"

/** What had been written to a pipe or fifo and not read. */
export const pipeData = ({ bytes }: PipeDataEntry): number => bytes

/** What had been sent to a socket and not received. */
export const socketQueue = ({ length }: SkPacketEntry): number => length

/** What had come and was not read, then what had been written and was not acknowledged. */
export const tcpStream = ({ inq_len, outq_len }: TcpStreamEntry): number => inq_len + outq_len

/** The keys of a map, then its values. */
export const bpfMap = ({ keys_bytes, values_bytes }: BpfmapDataEntry): number => keys_bytes + values_bytes

/** The values of the semaphores, two bytes each, up to a whole of eight. */
export const semaphores = ({ nsems }: IpcSemEntry): number => roundUp(2 * nsems, 8)

/** The content of a segment, up to a whole of four, unless it lies with the pages. */
export const sharedMemory = ({ in_pagemaps, size }: IpcShmEntry): number =>
  in_pagemaps === true ? 0 : roundUp(Number(size), 4)

/** The messages of a queue: each is a length, a message of that length, and its text, up to a whole of eight. */
export const messageQueue = ({ qnum }: IpcMsgEntry, following: Uint8Array): number => {
  const view = new DataView(following.buffer, following.byteOffset, following.byteLength)
  let at = 0
  for (let index = 0; index < qnum; index++) {
    const start = at + 4
    // More than there is: the entry is told to lack it.
    if (start > following.byteLength) return start
    const end = start + view.getUint32(at, true)
    if (end > following.byteLength) return end
    const size = Either.map(decode(IpcMsg, following.subarray(start, end)), ({ msize }) => msize)
    at = end + roundUp(Either.getOrElse(size, () => Infinity), 8)
  }
  return at
}

/** The content of a file without a name, all that follows, unless it is in chunks. */
export const ghostFile = ({ chunks }: GhostFileEntry, following: Uint8Array): number =>
  chunks === true ? 0 : following.byteLength

/** A part of the content of such a file. */
export const ghostChunk = ({ len }: GhostChunkEntry): number => Number(len)

const roundUp = (size: number, whole: number): number => Math.ceil(size / whole) * whole
