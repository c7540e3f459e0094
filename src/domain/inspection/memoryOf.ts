/** How much memory processes have, by the kind of its areas and by where its content is. */
import type { MemoryArea } from "../memory/MemoryArea.ts"
import * as PageMap from "../memory/PageMap.ts"
import type { MemoryOfKind, MemoryOfProcess, SharedMemory } from "./Memory.ts"
import * as MemoryUse from "./MemoryUse.ts"

/** The memory of one process. */
export interface MemoryRead {
  readonly pid: number
  readonly areas: ReadonlyArray<MemoryArea>
  /** With those that it shares with others. */
  readonly pages: PageMap.PageMap
  /** The id of the shared memory that an area is of. */
  readonly sharedId: (area: MemoryArea) => bigint | undefined
}

/** What it comes to. */
export interface MemorySummary {
  readonly process: MemoryOfProcess
  /** Its addresses, and the content that is its own alone. */
  readonly own: MemoryUse.MemoryUse
  /** The shared memory that it has mapped. */
  readonly sharedIds: ReadonlySet<bigint>
}

/** Sums up the memory of one process. */
export const summaryOf = ({ areas, pages, pid, sharedId }: MemoryRead): MemorySummary => {
  const kinds = new Map<string, MemoryOfKind>()
  const sharedIds = new Set<bigint>()
  let own = MemoryUse.none
  for (const area of areas) {
    const use = useOf(pages, area.start, area.end)
    const known = kinds.get(area.kind)
    kinds.set(area.kind, {
      kind: area.kind,
      areas: (known?.areas ?? 0) + 1,
      ...MemoryUse.add(known ?? MemoryUse.none, use)
    })
    const id = sharedId(area)
    if (id !== undefined) sharedIds.add(id)
    own = MemoryUse.add(own, id === undefined ? use : { ...MemoryUse.none, size: use.size })
  }
  const all = [...kinds.values()].sort((a, b) => places.indexOf(a.kind) - places.indexOf(b.kind))
  return { process: { pid, total: all.reduce(MemoryUse.add, MemoryUse.none), kinds: all }, own, sharedIds }
}

/** Sums up memory that processes share; its pages count from its start. */
export const sharedOf = (
  id: bigint,
  pages: PageMap.PageMap,
  summaries: ReadonlyArray<MemorySummary>
): SharedMemory => {
  const { size: _, ...use } = useOf(pages, 0n, memoryEnd)
  const processes = summaries.filter(({ sharedIds }) => sharedIds.has(id)).map(({ process }) => process.pid)
  return { id: Number(id), processes, ...use }
}

/** The memory of all processes: the content of what they share counts once. */
export const totalOf = (
  summaries: ReadonlyArray<MemorySummary>,
  shared: ReadonlyArray<SharedMemory>
): MemoryUse.MemoryUse =>
  [...summaries.map(({ own }) => own), ...shared.map((one) => ({ ...one, size: 0 }))]
    .reduce(MemoryUse.add, MemoryUse.none)

const memoryEnd = 1n << 64n

const places = ["heap", "stack", "anonymous", "shared", "file", "vdso", "other"]

const useOf = (pages: PageMap.PageMap, start: bigint, end: bigint): MemoryUse.MemoryUse => {
  const { lazy, missing, own, parent } = PageMap.totals(pages, start, end)
  return {
    size: Number(end - start),
    dumped: Number(own),
    parent: Number(parent),
    lazy: Number(lazy),
    missing: Number(missing)
  }
}
