/**
 * The images of an in-memory world: what a dump leaves under an image path, and a restore finds there.
 *
 * This file owns the service and the form of it that keeps images as files of the in-memory file system. The quick form,
 * which keeps them in a map, is `ImageMap.ts`. What is in the files is `CounterImages.ts`.
 */
import type { PlatformError } from "@effect/platform/Error"
import type * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as ImageFile from "../../domain/image/ImageFile.ts"
import { kinds } from "../../domain/image/kinds.ts"
import type { Statistics } from "../../domain/Statistics.ts"
import * as CounterImages from "./CounterImages.ts"
import * as CounterProcess from "./CounterProcess.ts"
import type { Memory } from "./MemoryContainers.ts"

/** Where images are kept. */
export interface MemoryImages {
  /** Keeps the memory of a container that goes on, for a dump to build on. */
  readonly writePreDump: (imagePath: string, memory: Memory) => Effect.Effect<void, PlatformError>
  /** Keeps the memory; with the folder of the images that it builds on, relative to its own, where it does. */
  readonly writePages: (imagePath: string, memory: Memory, parent?: string) => Effect.Effect<void, PlatformError>
  /** Keeps all else of a container: with it the images are whole. */
  readonly writeInventory: (imagePath: string, memory: Memory) => Effect.Effect<void, PlatformError>
  /** Keeps what was measured of a dump, where that is kept beside its record. */
  readonly writeStatistics: (workPath: string, statistics: Statistics) => Effect.Effect<void, PlatformError>
  /** Keeps the log of a dump or restore, where logs are kept. */
  readonly writeLog: (path: string, text: string) => Effect.Effect<void, PlatformError>
  /** What was frozen; fails with the reason where no whole images are. */
  readonly readFrozen: (imagePath: string) => Effect.Effect<Memory, string>
  /** The names of the images under a path, sorted. */
  readonly names: (imagePath: string) => Effect.Effect<ReadonlyArray<string>, PlatformError>
}

/** Images as files. */
export const inFiles = (fs: FileSystem.FileSystem): MemoryImages => {
  const write = (folder: string, images: ReadonlyArray<CounterImages.Image>) =>
    Effect.forEach(images, ({ bytes, name }) => fs.writeFile(`${folder}/${name}`, bytes, { mode: 0o644 }), {
      discard: true
    })
  const read = (path: string) => Effect.mapError(fs.readFile(path), (error) => error.message)
  return {
    writePreDump: (imagePath, memory) => write(imagePath, [...CounterImages.pages(memory), CounterImages.inventory]),
    writePages: (imagePath, memory, parent) =>
      Effect.zipRight(
        // CRIU makes the link before all else.
        parent === undefined ? Effect.void : fs.symlink(parent, `${imagePath}/parent`),
        write(imagePath, CounterImages.pages(memory))
      ),
    writeInventory: (imagePath, memory) => write(imagePath, [...CounterImages.rest(memory), CounterImages.inventory]),
    writeStatistics: (workPath, statistics) => write(workPath, [CounterImages.statistics(statistics)]),
    writeLog: (path, text) => fs.writeFileString(path, text),
    readFrozen: (imagePath) =>
      Effect.gen(function* () {
        const inventory = ImageFile.values(kinds.inventory, yield* read(`${imagePath}/inventory.img`))
        yield* Effect.mapError(inventory, (reason) => `inventory.img is damaged: ${reason}`)
        return yield* CounterProcess.thaw(yield* read(`${imagePath}/pages-1.img`))
      }),
    names: (imagePath) => Effect.map(fs.readDirectory(imagePath), (names) => names.sort())
  }
}
