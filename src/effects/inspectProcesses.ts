/** The processes of a folder of images: their tree with what tells which images each has, and each with all of its own. */
import * as Effect from "effect/Effect"
import { kinds } from "../domain/image/kinds.ts"
import type { CoreEntry, TaskKobjIdsEntry } from "../domain/image/message/Core.ts"
import type { FdinfoEntry } from "../domain/image/message/Fdinfo.ts"
import type { InventoryEntry } from "../domain/image/message/Inventory.ts"
import type { PstreeEntry } from "../domain/image/message/Pstree.ts"
import type { Table } from "../domain/inspection/filesOf.ts"
import type { Process } from "../domain/inspection/Process.ts"
import { isZombie, processOf, type Referred } from "../domain/inspection/processOf.ts"
import type { ImageReading } from "./ImageReading.ts"
import type { MemoryOfOne } from "./inspectMemory.ts"

/** A process of the tree. */
export interface ProcessRead {
  readonly entry: PstreeEntry
  readonly core: CoreEntry | undefined
  readonly ids: TaskKobjIdsEntry | undefined
}

/** The processes, a parent before its children. */
export interface TreeRead {
  readonly processes: ReadonlyArray<ProcessRead>
  /** The pids of those that have not ended: a zombie has nothing but its end. */
  readonly living: ReadonlyArray<number>
  /** The descriptors of the living. */
  readonly tables: ReadonlyArray<Table>
}

/** Reads the tree. */
export const readTree = (reading: ImageReading, inventory: InventoryEntry | undefined): Effect.Effect<TreeRead> =>
  Effect.gen(function* () {
    const entries = yield* reading.values("pstree.img", kinds.pstree)
    const processes = yield* Effect.forEach(entries, (entry) => readOne(reading, entry), { concurrency: 8 })
    const living = processes.filter(({ core }) => core?.tc === undefined || !isZombie(core.tc))
    const numbers = living.flatMap(({ entry, ids }) => {
      const table = inventory?.fdinfo_per_id === true ? ids?.files_id : entry.pid
      return table === undefined ? [] : [{ pid: entry.pid, table }]
    })
    const entriesOf = new Map<number, ReadonlyArray<FdinfoEntry>>(
      yield* Effect.forEach(
        new Set(numbers.map(({ table }) => table)),
        (table) => Effect.map(reading.values(`fdinfo-${table}.img`, kinds.fdinfo), (read) => [table, read] as const),
        { concurrency: 8 }
      )
    )
    return {
      processes,
      living: living.map(({ entry }) => entry.pid),
      tables: numbers.map(({ pid, table }) => ({ pid, table, entries: entriesOf.get(table) ?? [] }))
    }
  })

const readOne = (reading: ImageReading, entry: PstreeEntry): Effect.Effect<ProcessRead> =>
  Effect.gen(function* () {
    const [core] = yield* reading.values(`core-${entry.pid}.img`, kinds.core)
    if (core?.tc !== undefined && isZombie(core.tc)) return { entry, core, ids: undefined }
    // Older images have them with the rest.
    const [ids] = core?.ids !== undefined ? [core.ids] : yield* reading.values(`ids-${entry.pid}.img`, kinds.ids)
    return { entry, core, ids }
  })

/** Reads the rest of a process, and puts it together. */
export const readProcess = (
  reading: ImageReading,
  { core, entry, ids }: ProcessRead,
  memory: MemoryOfOne | undefined,
  referred: Referred
): Effect.Effect<Process> =>
  Effect.gen(function* () {
    const isAlive = core?.tc === undefined || !isZombie(core.tc)
    const others = isAlive ? entry.threads.filter((tid) => tid !== entry.pid) : []
    const threads = yield* Effect.forEach(
      others,
      (tid) =>
        Effect.map(
          reading.values(`core-${tid}.img`, kinds.core),
          ([thread]) => thread === undefined ? [] : [[tid, thread] as const]
        )
    )
    const [fs] = isAlive ? yield* reading.values(`fs-${entry.pid}.img`, kinds.fs) : []
    return processOf({
      entry,
      core,
      threads: new Map(threads.flat()),
      ids,
      fs,
      memory: memory?.use,
      executableId: memory?.executableId,
      commandLine: memory?.commandLine,
      environment: memory?.environment
    }, referred)
  })
