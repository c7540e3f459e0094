/** Reading what the images tell of open files besides `files.img` and the descriptors. */
import * as Effect from "effect/Effect"
import { ImageUnreadable } from "../domain/CheckpointError.ts"
import * as ImageFile from "../domain/image/ImageFile.ts"
import { kinds } from "../domain/image/kinds.ts"
import type { FileEntry } from "../domain/image/message/Fdinfo.ts"
import type { TcpStreamEntry } from "../domain/image/message/TcpStream.ts"
import type { FilesRead } from "../domain/inspection/filesOf.ts"
import type { ImageReading } from "./ImageReading.ts"
import type { TreeRead } from "./inspectProcesses.ts"

/** Reads it. */
export const readOpenFiles = (
  reading: ImageReading,
  files: ReadonlyArray<FileEntry>,
  tree: TreeRead
): Effect.Effect<FilesRead> =>
  Effect.gen(function* () {
    const removed = yield* reading.valuesIfAny("remap-fpath.img", kinds.remap_fpath)
    const pipes = yield* reading.valuesIfAny("pipes-data.img", kinds.pipes_data)
    const fifos = yield* reading.valuesIfAny("fifo-data.img", kinds.fifo_data)
    return {
      files,
      removed,
      pipeData: [...pipes, ...fifos],
      socketQueues: yield* reading.valuesIfAny("sk-queues.img", kinds.sk_queues),
      terminals: yield* reading.valuesIfAny("tty-info.img", kinds.tty_info),
      memoryFiles: yield* reading.valuesIfAny("memfd.img", kinds.memfd_inode),
      locks: yield* reading.valuesIfAny("filelocks.img", kinds.file_locks),
      machine: tree.processes.find(({ core }) => core !== undefined)?.core?.mtype,
      tcpStreams: yield* readStreams(reading),
      ghostSizes: yield* readGhostSizes(
        reading,
        removed.flatMap(({ remap_id, remap_type }) => remap_type === "GHOST" ? [remap_id] : [])
      )
    }
  })

const readStreams = (reading: ImageReading): Effect.Effect<ReadonlyMap<number, TcpStreamEntry>> =>
  Effect.map(
    Effect.forEach(reading.filesOf(kinds.tcp_stream), ([file, id]) =>
      Effect.map(
        reading.values(file, kinds.tcp_stream),
        ([stream]) => stream === undefined ? [] : [[Number.parseInt(id, 16), stream] as const]
      ), { concurrency: 8 }),
    (found) => new Map(found.flat())
  )

/** Their content is never read. */
const readGhostSizes = (
  reading: ImageReading,
  ids: ReadonlyArray<number>
): Effect.Effect<ReadonlyMap<number, number>> =>
  Effect.map(
    Effect.forEach(ids, (id) =>
      Effect.map(
        reading.attempt(readGhostSize(reading, `ghost-file-${id.toString(16)}.img`)),
        (size) => size === undefined ? [] : [[id, size] as const]
      ), { concurrency: 8 }),
    (found) => new Map(found.flat())
  )

const readGhostSize = ({ folder }: ImageReading, file: string) =>
  Effect.scoped(Effect.gen(function* () {
    const { bytes, read } = yield* folder.open(file)
    const start = new Uint8Array(Math.min(bytes, 8192))
    yield* read(0, start)
    const head = ImageFile.head(kinds.ghost_file, start)
    if (head._tag === "Left") return yield* new ImageUnreadable({ path: folder.path, file, reason: head.left })
    const [{ chunks, size }, end] = head.right
    // Where it is in chunks its size is told, else all that follows is its content.
    return size !== undefined ? Number(size) : chunks === true ? undefined : bytes - end
  }))
