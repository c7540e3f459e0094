/** What a process has in its memory, as `/proc/<pid>/maps` shows it. */
import * as KernelFile from "./KernelFile.ts"

/** A part of the memory. */
export interface Mapping {
  /** `<start>-<end>`, hexadecimal. */
  readonly range: string
  /** Changes go to the file, or to others that share it. */
  readonly isShared: boolean
  /** `<major>:<minor>:<inode>`, as locks are listed; the inode is 0 where there is no file. */
  readonly file: string
  /** Empty where there is none. */
  readonly path: string
}

/** The memory of a process; none when it has ended. */
export const of = (pid: number): ReadonlyArray<Mapping> => parse(KernelFile.read(`/proc/${pid}/maps`) ?? "")

/** Reads a `maps` file (proc_pid_maps(5)). */
export const parse = (text: string): ReadonlyArray<Mapping> =>
  Array.from(text.matchAll(line), ([, range = "", sharing, device = "", inode = "", path = ""]) => ({
    range,
    isShared: sharing === "s",
    file: `${device}:${inode}`,
    path
  }))

/** Whether a process has a file in its memory; file systems that lie over another one may list it by its path alone. */
export const maps = (pid: number, { file, path }: Pick<Mapping, "file" | "path">): boolean =>
  of(pid).some((one) => one.isShared && (one.file === file || (one.path !== "" && one.path === path)))

const line = /^([0-9a-f]+-[0-9a-f]+) ..(?:.)(.) [0-9a-f]+ ([0-9a-f]+:[0-9a-f]+) (\d+) *(.*)$/gm
