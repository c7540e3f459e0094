/**
 * The `Images` of an in-memory world that keeps its checkpoints in maps: they are found as if they lay in folders, and
 * beside them what does lie on the in-memory file system.
 */
import type * as FileSystem from "@effect/platform/FileSystem"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Disk } from "../../effects/Disk.ts"
import { Images } from "../../effects/Images.ts"
import * as ImageFolders from "../shared/ImageFolders.ts"
import type { CheckpointMap } from "./CheckpointMap.ts"

/** A file system with what it lacks. */
type Storage = Context.Context<FileSystem.FileSystem | Disk>

/** What they are made of. */
export interface Parts {
  readonly checkpoints: CheckpointMap
  /** The file system that checkpoints are shown on. */
  readonly shown: Storage
  /** The file system of the world. */
  readonly storage: Storage
}

/** The images of the checkpoints of a map. */
export const layer = ({ checkpoints, shown, storage }: Parts): Layer.Layer<Images> => {
  const on = (files: Storage) => Effect.provide(Images, Layer.provide(ImageFolders.layer, Layer.succeedContext(files)))
  return Layer.effect(
    Images,
    Effect.gen(function* () {
      const [inMap, inFiles] = [yield* on(shown), yield* on(storage)]
      const at = (path: string) =>
        Effect.clockWith((clock) =>
          Effect.sync(() => checkpoints.show(clock.unsafeCurrentTimeMillis(), normal(path)) ? inMap : inFiles)
        )
      return {
        open: (path) => Effect.flatMap(at(path), (images) => images.open(path)),
        openDamaged: (path) => Effect.flatMap(at(path), (images) => images.openDamaged(path)),
        digest: inFiles.digest,
        views: inFiles.views
      }
    })
  )
}

/** A path without dots and slashes that say nothing, as no link is on the way to a checkpoint. */
const normal = (path: string): string => {
  const parts: Array<string> = []
  for (const part of path.split("/")) {
    if (part === "..") parts.pop()
    else if (part !== "." && part !== "") parts.push(part)
  }
  return `/${parts.join("/")}`
}
