/** The locks of an in-memory store: one for a container, one for each name in a directory, always in that order. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { CheckpointBusy } from "../../domain/CheckpointError.ts"
import type { LockRequest } from "../../effects/CheckpointStore.ts"
import { type Lease, noLease } from "../../effects/Disk.ts"
import { onClose } from "../shared/onClose.ts"
import { LockQueue } from "./LockQueue.ts"

/** The lock of a new store. */
export const make = () => {
  const queues = new Map<string, LockQueue>()
  const release = (key: string, queue: LockQueue) =>
    Effect.sync(() => {
      queue.release()
      // Nobody waits for it: whoever comes next makes it anew.
      if (queue.isFree) queues.delete(key)
    })
  return (request: LockRequest): Effect.Effect<Lease, CheckpointBusy, Scope.Scope> =>
    Effect.uninterruptibleMask((restore) =>
      Effect.gen(function* () {
        for (const key of keysOf(request)) {
          const queue = queues.get(key) ?? new LockQueue()
          queues.set(key, queue)
          if (!(yield* queue.take(request.wait, restore))) return yield* busy(request)
          yield* onClose(release(key, queue))
        }
        return noLease
      })
    )
}

const keysOf = ({ container, directory, hold, name }: LockRequest): ReadonlyArray<string> => [
  ...(hold === "name" ? [] : [container.id]),
  ...(hold === "container" || name === undefined ? [] : [`${directory}/${name}`])
]

const busy = ({ container, name }: LockRequest) =>
  new CheckpointBusy({
    container: container.name ?? container.id,
    ...(name === undefined ? {} : { checkpoint: name })
  })
