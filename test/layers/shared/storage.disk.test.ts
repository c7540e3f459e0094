import * as FileSystem from "@effect/platform/FileSystem"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { CheckpointStore } from "stasis"
import * as CheckpointFolder from "../../../src/layers/shared/CheckpointFolder.ts"
import * as NodeDisk from "../../../src/layers/shared/NodeDisk.ts"
import * as CheckpointStoreContract from "../../contracts/checkpointStore.ts"
import * as DiskContract from "../../contracts/disk.ts"
import * as FileSystemContract from "../../contracts/fileSystem.ts"
import * as ImagesContract from "../../contracts/images.ts"
import { twoOnDisk } from "../memory/imagesBench.ts"

const storage = Layer.merge(NodeFileSystem.layer, NodeDisk.layer)

const bench: Effect.Effect<CheckpointStoreContract.Bench, never, Scope.Scope> = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const at = yield* Effect.orDie(fs.makeTempDirectoryScoped({ prefix: "stasis-store-" }))
  const folders = CheckpointFolder.layer({ root: `${at}/stasis`, scope: "test" })
  const context = yield* Layer.build(Layer.provide(folders, storage))
  return {
    at,
    store: Context.get(context, CheckpointStore.CheckpointStore),
    dump: ({ imagePath }: CheckpointStore.Staging) =>
      Effect.orDie(Effect.zipRight(
        fs.writeFileString(`${imagePath}/pages-1.img`, "pages", { mode: 0o644 }),
        fs.writeFileString(`${imagePath}/inventory.img`, "inventory", { mode: 0o644 })
      ))
  }
}).pipe(Effect.provide(NodeFileSystem.layer))

CheckpointStoreContract.suite("folders of this machine", bench)
DiskContract.suite("this machine", storage)
FileSystemContract.suite("this machine", NodeFileSystem.layer)
ImagesContract.suite("folders of this machine", twoOnDisk)
