/** What became of what a container has besides its processes: its mounts, namespaces and cgroups. */
import type { Cgroups } from "../inspection/Cgroups.ts"
import type { Mount } from "../inspection/Mount.ts"
import type { Namespace } from "../inspection/Namespaces.ts"
import { compareItems, type Item, type ItemDifference } from "./ItemDifference.ts"

/** Compares the mounts by where they are mounted. */
export const compareMounts = (
  before: ReadonlyArray<Mount>,
  after: ReadonlyArray<Mount>
): ReadonlyArray<ItemDifference> => compareItems(before.map(mount), after.map(mount))

/** The ids of mounts and groups are the kernel's, and others after a restore. */
const mount = ({ externalKey, flags, isExternal, mountpoint, options, root, source, type }: Mount): Item => ({
  name: mountpoint,
  facts: { type, source, root, flags, options, isExternal, externalKey }
})

/**
 * Compares the namespaces by which of the processes that are on both sides is the first in them: their ids are CRIU's, and others in
 * each dump.
 *
 * @param pids the processes that are on both sides
 */
export const compareNamespaces = (
  before: ReadonlyArray<Namespace>,
  after: ReadonlyArray<Namespace>,
  pids: ReadonlySet<number>
): ReadonlyArray<ItemDifference> =>
  compareItems(before.map((one) => namespace(one, pids)), after.map((one) => namespace(one, pids)))

const namespace = (one: Namespace, pids: ReadonlySet<number>): Item => {
  const { devices, domainname, externalKey, groupMap, hostname, ipc, isOutside, type, userMap } = one
  const staying = one.processes.filter((pid) => pids.has(pid)).sort((a, b) => a - b)
  const first = staying[0] ?? one.processes.reduce((least, pid) => Math.min(least, pid), Infinity)
  return {
    name: `${type} of ${first}`,
    // The clocks go on by themselves.
    facts: {
      processes: staying.map(String),
      isOutside,
      externalKey,
      hostname,
      domainname,
      userMap: userMap?.map(range),
      groupMap: groupMap?.map(range),
      ...(ipc === undefined ? {} : {
        segments: ipc.sharedMemory.segments,
        segmentBytes: ipc.sharedMemory.bytes,
        messageQueues: ipc.messages.queues,
        messages: ipc.messages.messages,
        semaphoreSets: ipc.semaphores.sets,
        semaphores: ipc.semaphores.semaphores
      }),
      devices: devices?.map(({ address, isUp, mtu, name, type }) =>
        `${name} ${type} ${mtu} ${isUp ? "up" : "down"} ${address ?? ""}`.trimEnd()
      )
    }
  }
}

const range = (
  { count, first, outside }: { readonly count: number; readonly first: number; readonly outside: number }
) => `${first} ${outside} ${count}`

/** Compares the cgroups by their hierarchies and paths: the values of their properties, and who is in them of those on both sides. */
export const compareCgroups = (
  before: Cgroups,
  after: Cgroups,
  pids: ReadonlySet<number>
): ReadonlyArray<ItemDifference> => [
  ...compareItems(folders(before), folders(after)),
  ...compareItems(members(before, pids), members(after, pids))
]

const folders = (cgroups: Cgroups): ReadonlyArray<Item> =>
  cgroups.folders.map(({ controllers, path, properties }) => ({
    name: `${controllers.join(",")}:${path}`,
    facts: Object.fromEntries(properties.map(({ name, value }) => [name, value]))
  }))

/** Only of a process that moved there is a difference: who came or went is told as a process. */
const members = ({ sets }: Cgroups, pids: ReadonlySet<number>): ReadonlyArray<Item> =>
  sets.flatMap((set) =>
    set.processes.filter((pid) => pids.has(pid)).map((pid) => ({
      name: `process ${pid}`,
      facts: Object.fromEntries(
        set.members.map(({ hierarchy, path }) => [hierarchy === "" ? "unified" : hierarchy, path])
      )
    }))
  )
