/**
 * What the images of a process tree need of the machine, read before anything is started: free process ids, files and folders
 * that are still there, a terminal.
 */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as FilesImage from "../../domain/image/FilesImage.ts"
import * as ImageFile from "../../domain/image/ImageFile.ts"
import { kinds } from "../../domain/image/kinds.ts"
import type { ProcessIdentity } from "../../domain/Container.ts"
import type * as CriuLog from "../shared/CriuLog.ts"
import * as KernelFile from "../shared/KernelFile.ts"
import * as Proc from "../shared/Proc.ts"
import * as ProcessTree from "./ProcessTree.ts"

/** The first process id of the images that is in use, but for those that are about to end; `undefined` where all are free. */
export const takenPid = (imagePath: string, ending: ReadonlyArray<number>) =>
  Effect.map(image(imagePath, "pstree.img", processes), (found): CriuLog.Verdict | undefined => {
    const tree = Option.getOrElse(found, () => [])
    const taken = tree.flatMap(({ pid, threads }) => [pid, ...threads])
      .find((id) => !ending.includes(id) && KernelFile.exists(`/proc/${id}`))
    return taken === undefined ? undefined : {
      reason: "PidConflict",
      detail: `its process id ${taken} is in use by ${holderOf(taken)}`,
      hint: 'end that process, or use option "newPids" for a pid namespace of its own'
    }
  })

/**
 * What lives of a restore that has failed: the processes that have ids of the images and began since it did, or all of the session
 * in which a pid namespace was made.
 *
 * @param since clock ticks since boot
 */
export const started = (imagePath: string, since: number, session: number | undefined) =>
  Effect.map(image(imagePath, "pstree.img", processes), (found): ReadonlyArray<ProcessIdentity> => {
    const pids = session === undefined
      ? Option.getOrElse(found, () => []).map(({ pid }) => pid)
      : Proc.inSession(session)
    return pids.flatMap((pid) => ProcessTree.identify(pid) ?? []).filter(({ startTime }) => startTime >= since - 1)
  })

/** Whether mounts of the processes' own were dumped: then their files are not where ours are. */
export const hasMounts = (imagePath: string): boolean =>
  (KernelFile.names(imagePath) ?? []).some((name) => name.startsWith("mountpoints-"))

/** The first file or folder of the images that is gone, but for those that are made anew; `undefined` where all are there. */
export const missingFile = (imagePath: string, ours: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const files = Option.getOrElse(yield* image(imagePath, "files.img", FilesImage.decode), () => [])
    // What had lost its name when it was dumped is not looked for by it.
    const remaps = Option.getOrElse(yield* image(imagePath, "remap-fpath.img", nameChanges), () => [])
    const nameless = new Set(remaps.map(({ orig_id }) => orig_id))
    for (const { id, kind, path } of files) {
      const host = onHost(path)
      if (host === undefined || nameless.has(id) || ours.includes(host) || KernelFile.exists(host)) continue
      return {
        reason: "FileMissing",
        detail: `the ${kind} "${host}" that it ${kind === "folder" ? "works in" : "holds open"} is gone`,
        hint: `put the ${kind} back`
      } satisfies CriuLog.Verdict
    }
    return undefined
  })

/** Whether the processes were attached to a terminal from outside. */
export const hasTerminal = (imagePath: string): boolean => KernelFile.exists(`${imagePath}/tty-info.img`)

/** A path of the images as the machine has it; `undefined` for what the kernel makes: what is a process's or a terminal's is there when that is. */
export const onHost = (path: string): string | undefined => {
  const host = path.startsWith("/") ? path : `/${path}`
  return /^\/(proc|sys|dev\/pts)\//.test(host) ? undefined : host
}

const holderOf = (id: number): string => {
  const name = KernelFile.read(`/proc/${id}/comm`)?.trim() ?? "another process"
  const found = Proc.stat(id)
  return found?.state === "Z" ? `"${name}", which has ended and waits for its parent to look after it` : `"${name}"`
}

const processes = (bytes: Uint8Array) => ImageFile.values(kinds.pstree, bytes)

const nameChanges = (bytes: Uint8Array) => ImageFile.values(kinds.remap_fpath, bytes)

const image = <A>(
  imagePath: string,
  name: string,
  decode: (bytes: Uint8Array) => Either.Either<A, string>
): Effect.Effect<Option.Option<A>, never, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const bytes = yield* Effect.option(fs.readFile(`${imagePath}/${name}`))
    // What cannot be read here is for CRIU to say.
    return Option.flatMap(bytes, (one) => Either.getRight(decode(one)))
  })
