/**
 * What an area of memory is, from the bits that CRIU writes of it (`criu/include/image.h`, `VMA_AREA_*`) and those of
 * mmap(2).
 */
import type { VmaEntry } from "./message/Vma.ts"

/** Bits of `status`; the first that is set tells what an area is before all. */
const areas = [
  ["vsyscall", 1 << 2],
  ["vdso", 1 << 3],
  ["vvar", 1 << 12],
  ["guard", 1 << 16],
  ["uprobes", 1 << 17],
  ["aio", 1 << 13],
  ["socket", 1 << 11],
  ["shadow-stack", 1 << 15],
  ["sysv", 1 << 10],
  ["memfd", 1 << 14],
  ["stack", 1 << 1],
  ["heap", 1 << 5],
  ["file", 1 << 6],
  ["shared-file", 1 << 7],
  ["shared", 1 << 8],
  ["anonymous", 1 << 9]
] as const

/**
 * What an area is. `file` is private to the process, `shared-file` is not; `shared` is memory without a file that several
 * processes may have, `sysv` and `memfd` are such memory by its origin.
 */
export type AreaKind = (typeof areas)[number][0] | "other"

/** MAP_GROWSDOWN: CRIU 4.2 marks the stack of a process by nothing else. */
const growsDown = 0x100

/** What an area is. */
export const kindOf = ({ flags, status }: Pick<VmaEntry, "flags" | "status">): AreaKind => {
  const kind = areas.find(([, bit]) => (status & bit) !== 0)?.[0] ?? "other"
  return kind === "anonymous" && (flags & growsDown) !== 0 ? "stack" : kind
}

/** Whether `shmid` of an area is the id of a file, as `files.img` has it. */
export const hasFile = ({ status }: Pick<VmaEntry, "status">): boolean => (status & ((1 << 6) | (1 << 7))) !== 0

/** What may be done with an area, and whether it is shared or private, as `/proc/PID/maps` has it: `rw-p`. */
export const protectionOf = ({ flags, prot }: Pick<VmaEntry, "flags" | "prot">): string =>
  ((prot & 1) === 0 ? "-" : "r") + ((prot & 2) === 0 ? "-" : "w") + ((prot & 4) === 0 ? "-" : "x") +
  ((flags & 1) === 0 ? "p" : "s")
