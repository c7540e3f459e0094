/**
 * Whose the images of a container in a user namespace are: its root's, as the host sees it. CRIU restores as that root,
 * and could not read images of the host's root; nobody else can read either.
 */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import type { StorageFailed } from "../../domain/CheckpointError.ts"
import { preDumpFolder } from "../../effects/CheckpointStore.ts"
import * as Proc from "../shared/Proc.ts"
import { storageFailed } from "../shared/storageFailed.ts"
import type * as OciSpec from "../shared/OciSpec.ts"

/** The host's ids of a container's root. */
export interface Owner {
  readonly uid: number
  readonly gid: number
}

/** Of a container that lives. */
export const ofProcess = (pid: number): Owner | undefined => {
  const uid = Proc.mappedRoot(pid, "uid_map")
  const gid = Proc.mappedRoot(pid, "gid_map")
  return uid === undefined || gid === undefined ? undefined : { uid, gid }
}

/** Of a container that is to be made by this specification; `undefined` where that does not say it. */
export const ofSpec = ({ linux }: OciSpec.Spec): Owner | undefined => {
  const uid = linux?.uidMappings?.find(({ containerID }) => containerID === 0)?.hostID
  const gid = linux?.gidMappings?.find(({ containerID }) => containerID === 0)?.hostID
  return uid === undefined || gid === undefined ? undefined : { uid, gid }
}

/** Makes the images in a folder, and the folder, the owner's where they are not; no link is followed. */
export const give = (
  owner: Owner | undefined,
  imagePath: string
): Effect.Effect<void, StorageFailed, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    if (owner === undefined || owner.uid === 0) return
    const fs = yield* FileSystem.FileSystem
    for (const folder of [imagePath, `${imagePath}/${preDumpFolder}`]) {
      const names = yield* Effect.orElseSucceed(fs.readDirectory(folder), () => [])
      const images = names.filter((name) => name.endsWith(".img") && !isEarly(name)).map((name) => `${folder}/${name}`)
      yield* Effect.forEach(images.length === 0 ? [] : [folder, ...images], (path) => giveOne(fs, owner, path), {
        discard: true
      })
    }
  })

/**
 * Lets CRIU in for as long as a restore runs: its first process is the host's root without any of root's rights, before
 * it becomes the container's. It may then go through the folder, of which it has the group, and no more.
 */
export const letIn = (
  owner: Owner | undefined,
  imagePath: string
): Effect.Effect<void, StorageFailed, FileSystem.FileSystem | Scope.Scope> =>
  Effect.gen(function* () {
    if (owner === undefined || owner.uid === 0) return
    yield* give(owner, imagePath)
    const fs = yield* FileSystem.FileSystem
    yield* Effect.acquireRelease(
      Effect.mapError(fs.chmod(imagePath, 0o710), storageFailed("open to the container's root", imagePath)),
      () => Effect.ignore(fs.chmod(imagePath, 0o700))
    )
  })

/** Read before the process becomes the container's root. */
const isEarly = (name: string): boolean => name.startsWith("timens-")

const giveOne = (fs: FileSystem.FileSystem, { gid, uid }: Owner, path: string) =>
  Effect.gen(function* () {
    if (Option.isSome(yield* Effect.option(fs.readLink(path)))) return
    const now = yield* fs.stat(path)
    const group = now.type === "Directory" ? 0 : gid
    if (Option.contains(now.uid, uid) && Option.contains(now.gid, group)) return
    yield* fs.chown(path, uid, group)
  }).pipe(Effect.mapError(storageFailed("give to the container's root", path)))
