/**
 * The processes that were dumped, as they are afterwards: looked up, let go on, rolled back.
 *
 * An engine may have started others in their place: of those nothing was dumped, and nothing is done to them.
 */
import * as Effect from "effect/Effect"
import { type Container, isSameProcess } from "../domain/Container.ts"
import type * as Creation from "../domain/Creation.ts"
import type { Attempt } from "./Attempt.ts"
import { CheckpointStore, type Staging } from "./CheckpointStore.ts"
import { refresh } from "./findContainer.ts"
import { Runtime } from "./Runtime.ts"

/** The container's state as the runtime tells it; `undefined` when it cannot be asked. */
export const lookUp = (container: Container) =>
  Effect.orElseSucceed(Effect.map(refresh(container), (now) => now.state), () => undefined)

/** The same of the processes that were dumped: where others have taken their place, as an engine starts them, they are gone. */
export const lookUpDumped = (container: Container) =>
  Effect.orElseSucceed(
    Effect.map(refresh(container), (now) => isAnother(container, now) ? ("stopped" as const) : now.state),
    () => undefined
  )

/** Lets go on what was dumped, where it stands still. */
export const goOn = (attempt: Attempt) =>
  Effect.gen(function* () {
    const runtime = yield* Runtime
    const now = yield* refresh(attempt.container)
    if (now.state === "paused" && !isAnother(attempt.container, now)) yield* runtime.resume(now, attempt.lease)
  })

/** The container goes on as it was and the attempt is swept; what fails here is left for recover. */
export const rollBack = (attempt: Attempt, plan: Creation.CreationPlan, staging: Staging) =>
  Effect.gen(function* () {
    const store = yield* CheckpointStore
    if (!plan.paused) yield* goOn(attempt)
    yield* store.discard(staging)
  }).pipe(
    Effect.catchAll((error) => Effect.logWarning("Cannot roll back a checkpoint, the next operation will", error))
  )

const isAnother = (then: Container, now: Container): boolean =>
  then.process !== undefined && now.process !== undefined && !isSameProcess(then.process, now.process)
