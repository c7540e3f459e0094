/** The overview of a checkpoint, from the images that tell how many of what there is. */
import type { CoreEntry } from "../image/message/Core.ts"
import type { FileEntry } from "../image/message/Fdinfo.ts"
import type { InventoryEntry } from "../image/message/Inventory.ts"
import type { PstreeEntry } from "../image/message/Pstree.ts"
import type { Table } from "./filesOf.ts"
import type { MemoryUse } from "./MemoryUse.ts"
import type { Overview } from "./Overview.ts"
import { isZombie } from "./processOf.ts"
import { socketTypes } from "./socketOf.ts"

/** What was read; what could not be is left out. */
export interface OverviewRead {
  readonly path: string
  readonly parent: string | undefined
  readonly inventory: InventoryEntry | undefined
  /** In the order of `pstree.img`, whose first entry is the root. */
  readonly tree: ReadonlyArray<PstreeEntry>
  /** By their pids. */
  readonly cores: ReadonlyMap<number, CoreEntry>
  readonly tables: ReadonlyArray<Table>
  readonly files: ReadonlyArray<FileEntry>
  readonly memory: MemoryUse
  readonly images: ReadonlyArray<{ readonly bytes: number }>
  readonly frozenMicros: number | undefined
}

/** Puts the overview together. */
export const overviewOf = (read: OverviewRead): Overview => {
  const [root] = read.tree
  const core = root === undefined ? undefined : read.cores.get(root.pid)
  const tables = new Map(read.tables.map(({ entries, table }) => [table, entries.length]))
  return {
    path: read.path,
    ...(read.inventory === undefined ? {} : ofInventory(read.inventory)),
    ...(core === undefined ? {} : { machine: `${core.mtype}` }),
    ...(root === undefined ? {} : { root: { pid: root.pid, name: core?.tc?.comm ?? "" } }),
    processes: read.tree.length,
    threads: sum(read.tree.map(({ pid, threads }) => {
      const task = read.cores.get(pid)?.tc
      return task !== undefined && isZombie(task) ? 0 : threads.length
    })),
    descriptors: sum([...tables.values()]),
    files: read.files.length,
    sockets: read.files.filter(({ type }) => socketTypes.has(type)).length,
    memory: read.memory,
    images: { files: read.images.length, bytes: sum(read.images.map(({ bytes }) => bytes)) },
    ...(read.parent === undefined ? {} : { parent: read.parent }),
    ...(read.frozenMicros === undefined ? {} : { frozenMicros: read.frozenMicros })
  }
}

const sum = (numbers: ReadonlyArray<number>): number => numbers.reduce((total, number) => total + number, 0)

const modules: Readonly<Record<string, string>> = { NO_LSM: "none", SELINUX: "selinux", APPARMOR: "apparmor" }

const ofInventory = ({ dump_criu_run_id, img_version, lsmtype }: InventoryEntry) => ({
  imageVersion: img_version,
  ...(dump_criu_run_id === undefined ? {} : { runId: dump_criu_run_id }),
  ...(lsmtype === undefined ? {} : { securityModule: modules[lsmtype] ?? `${lsmtype}` })
})
