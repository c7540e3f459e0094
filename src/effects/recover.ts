/** The use case recover: what interrupted operations left is published, swept, or kept for a person. */
import * as Effect from "effect/Effect"
import type { CheckpointConfig } from "../domain/CheckpointConfig.ts"
import type { CheckpointDirectory } from "../domain/CheckpointDirectory.ts"
import type { StorageFailed } from "../domain/CheckpointError.ts"
import type { Container } from "../domain/Container.ts"
import { describe } from "../domain/Creation.ts"
import type { Intent } from "../domain/Intent.ts"
import type { Recovered } from "../domain/Outcome.ts"
import * as Recovery from "../domain/Recovery.ts"
import { CheckpointStore, type Interrupted } from "./CheckpointStore.ts"
import type { ContainerStore, ContainerStoreError } from "./ContainerStore.ts"
import type { Lease } from "./Disk.ts"
import type { EventLog } from "./EventLog.ts"
import { refresh } from "./findContainer.ts"
import { record } from "./record.ts"
import { Runtime, type RuntimeError } from "./Runtime.ts"

/** What settling a container can fail with. */
export type SettleError = StorageFailed | ContainerStoreError | RuntimeError

/** Brings what gone processes left of a container's operations to an end. The caller holds the container. */
export const settle = (
  container: Container,
  directory: CheckpointDirectory,
  lease: Lease
): Effect.Effect<ReadonlyArray<Recovered>, SettleError, CheckpointStore | ContainerStore | Runtime | EventLog> =>
  Effect.gen(function* () {
    const store = yield* CheckpointStore
    const runtime = yield* Runtime
    yield* runtime.settle(container)
    const interrupted = yield* store.interrupted(container, directory)
    return yield* Effect.forEach(interrupted, (one) => Effect.uninterruptible(settleOne(container, one, lease)))
  })

const settleOne = (container: Container, one: Interrupted, lease: Lease) =>
  Effect.gen(function* () {
    const store = yield* CheckpointStore
    const runtime = yield* Runtime
    const now = yield* refresh(container)
    const { staging } = one
    const plan = Recovery.decide({
      ...one,
      intent: staging.intent,
      container: now.state === "forgotten" ? undefined : now
    })
    if (plan.resume) yield* runtime.resume(now, lease)
    const recovered = (action: "published" | "discarded" | "kept"): Recovered => ({
      container: container.id,
      checkpoint: staging.intent.checkpoint,
      directory: staging.directory,
      action,
      path: action === "published" ? `${staging.directory}/${staging.intent.checkpoint}` : staging.path,
      resumed: plan.resume
    })
    if (plan.images === "keep") return recovered("kept")
    if (plan.images === "publish") {
      const published = yield* publishRescued(one).pipe(
        Effect.as(true),
        // The name was taken meanwhile: the one copy is not thrown away for it.
        Effect.catchTag("CheckpointExists", () => Effect.succeed(false))
      )
      if (!published) return recovered("kept")
      yield* record("checkpoint-recover", container, {
        checkpoint: staging.intent.checkpoint,
        checkpointDir: staging.directory
      })
    }
    yield* store.discard(staging)
    return recovered(plan.images === "publish" ? "published" : "discarded")
  })

const publishRescued = ({ staging }: Interrupted) =>
  Effect.gen(function* () {
    const store = yield* CheckpointStore
    const bytes = yield* store.imageBytes(staging)
    return yield* store.publish(staging, configOf(staging.intent, bytes), "full")
  })

const configOf = (intent: Intent, bytes: number): CheckpointConfig =>
  describe(intent, new Date(intent.started).toISOString(), { bytes })
