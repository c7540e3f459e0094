/** The locks of an operation, within the caller's bound on time. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { type CheckpointBusy, type StorageFailed, TimedOut } from "../domain/CheckpointError.ts"
import { CheckpointStore, type LockRequest } from "./CheckpointStore.ts"
import type { Lease } from "./Disk.ts"

/** Holds a container, a name, or both; waits for as long as the options allow. */
export const hold = (
  request: Omit<LockRequest, "wait">,
  operation: string,
  options: { readonly wait?: boolean | undefined; readonly timeout?: number | undefined }
): Effect.Effect<Lease, CheckpointBusy | StorageFailed | TimedOut, CheckpointStore | Scope.Scope> =>
  Effect.gen(function* () {
    const store = yield* CheckpointStore
    const locked = store.lock({ ...request, wait: options.wait ?? true })
    const { timeout } = options
    return yield* timeout === undefined ? locked : Effect.timeoutFail(locked, {
      duration: Duration.millis(timeout),
      onTimeout: () =>
        new TimedOut({ operation, container: request.container.name ?? request.container.id, milliseconds: timeout })
    })
  })
