/**
 * The files that dumped processes held open or had mapped, as they lie on the host: a restore needs them unchanged.
 *
 * Where a path of the processes lies on the host is the world's to say.
 */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as FilesImage from "../../domain/image/FilesImage.ts"
import type { OpenFile } from "../../domain/CheckpointConfig.ts"
import type * as CriuLog from "./CriuLog.ts"
import * as KernelFile from "./KernelFile.ts"

/**
 * Reads them from CRIU's images. Only those whose size on the host is the one that CRIU recorded are given: of
 * any other it is not known what it is on the host.
 *
 * @param onHost a path of the processes as the host has it; `undefined` where it has none
 */
export const read = (
  imagePath: string,
  onHost: (path: string) => string | undefined
): Effect.Effect<ReadonlyArray<OpenFile>, never, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const bytes = yield* Effect.option(fs.readFile(`${imagePath}/files.img`))
    if (bytes._tag === "None") return []
    const recorded = Either.getOrElse(FilesImage.decode(bytes.value), () => [])
    const found = new Map<string, OpenFile>()
    for (const { hasBuild, path, size } of recorded) {
      const host = size === undefined ? undefined : onHost(path)
      const now = host === undefined ? undefined : KernelFile.fileSize(host)
      if (host !== undefined && now !== undefined && now.size === size) {
        found.set(host, { path: host, size, ...(hasBuild ? {} : { modified: now.modified }) })
      }
    }
    return [...found.values()]
  })

/** The first of recorded files that is gone or has changed, as CRIU would refuse it; `undefined` where all are as they were. */
export const changed = (files: ReadonlyArray<OpenFile>): CriuLog.Verdict | undefined => {
  for (const file of files) {
    const { path } = file
    const now = KernelFile.fileSize(path)
    if (now === undefined) {
      return { reason: "FileMissing", detail: `the file "${path}" that it holds open is gone` }
    }
    if (now.size !== file.size || (file.modified !== undefined && now.modified !== file.modified)) {
      const how = now.size === file.size ? "written to" : `size ${now.size}, was ${file.size}`
      return {
        reason: "FileChanged",
        detail: `the file "${path}" that it holds open has changed since the checkpoint (${how})`,
        hint: "put the file back as it was, with its time"
      }
    }
  }
  return undefined
}
