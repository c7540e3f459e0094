/** Reading what the images tell of namespaces: which image there is depends on the type. */
import * as Effect from "effect/Effect"
import { kinds } from "../domain/image/kinds.ts"
import type { TaskKobjIdsEntry } from "../domain/image/message/Core.ts"
import type { Namespace } from "../domain/inspection/Namespaces.ts"
import {
  type Found,
  type Member,
  type NamespaceImages,
  namespaceOf,
  namespacesAmong
} from "../domain/inspection/namespacesOf.ts"
import type { ImageReading } from "./ImageReading.ts"

/** Reads the namespaces of processes. */
export const readNamespaces = (
  reading: ImageReading,
  members: ReadonlyArray<Member>,
  outside: TaskKobjIdsEntry | undefined
): Effect.Effect<ReadonlyArray<Namespace>> =>
  Effect.forEach(
    namespacesAmong(members, outside),
    (found) => Effect.map(readOne(reading, found), (images) => namespaceOf(found, images)),
    { concurrency: 4 }
  )

const readOne = (reading: ImageReading, { id, isOutside, type }: Found): Effect.Effect<NamespaceImages> =>
  Effect.gen(function* () {
    switch (type) {
      case "uts":
        return { uts: (yield* reading.valuesIfAny(`utsns-${id}.img`, kinds.utsns))[0] }
      case "time": {
        // CRIU 4.2 writes zero in place of the id.
        const [own] = yield* reading.valuesIfAny(`timens-${id}.img`, kinds.timens)
        return { time: own ?? (yield* reading.valuesIfAny("timens-0.img", kinds.timens))[0] }
      }
      case "user":
        return { user: (yield* reading.valuesIfAny(`userns-${id}.img`, kinds.userns))[0] }
      case "pid":
        return { pid: (yield* reading.valuesIfAny(`pidns-${id}.img`, kinds.pidns))[0] }
      case "net": {
        const [net] = yield* reading.valuesIfAny(`netns-${id}.img`, kinds.netns)
        const devices = yield* reading.valuesIfAny(`netdev-${id}.img`, kinds.netdev)
        return net === undefined && devices.length === 0 ? {} : { net, devices }
      }
      case "ipc": {
        if (isOutside) return {}
        return {
          ipc: {
            segments: yield* reading.valuesIfAny(`ipcns-shm-${id}.img`, kinds.ipcns_shm),
            queues: yield* reading.valuesIfAny(`ipcns-msg-${id}.img`, kinds.ipcns_msg),
            semaphores: yield* reading.valuesIfAny(`ipcns-sem-${id}.img`, kinds.ipcns_sem)
          }
        }
      }
      default:
        return {}
    }
  })
