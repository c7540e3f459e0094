/** The areas of a process's memory, from its `mm` image. Which of their pages were dumped is in `PageMap.ts`. */
import * as AreaFlags from "../image/AreaFlags.ts"
import type { MmEntry } from "../image/message/Mm.ts"
import type { VmaEntry } from "../image/message/Vma.ts"
import * as AreaKind from "./AreaKind.ts"

/** An area of memory that is mapped in one way. */
export interface MemoryArea {
  readonly start: bigint
  /** The first address behind it. */
  readonly end: bigint
  readonly kind: AreaKind.AreaKind
  /** The same as CRIU has it, finer. */
  readonly form: AreaFlags.AreaKind
  /** As `/proc/PID/maps` has it: `rw-p`. */
  readonly protection: string
  /** Where in its file or shared memory it begins, in bytes. */
  readonly offset: bigint
  /** Of an area with a file, a memfd included: its id in `files.img`. */
  readonly fileId: number | undefined
  /** Of shared memory without a file: its id, of a System V segment that of the segment. */
  readonly shmid: bigint | undefined
  /** The numbers of mmap(2) and of CRIU that it was read from. */
  readonly flags: number
  readonly status: number
}

/** The areas of a process, in the order of their addresses. */
export const ofProcess = (mm: MmEntry): ReadonlyArray<MemoryArea> =>
  mm.vmas.map((vma) => ofEntry(vma, mm)).sort((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0))

/** The area that an address lies in, by binary search; the areas are in order. */
export const at = (areas: ReadonlyArray<MemoryArea>, address: bigint): MemoryArea | undefined => {
  let low = 0
  let high = areas.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const area = areas[middle]
    if (area !== undefined && area.end <= address) low = middle + 1
    else high = middle
  }
  const found = areas[low]
  return found !== undefined && found.start <= address ? found : undefined
}

/** Whether a process may have pages of its own there, which a dump writes: it is mapped privately, and not the kernel's. */
export const hasOwnPages = ({ flags, kind }: MemoryArea): boolean =>
  (flags & shared) === 0 && kind !== "vdso" && kind !== "other"

const ofEntry = (vma: VmaEntry, mm: MmEntry): MemoryArea => {
  const form = formOf(vma, mm)
  const isFile = AreaFlags.hasFile(vma)
  const isObject = form === "shared" || form === "sysv"
  return {
    start: vma.start,
    end: vma.end,
    kind: AreaKind.ofForm(form, (vma.flags & shared) !== 0),
    form,
    protection: AreaFlags.protectionOf(vma),
    offset: vma.pgoff,
    fileId: isFile ? Number(vma.shmid) : undefined,
    shmid: isObject ? vma.shmid : undefined,
    flags: vma.flags,
    status: vma.status
  }
}

/**
 * CRIU does not mark every heap and stack: what the process itself says of where they are counts as well. Other memory may grow
 * down, too.
 */
const formOf = (vma: VmaEntry, mm: MmEntry): AreaFlags.AreaKind => {
  const form = AreaFlags.kindOf(vma)
  if (form !== "anonymous" && (form !== "stack" || (vma.status & markedStack) !== 0)) return form
  if (vma.start < mm.mm_brk && vma.end > mm.mm_start_brk) return "heap"
  return vma.start <= mm.mm_start_stack && mm.mm_start_stack < vma.end ? "stack" : "anonymous"
}

/** CRIU's `VMA_AREA_STACK`. */
const markedStack = 1 << 1

/** MAP_SHARED. */
const shared = 1
