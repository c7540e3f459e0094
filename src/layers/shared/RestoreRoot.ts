/**
 * The root file system of a container where runc and crun mount it for CRIU, for the length of a restore: runc in its state folder,
 * crun in the bundle, where the next restore fails on it.
 *
 * A runc that is ended in the middle leaves it there, and who then removes the state folder removes every file of the container
 * with it: runc's own `delete` does, which shims and engines call (tried with runc 1.1.15). So it is let go of before that.
 */
import * as Effect from "effect/Effect"
import * as KernelFile from "./KernelFile.ts"
import * as Process from "./Process.ts"

/** Whether it may be there: a restore is under way, or was ended. */
export const isThere = (state: string): boolean => KernelFile.exists(`${state}/${name}`)

/**
 * Lets go of it, where a runc that is gone has left it; the container's files stay as they are. Whether the state folder may be removed.
 *
 * @param folder runc's state folder of the container, or crun's bundle
 */
export const letGo = (folder: string): Effect.Effect<boolean> => {
  const path = `${folder}/${name}`
  // It is made empty.
  return Effect.map(unmount(path), () => !KernelFile.exists(path) || KernelFile.names(path)?.length === 0)
}

/** Lets go of it, and removes the empty folder; whether nothing is mounted there afterwards. */
export const sweep = (folder: string): Effect.Effect<boolean> =>
  Effect.tap(letGo(folder), (empty) => {
    if (empty) KernelFile.removeFolder(`${folder}/${name}`)
  })

/** Removes a state folder in which a runc that is gone has left nothing else; whether none is there afterwards. */
export const remove = (state: string): Effect.Effect<boolean> =>
  Effect.map(sweep(state), (empty) => {
    if (empty) KernelFile.removeFolder(state)
    return !KernelFile.exists(state)
  })

/** Lets go of the cgroups as well that a CRIU which was killed has left mounted where it worked. */
export const letGoOfYards = (workPath: string): Effect.Effect<void> =>
  Effect.forEach(
    (KernelFile.names(workPath) ?? []).filter((one) => one.startsWith(".criu.")),
    (one) => Effect.map(unmount(`${workPath}/${one}`), () => KernelFile.removeFolder(`${workPath}/${one}`)),
    { discard: true }
  )

/** Whatever is mounted there, if anything: somebody may be in it still. */
const unmount = (path: string) =>
  Effect.gen(function* () {
    for (let turn = 0; turn < 8 && KernelFile.exists(path); turn++) {
      const ended = yield* Effect.option(Process.run({ program: "umount", args: ["-l", path] }))
      if (ended._tag === "None" || ended.value.code !== 0) break
    }
  })

const name = "criu-root"
