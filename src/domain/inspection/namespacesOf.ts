/** The namespaces of the processes, from their ids and the image of each namespace. */
import type { TaskKobjIdsEntry } from "../image/message/Core.ts"
import type { IpcMsgEntry } from "../image/message/IpcMsg.ts"
import type { IpcSemEntry } from "../image/message/IpcSem.ts"
import type { IpcShmEntry } from "../image/message/IpcShm.ts"
import type { NetDeviceEntry, NetnsEntry } from "../image/message/Netdev.ts"
import type { PidnsEntry } from "../image/message/Pidns.ts"
import type { TimensEntry, Timespec } from "../image/message/Timens.ts"
import type { UidGidExtent, UsernsEntry } from "../image/message/Userns.ts"
import type { UtsnsEntry } from "../image/message/Utsns.ts"
import * as NamespaceType from "../image/NamespaceType.ts"
import type { Namespace, NetworkDevice } from "./Namespaces.ts"

/** Which namespaces a process is in. */
export interface Member {
  readonly pid: number
  readonly ids: TaskKobjIdsEntry
}

/** What the images of one namespace say; only those of its type are there. */
export interface NamespaceImages {
  readonly uts?: UtsnsEntry | undefined
  readonly time?: TimensEntry | undefined
  readonly user?: UsernsEntry | undefined
  readonly pid?: PidnsEntry | undefined
  readonly net?: NetnsEntry | undefined
  readonly devices?: ReadonlyArray<NetDeviceEntry> | undefined
  readonly ipc?: {
    readonly segments: ReadonlyArray<IpcShmEntry>
    readonly queues: ReadonlyArray<IpcMsgEntry>
    readonly semaphores: ReadonlyArray<IpcSemEntry>
  } | undefined
}

/** A namespace by its type and id, with the processes that are in it. */
export type Found = Pick<Namespace, "id" | "isOutside" | "processes"> & { readonly type: NamespaceType.NamespaceType }

/**
 * Which namespaces there are, by their types.
 *
 * @param outside the namespaces that CRIU itself was in
 */
export const namespacesAmong = (
  members: ReadonlyArray<Member>,
  outside: TaskKobjIdsEntry | undefined
): ReadonlyArray<Found> => {
  const ofCriu = new Map(outside === undefined ? [] : NamespaceType.idsOf(outside))
  const found = new Map<
    string,
    { readonly type: NamespaceType.NamespaceType; readonly id: number; processes: Array<number> }
  >()
  for (const { ids, pid } of members) {
    for (const [type, id] of NamespaceType.idsOf(ids)) {
      const known = found.get(`${type} ${id}`)
      if (known === undefined) found.set(`${type} ${id}`, { type, id, processes: [pid] })
      else known.processes.push(pid)
    }
  }
  return [...found.values()].map((one) => ({ ...one, isOutside: ofCriu.get(one.type) === one.id }))
    .sort((a, b) => NamespaceType.order(a.type, b.type) || a.id - b.id)
}

/** A namespace with what its images say of it. */
export const namespaceOf = (found: Found, images: NamespaceImages): Namespace => {
  const externalKey = images.net?.ext_key ?? images.pid?.ext_key
  const { devices, ipc, time, user, uts } = images
  return {
    ...found,
    ...(externalKey === undefined ? {} : { externalKey }),
    ...(uts === undefined ? {} : { hostname: uts.nodename, domainname: uts.domainname }),
    ...(time === undefined ? {} : { clocks: { monotonic: reading(time.monotonic), boottime: reading(time.boottime) } }),
    ...(user === undefined ? {} : { userMap: user.uid_map.map(range), groupMap: user.gid_map.map(range) }),
    ...(ipc === undefined ? {} : {
      ipc: {
        sharedMemory: { segments: ipc.segments.length, bytes: sum(ipc.segments.map(({ size }) => Number(size))) },
        messages: { queues: ipc.queues.length, messages: sum(ipc.queues.map(({ qnum }) => qnum)) },
        semaphores: { sets: ipc.semaphores.length, semaphores: sum(ipc.semaphores.map(({ nsems }) => nsems)) }
      }
    }),
    ...(devices === undefined ? {} : { devices: devices.map(deviceOf) })
  }
}

const sum = (numbers: ReadonlyArray<number>): number => numbers.reduce((total, number) => total + number, 0)

const reading = ({ tv_nsec, tv_sec }: Timespec) => ({ seconds: Number(tv_sec), nanoseconds: Number(tv_nsec) })

const range = ({ count, first, lower_first }: UidGidExtent) => ({ first, outside: lower_first, count })

/** IFF_UP. */
const up = 1

const deviceOf = (device: NetDeviceEntry): NetworkDevice => ({
  index: device.ifindex,
  name: device.name,
  type: device.type === "EXTLINK" ? "external" : `${device.type}`.toLowerCase(),
  mtu: device.mtu,
  isUp: (device.flags & up) !== 0,
  ...(device.address === undefined || device.address.byteLength === 0
    ? {}
    : { address: Array.from(device.address, (byte) => byte.toString(16).padStart(2, "0")).join(":") })
})
