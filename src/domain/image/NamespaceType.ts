/** The types of namespaces by the names that they have in `/proc/PID/ns` (namespaces(7)). */
import type { TaskKobjIdsEntry } from "./message/Core.ts"

/** Each with the bit of clone(2) and the field of a task's ids. */
const types = [
  ["pid", 0x20000000, "pid_ns_id"],
  ["net", 0x40000000, "net_ns_id"],
  ["ipc", 0x08000000, "ipc_ns_id"],
  ["uts", 0x04000000, "uts_ns_id"],
  ["mnt", 0x00020000, "mnt_ns_id"],
  ["user", 0x10000000, "user_ns_id"],
  ["cgroup", 0x02000000, "cgroup_ns_id"],
  ["time", 0x00000080, "time_ns_id"]
] as const

/** A type of namespaces. */
export type NamespaceType = (typeof types)[number][0]

/** The type by its bit of clone(2); what has none is its number. */
export const ofFlag = (flag: number): string =>
  types.find(([, bit]) => bit === flag)?.[0] ?? `0x${(flag >>> 0).toString(16)}`

/** The ids of the namespaces of a task; older images do not have all. */
export const idsOf = (ids: TaskKobjIdsEntry): ReadonlyArray<readonly [type: NamespaceType, id: number]> =>
  types.flatMap(([type, , field]) => {
    const id = ids[field]
    return id === undefined ? [] : [[type, id] as const]
  })

/** In the order in which they are shown. */
export const order = (a: NamespaceType, b: NamespaceType): number => placeOf(a) - placeOf(b)

const placeOf = (type: NamespaceType): number => types.findIndex(([name]) => name === type)
