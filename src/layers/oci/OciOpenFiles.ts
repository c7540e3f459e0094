/** The files that a dumped container held open, as they lie on the host: a restore needs them unchanged. */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as FilesImage from "../../domain/image/FilesImage.ts"
import type { OpenFile } from "../../domain/CheckpointConfig.ts"
import * as KernelFile from "../shared/KernelFile.ts"
import * as OciSpec from "./OciSpec.ts"
import type { OciState } from "./OciState.ts"

/**
 * Reads them from CRIU's images. Only those whose size on the host is the one that CRIU recorded are given: of
 * any other it is not known what it is on the host.
 */
export const openFiles = (
  state: Pick<OciState, "bundle" | "rootfs">,
  spec: OciSpec.Spec | undefined,
  imagePath: string
): Effect.Effect<ReadonlyArray<OpenFile>, never, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const bytes = yield* Effect.option(fs.readFile(`${imagePath}/files.img`))
    if (bytes._tag === "None" || spec === undefined) return []
    const recorded = Either.getOrElse(FilesImage.decode(bytes.value), () => [])
    const found = new Map<string, OpenFile>()
    for (const { hasBuild, path, size } of recorded) {
      const host = size === undefined ? undefined : OciSpec.onHost(spec, state.bundle, state.rootfs, path)
      const now = host === undefined ? undefined : KernelFile.fileSize(host)
      if (host !== undefined && now !== undefined && now.size === size) {
        found.set(host, { path: host, size, ...(hasBuild ? {} : { modified: now.modified }) })
      }
    }
    return [...found.values()]
  })
