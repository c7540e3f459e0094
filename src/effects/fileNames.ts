/** The names of the files that areas of memory are of, by their ids, as `files.img` has them. */
import * as Effect from "effect/Effect"
import type { ImageUnreadable, StorageFailed } from "../domain/CheckpointError.ts"
import { kinds } from "../domain/image/kinds.ts"
import type { ImageFolder } from "./Images.ts"
import { hasImage, readValues } from "./readImage.ts"

/** Names by ids: a path inside of the container, or `memfd:` and the name of what has no path. */
export type FileNames = ReadonlyMap<number, string>

/** Reads the names of the files of a folder of images. */
export const readFileNames = (folder: ImageFolder): Effect.Effect<FileNames, ImageUnreadable | StorageFailed> =>
  Effect.gen(function* () {
    const read = <A>(file: string, values: Effect.Effect<ReadonlyArray<A>, ImageUnreadable | StorageFailed>) =>
      hasImage(folder, file) ? values : Effect.succeed<ReadonlyArray<A>>([])
    const files = yield* read("files.img", readValues(folder, "files.img", kinds.files))
    const inodes = yield* read("memfd.img", readValues(folder, "memfd.img", kinds.memfd_inode))
    const names = new Map(inodes.map(({ inode_id, name }) => [Number(inode_id), name]))
    return new Map(files.flatMap(({ id, memfd, reg }) => {
      const name = reg?.name ?? (memfd === undefined ? undefined : `memfd:${names.get(memfd.inode_id) ?? ""}`)
      return name === undefined ? [] : [[id, name] as const]
    }))
  })
