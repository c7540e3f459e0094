/**
 * What several processes share, by the images of a chain: memory without a file, memfds, and System V segments. Its pages are in
 * page maps of their own, whose addresses count from its start.
 */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { ImageUnreadable, type StorageFailed } from "../domain/CheckpointError.ts"
import * as ImageFile from "../domain/image/ImageFile.ts"
import { kinds } from "../domain/image/kinds.ts"
import type { MemoryArea } from "../domain/memory/MemoryArea.ts"
import type * as PageMap from "../domain/memory/PageMap.ts"
import type { ImageChain } from "./imageChain.ts"
import { hasImage, readValues } from "./readImage.ts"

/** The shared memory that areas are of. */
export interface SharedMemory {
  /** The id of its page map, of an area that has one. */
  readonly idOf: (area: MemoryArea) => bigint | undefined
  /** System V segments whose bytes lie with their descriptions, by their ids. */
  readonly segments: ReadonlyMap<bigint, PageMap.PageMap>
  readonly problems: ReadonlyArray<ImageUnreadable | StorageFailed>
}

/** Reads what the images tell of shared memory, but for its pages. */
export const readSharedMemory = ({ folders: [folder] }: ImageChain): Effect.Effect<SharedMemory> =>
  Effect.gen(function* () {
    const problems: Array<ImageUnreadable | StorageFailed> = []
    const attempt = <A>(read: Effect.Effect<ReadonlyArray<A>, ImageUnreadable | StorageFailed>) =>
      Effect.catchAll(
        read,
        (error) => Effect.as(Effect.sync(() => problems.push(error)), [] satisfies ReadonlyArray<A>)
      )
    const inodes = hasImage(folder, "memfd.img")
      ? yield* attempt(readValues(folder, "memfd.img", kinds.memfd_inode))
      : []
    const files = inodes.length > 0 && hasImage(folder, "files.img")
      ? yield* attempt(readValues(folder, "files.img", kinds.files))
      : []
    const shmids = new Map(inodes.map(({ inode_id, shmid }) => [Number(inode_id), BigInt(shmid)]))
    const memfds = new Map(files.flatMap(({ id, memfd }) => {
      const shmid = memfd === undefined ? undefined : shmids.get(memfd.inode_id)
      return shmid === undefined ? [] : [[id, shmid] as const]
    }))
    const segments = new Map<bigint, PageMap.PageMap>()
    for (const { name } of folder.files.filter((file) => kinds.ipcns_shm.file.test(file.name))) {
      const read = Effect.flatMap(folder.read(name), (bytes) =>
        Either.mapLeft(
          segmentsIn(name, bytes),
          (reason) => new ImageUnreadable({ path: folder.path, file: name, reason })
        ))
      for (const [id, map] of yield* attempt(read)) segments.set(id, map)
    }
    const idOf = ({ fileId, shmid }: MemoryArea) => shmid ?? (fileId === undefined ? undefined : memfds.get(fileId))
    return { idOf, segments, problems }
  })

const segmentsIn = (
  file: string,
  bytes: Uint8Array
): Either.Either<ReadonlyArray<readonly [bigint, PageMap.PageMap]>, string> =>
  Either.map(ImageFile.read(kinds.ipcns_shm, bytes), ({ entries }) =>
    entries.flatMap(({ extra, value }) => {
      if (value.in_pagemaps === true || value.size === 0n) return []
      const offset = extra.byteOffset - bytes.byteOffset
      const range: PageMap.PageRange = { start: 0n, end: value.size, place: { _tag: "Dumped", depth: 0, file, offset } }
      return [[BigInt(value.desc.id), { ranges: [range] }] as const]
    }))
