/**
 * What refers to the open files of `files.img`: descriptors, and what else keeps a file (CRIU's `criu/files.c`, `criu/files-reg.c`).
 *
 * A file that nothing refers to shows that a table of descriptors is gone. That there is none for a process shows nothing: CRIU
 * writes none for one that has closed all that it had.
 */
import type { FileEntry } from "../image/message/Fdinfo.ts"
import type { Contents } from "./Contents.ts"

/** CRIU's `USK_EXTERN`: a unix socket of somebody else, of whom nothing else is dumped. */
const external = 1

/** A file that only a descriptor can have held, and none does; `undefined` where there is none. */
export const unheld = (contents: Contents): FileEntry | undefined => {
  const { fdinfos, files, fs, mms, remaps } = contents
  if (files === undefined) return undefined
  const held = new Set<number>([
    ...[...fdinfos.values()].flat().map(({ id }) => id),
    ...[...mms.values()].flatMap(({ exe_file_id, vmas }) => [exe_file_id, ...vmas.map(({ shmid }) => Number(shmid))]),
    ...[...fs.values()].flatMap(({ cwd_id, root_id }) => [cwd_id, root_id]),
    ...files.flatMap(({ fifo, tty }) => fifo?.regf_id ?? tty?.regf_id ?? []),
    ...(remaps ?? []).map(({ remap_id }) => remap_id)
  ])
  return files.find(({ id, usk }) => !held.has(id) && ((usk?.uflags ?? 0) & external) === 0)
}
