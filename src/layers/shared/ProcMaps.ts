/** What a process has in its memory, as `/proc/<pid>/maps` shows it. */
import type { Depth, Resource } from "../../domain/Survey.ts"
import * as KernelFile from "./KernelFile.ts"

/** What of it a checkpoint may stumble over: in a quick survey, the memory is not looked at. */
export const resources = (pid: number, depth: Depth): ReadonlyArray<Resource> => {
  const mapped = depth === "quick" ? [] : of(pid)
  const gone = mapped.filter(({ path }) => path.endsWith(deleted) && !made.test(path))
  const files = new Map(gone.map((mapping) => [mapping.file, mapping]))
  return [
    ...[...files.values()].flatMap(({ path, range }): ReadonlyArray<Resource> => {
      const inode = KernelFile.inode(`/proc/${pid}/map_files/${range}`)
      const bytes = (inode?.blocks ?? 0) * blockSize
      const links = inode?.nlink ?? 0
      return inode === undefined
        ? []
        : [{ _tag: "DeletedFile", pid, path: path.slice(0, -deleted.length), bytes, links }]
    }),
    ...(mapped.some(({ path }) => path.startsWith("/SYSV")) && sharesIpc(pid)
      ? [{ _tag: "SharedMemory", pid } as const]
      : [])
  ]
}

/** A part of the memory. */
export interface Mapping {
  /** `<start>-<end>`, hexadecimal. */
  readonly range: string
  /** `<major>:<minor>:<inode>`, as locks are listed; the inode is 0 where there is no file. */
  readonly file: string
  /** Empty where there is none. */
  readonly path: string
}

/** The memory of a process; none when it has ended. */
const of = (pid: number): ReadonlyArray<Mapping> => parse(KernelFile.read(`/proc/${pid}/maps`) ?? "")

/** Reads a `maps` file (proc_pid_maps(5)). */
export const parse = (text: string): ReadonlyArray<Mapping> =>
  Array.from(text.matchAll(line), ([, range = "", device = "", inode = "", path = ""]) => ({
    range,
    file: `${device}:${inode}`,
    path
  }))

/** Whether a process has a file in its memory; file systems that lie over another one may list it by its path alone. */
export const isMapped = (pid: number, { file, path }: Pick<Mapping, "file" | "path">): boolean =>
  of(pid).some((one) => one.file === file || (one.path !== "" && one.path === path))

const deleted = " (deleted)"

/** What the kernel makes files for itself of, and CRIU knows. */
const made = /^\/(memfd:|SYSV|dev\/zero |\[aio\]|anon_hugepage)/

/** Bytes of what `stat` counts in. */
const blockSize = 512

const sharesIpc = (pid: number): boolean =>
  KernelFile.link(`/proc/${pid}/ns/ipc`) === KernelFile.link("/proc/self/ns/ipc")

const line = /^([0-9a-f]+-[0-9a-f]+) \S+ [0-9a-f]+ ([0-9a-f]+:[0-9a-f]+) (\d+) *(.*)$/gm
