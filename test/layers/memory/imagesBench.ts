/** Checkpoints in memory for the contract of images, and the same written out to a disk. */
import * as FileSystem from "@effect/platform/FileSystem"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import { CheckpointName, Checkpoints, Images } from "stasis"
import * as Memory from "stasis/Memory"
import * as ImageFolders from "../../../src/layers/shared/ImageFolders.ts"
import * as NodeDisk from "../../../src/layers/shared/NodeDisk.ts"
import type { Bench } from "../../contracts/images.ts"

const name = Schema.decodeSync(CheckpointName.CheckpointName)

/** A world with two checkpoints of one container, the second of which builds on the first. */
export const twoIn = (store: "map" | "folder"): Effect.Effect<Bench> =>
  Effect.gen(function* () {
    const world = yield* Memory.make({ containers: [{ id: "web", files: ["/var/log/web"], memory: 10_000 }], store })
    const { fileSystem } = world.control
    return yield* Effect.gen(function* () {
      const first = yield* Checkpoints.create("web", "first", { leaveRunning: true })
      yield* world.control.advance("web")
      const second = yield* Checkpoints.create("web", "second", { leaveRunning: true, parentPath: name("first") })
      yield* fileSystem.makeDirectory("/images")
      const service = yield* Checkpoints.Checkpoints
      return {
        images: yield* Images.Images,
        fs: fileSystem,
        at: "/images",
        first: first.checkpoint.path,
        second: second.checkpoint.path,
        remove: (path) => Effect.orDie(service.remove("web", path.replace(/.*\//, "")))
      } satisfies Bench
    }).pipe(Effect.provide(Memory.layerOf(world)), Effect.orDie)
  })

/** Copies what is in a folder of images to a folder that it makes; a link to a parent leads to one beside it there. */
export const copyOut = (images: Bench["images"], from: string, fs: FileSystem.FileSystem, to: string) =>
  Effect.gen(function* () {
    const folder = yield* images.open(from)
    yield* fs.makeDirectory(to)
    for (const { name } of folder.files) yield* fs.writeFile(`${to}/${name}`, yield* folder.read(name))
    if (folder.parent !== undefined) yield* fs.symlink(folder.parent.replace(/.*\//, "../"), `${to}/parent`)
  })

/** The same, on the disk of this machine. */
export const twoOnDisk: Effect.Effect<Bench, never, Scope.Scope> = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const at = yield* fs.makeTempDirectoryScoped({ prefix: "stasis-images-" })
  const { first, images, second } = yield* twoIn("map")
  yield* fs.makeDirectory(`${at}/checkpoints`)
  yield* copyOut(images, first, fs, `${at}/checkpoints/first`)
  yield* copyOut(images, second, fs, `${at}/checkpoints/second`)
  yield* fs.makeDirectory(`${at}/images`)
  const storage = Layer.merge(NodeFileSystem.layer, NodeDisk.layer)
  const context = yield* Layer.build(Layer.provide(ImageFolders.layer, storage))
  return {
    images: Context.get(context, Images.Images),
    fs,
    at: `${at}/images`,
    first: `${at}/checkpoints/first`,
    second: `${at}/checkpoints/second`,
    remove: (path) => Effect.orDie(fs.remove(path, { recursive: true }))
  } satisfies Bench
}).pipe(Effect.orDie, Effect.provide(NodeFileSystem.layer))
