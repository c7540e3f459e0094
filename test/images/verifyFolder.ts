/** A folder on this machine, verified as any folder of CRIU's images. */
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { ImagesNotFound, StorageFailed } from "../../src/domain/CheckpointError.ts"
import type { Verification } from "../../src/domain/verification/Verification.ts"
import { Images } from "../../src/effects/Images.ts"
import { verifyImages } from "../../src/effects/verifyCheckpoint.ts"
import * as ImageFolders from "../../src/layers/shared/ImageFolders.ts"
import * as NodeDisk from "../../src/layers/shared/NodeDisk.ts"

/** The folders of this machine. */
export const images: Layer.Layer<Images> = Layer.provide(
  ImageFolders.layer,
  Layer.merge(NodeFileSystem.layer, NodeDisk.layer)
)

/** Verifies a folder, which may lack its inventory. */
export const verifyFolder = (path: string): Effect.Effect<Verification, ImagesNotFound | StorageFailed> =>
  Effect.flatMap(Images, ({ openDamaged }) => openDamaged(path)).pipe(
    Effect.flatMap((folder) => verifyImages({ folder, checkpoint: undefined })),
    Effect.provide(images)
  )
