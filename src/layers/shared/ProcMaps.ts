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
      const inode = KernelFile.inode(`/proc/${pid}/map_files/${unpadded(range)}`)
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

/** Says of a file whether a process has it in its memory; the memory is looked at once, and only if anybody asks. */
export const mappedIn = (): (pid: number, file: Pick<Mapping, "file" | "path">) => boolean => {
  const known = new Map<number, { readonly files: ReadonlySet<string>; readonly paths: ReadonlySet<string> }>()
  return (pid, { file, path }) => {
    const all = known.get(pid) ?? sets(of(pid))
    known.set(pid, all)
    // File systems that lie over another one may list a file by its path alone.
    return all.files.has(file) || (path !== "" && all.paths.has(path))
  }
}

const sets = (all: ReadonlyArray<Mapping>) => ({
  files: new Set(all.map(({ file }) => file)),
  paths: new Set(all.map(({ path }) => path))
})

/** A range as `map_files` has it: `maps` fills up short addresses with zeros. */
const unpadded = (range: string): string => range.split("-").map((address) => address.replace(/^0+(?=.)/, "")).join("-")

const deleted = " (deleted)"

/** What the kernel makes files for itself of, and CRIU knows. */
const made = /^\/(memfd:|SYSV|dev\/zero |\[aio\]|anon_hugepage)/

/** Bytes of what `stat` counts in. */
const blockSize = 512

const sharesIpc = (pid: number): boolean =>
  KernelFile.link(`/proc/${pid}/ns/ipc`) === KernelFile.link("/proc/self/ns/ipc")

const line = /^([0-9a-f]+-[0-9a-f]+) \S+ [0-9a-f]+ ([0-9a-f]+:[0-9a-f]+) (\d+) *(.*)$/gm
