/** All that lies below a folder of images, on a disk; and a file of ours that is put beside them. */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { StorageFailed } from "../../domain/CheckpointError.ts"
import type { Durability } from "../../domain/CheckpointOptions.ts"
import { Disk } from "../../effects/Disk.ts"
import type { ImageEntry } from "../../effects/Images.ts"
import { randomId } from "../../effects/Operation.ts"
import { storageFailed } from "./storageFailed.ts"

/** The files and links below a folder, by path; a link is not followed, what is neither is left out. */
export const entries = (
  folder: string
): Effect.Effect<ReadonlyArray<ImageEntry>, StorageFailed, FileSystem.FileSystem | Disk> =>
  Effect.map(below(folder, ""), (all) => [...all].sort((a, b) => a.path < b.path ? -1 : 1))

const below = (
  folder: string,
  prefix: string
): Effect.Effect<ReadonlyArray<ImageEntry>, StorageFailed, FileSystem.FileSystem | Disk> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const disk = yield* Disk
    const here = `${folder}${prefix === "" ? "" : `/${prefix.slice(0, -1)}`}`
    const found = yield* Effect.mapError(disk.entries(here), storageFailed("look into", here))
    const nested = yield* Effect.forEach(found, ({ kind, name }) => {
      const path = `${prefix}${name}`
      const full = `${folder}/${path}`
      switch (kind) {
        case "Directory":
          return below(folder, `${path}/`)
        case "File":
          return Effect.mapBoth(disk.inspect(full), {
            onFailure: storageFailed("look at", full),
            onSuccess: Option.match({
              onNone: () => [],
              onSome: ({ size }): ReadonlyArray<ImageEntry> => [{ path, kind: "file", bytes: size, target: "" }]
            })
          })
        case "SymbolicLink":
          return Effect.mapBoth(fs.readLink(full), {
            onFailure: storageFailed("read the link", full),
            onSuccess: (target): ReadonlyArray<ImageEntry> => [{ path, kind: "link", bytes: 0, target }]
          })
        default:
          return Effect.succeed([])
      }
    }, { concurrency: 16 })
    return nested.flat()
  })

/** What a file is called until it is whole: no reader of the folder takes it for an image. */
const unfinished = (name: string, id: string) => `.${name}.${id}`

/** Puts a file into a folder, over one of its name: all of it, or nothing. */
export const keep = (folder: string, name: string, text: string, durability: Durability) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const disk = yield* Disk
    const path = `${folder}/${name}`
    const draft = `${folder}/${unfinished(name, yield* randomId)}`
    yield* Effect.gen(function* () {
      // Of one who was killed; the caller holds the folder.
      for (const one of yield* disk.entries(folder)) {
        if (one.name.startsWith(unfinished(name, ""))) yield* fs.remove(`${folder}/${one.name}`, { force: true })
      }
      yield* fs.writeFileString(draft, text, { mode: 0o600, flag: "wx" })
      if (durability === "full") yield* disk.sync(draft)
      yield* fs.rename(draft, path)
      if (durability === "full") yield* disk.sync(folder)
    }).pipe(
      Effect.mapError(storageFailed("write", path)),
      Effect.onError(() => Effect.ignore(fs.remove(draft, { force: true })))
    )
  })
