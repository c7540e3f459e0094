/**
 * Where a file of a stopped container lies: the daemon mounts a container's layers over each other only while it runs, and each
 * of its files is in one of them.
 *
 * Pure paths and looks; of a storage driver other than `overlay2` it knows nothing.
 */
import type { OpenFile } from "../../domain/CheckpointConfig.ts"
import type * as CriuLog from "../shared/CriuLog.ts"
import * as KernelFile from "../shared/KernelFile.ts"
import * as OpenFiles from "../shared/OpenFiles.ts"
import type { Inspected } from "./DockerContainers.ts"

/** The first of recorded files that is gone or has changed; of one whose layers are not known nothing can be said. */
export const changed = (files: ReadonlyArray<OpenFile>, container: Inspected): CriuLog.Verdict | undefined =>
  OpenFiles.changed(files.flatMap((file) => locateOne(file, container)))

const locateOne = (file: OpenFile, container: Inspected): ReadonlyArray<OpenFile> => {
  const { LowerDir: lower, MergedDir: merged, UpperDir: upper } = container.GraphDriver?.Data ?? {}
  if (KernelFile.exists(file.path)) return [file]
  if (merged === undefined) return []
  if (!file.path.startsWith(`${merged}/`)) return [file]
  if (upper === undefined || lower === undefined) return []
  const inside = file.path.slice(merged.length)
  return [{ ...file, path: locate(inside, [upper, ...lower.split(":")]) ?? file.path }]
}

/** The file in the uppermost layer that has it; `undefined` where the uppermost says that it was removed, or none has it. */
const locate = (inside: string, layers: ReadonlyArray<string>): string | undefined => {
  for (const layer of layers) {
    const found = KernelFile.inode(`${layer}${inside}`)
    if (found !== undefined) return found.isCharacterDevice() && found.rdev === 0 ? undefined : `${layer}${inside}`
  }
  return undefined
}
