/**
 * The images of an in-memory world: what a dump leaves under an image path, and a restore finds there.
 *
 * This file owns the service and the form of it that keeps images as files of the in-memory file system. The quick form,
 * which keeps them in a map, is `ImageMap.ts`.
 */
import type { PlatformError } from "@effect/platform/Error"
import type * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Memory } from "./MemoryContainers.ts"

/** Where images are kept. */
export interface MemoryImages {
  /** Keeps so many bytes of memory. */
  readonly writePages: (imagePath: string, bytes: number) => Effect.Effect<void, PlatformError>
  /** Keeps all else of a container: with it the images are whole. */
  readonly writeInventory: (imagePath: string, memory: Memory) => Effect.Effect<void, PlatformError>
  /** Keeps the log of a dump or restore, where logs are kept. */
  readonly writeLog: (path: string, text: string) => Effect.Effect<void, PlatformError>
  /** What was frozen; fails with the reason where no whole images are. */
  readonly readInventory: (imagePath: string) => Effect.Effect<Memory, string>
  /** The names of the images under a path, sorted. */
  readonly names: (imagePath: string) => Effect.Effect<ReadonlyArray<string>, PlatformError>
}

/** Images as files. */
export const inFiles = (fs: FileSystem.FileSystem): MemoryImages => ({
  writePages: (imagePath, bytes) => fs.writeFile(`${imagePath}/pages-1.img`, new Uint8Array(bytes), { mode: 0o644 }),
  writeInventory: (imagePath, memory) =>
    fs.writeFileString(`${imagePath}/inventory.img`, JSON.stringify(memory), { mode: 0o644 }),
  writeLog: (path, text) => fs.writeFileString(path, text),
  readInventory: (imagePath) =>
    fs.readFileString(`${imagePath}/inventory.img`).pipe(
      Effect.mapError((error) => error.message),
      Effect.flatMap((text) => Effect.mapError(decodeInventory(text), () => "inventory.img is not of this runtime"))
    ),
  names: (imagePath) => Effect.map(fs.readDirectory(imagePath), (names) => names.sort())
})

/** What `inventory.img` holds here. */
const Inventory = Schema.parseJson(Schema.Struct({
  id: Schema.String,
  name: Schema.optional(Schema.String),
  image: Schema.optional(Schema.String),
  labels: Schema.Record({ key: Schema.String, value: Schema.String }),
  identity: Schema.String,
  count: Schema.Number,
  memory: Schema.Number,
  files: Schema.Array(Schema.String)
}))

const decodeInventory = Schema.decode(Inventory)
