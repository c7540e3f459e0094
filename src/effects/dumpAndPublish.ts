/**
 * What a create does under its locks: freeze, dump, publish, and, where asked, stop.
 *
 * The promises of atomicity, of never betting the container on the disk, and of interruption are kept here;
 * the disk is the store's, CRIU the runtime's.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Metric from "effect/Metric"
import { CheckpointUnpublished } from "../domain/CheckpointError.ts"
import type { Checkpoint } from "../domain/Checkpoint.ts"
import type { Container } from "../domain/Container.ts"
import * as Creation from "../domain/Creation.ts"
import type { Created } from "../domain/Outcome.ts"

import type { Attempt, AttemptError, Ports } from "./Attempt.ts"
import { CheckpointStore, type Staging } from "./CheckpointStore.ts"
import { lookUp, lookUpDumped, rollBack } from "./dumpedContainer.ts"
import { finish, undo } from "./finishCreate.ts"
import { checkAhead, checkRoom, freezeAndDump, stage } from "./freezeAndDump.ts"
import { type Dumped, Runtime } from "./Runtime.ts"
import * as Telemetry from "./telemetry.ts"
import { beforeFreeze, thenAfterDump } from "./tellHooks.ts"

/** Freezes, dumps, publishes and, where asked, stops. */
export const dumpAndPublish = (attempt: Attempt): Effect.Effect<Created, AttemptError, Ports> =>
  Effect.uninterruptibleMask((restore) =>
    Effect.gen(function* () {
      const runtime = yield* Runtime
      const plan = yield* Creation.decide(attempt.container, attempt.options, runtime.stopsByItself)
      const staging = yield* stage(attempt, plan)
      // What can be known before the freeze is, and can still be interrupted.
      const ahead = <A, E, R>(check: Effect.Effect<A, E, R>) => Effect.onError(restore(check), () => sweep(staging))
      const prepares = attempt.hooks.beforeFreeze !== undefined
      const needed = yield* ahead((prepares ? checkRoom : checkAhead)(attempt, staging))
      return yield* thenAfterDump(
        attempt,
        Effect.gen(function* () {
          const total = prepares ? yield* ahead(prepare(attempt, staging)) : needed
          const dump = yield* Effect.exit(freezeAndDump(attempt, plan, staging, total))
          return yield* isGone(yield* lookUpDumped(attempt.container), plan)
            ? publishOneCopy(attempt, plan, staging, dump)
            : publishBeside(attempt, plan, staging, dump, restore)
        })
      )
    })
  )

/** The hook closes what cannot be dumped and empties what takes room: both are looked at behind it. */
const prepare = (attempt: Attempt, staging: Staging) =>
  Effect.zipRight(beforeFreeze(attempt), checkAhead(attempt, staging))

/** Whether the staging folder may be all that is left of the container. When in doubt, it is. */
const isGone = (state: Container["state"] | undefined, plan: Creation.CreationPlan) =>
  state === undefined ? plan.mode === "StopInDump" : state !== "running" && state !== "paused"

/** The container lives: until the rename, going back is always possible, and an interruption does. */
const publishBeside = (
  attempt: Attempt,
  plan: Creation.CreationPlan,
  staging: Staging,
  dump: Exit.Exit<Dumped, AttemptError>,
  restore: <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
) =>
  Effect.gen(function* () {
    const { checkpoint, dumped } = yield* restore(Effect.void).pipe(
      Effect.zipRight(dump),
      Effect.flatMap((dumped) =>
        Effect.map(publish(attempt, staging, dumped), (checkpoint) => ({ checkpoint, dumped }))
      ),
      Effect.onError(() => rollBack(attempt, plan, staging))
    )
    const finished = yield* Effect.catchAll(
      finish(attempt, plan, checkpoint),
      (error) => undo(attempt, plan, staging, checkpoint, error)
    )
    const warnings = [...dumped.warnings, ...finished.warnings]
    return yield* conclude(attempt, finished.sure ? staging : undefined, checkpoint, warnings)
  })

/** The container does not live: whatever was dumped of it is kept, and an interruption has to wait. */
const publishOneCopy = (
  attempt: Attempt,
  plan: Creation.CreationPlan,
  staging: Staging,
  dump: Exit.Exit<Dumped, AttemptError>
) =>
  Effect.gen(function* () {
    const dumped = yield* Exit.isSuccess(dump) ? dump : rescue(attempt, plan, staging, dump)
    const checkpoint = yield* Effect.mapError(publish(attempt, staging, dumped), (error) =>
      new CheckpointUnpublished({
        container: attempt.container.name ?? attempt.container.id,
        checkpoint: attempt.name,
        path: staging.path,
        detail: error.message
      }))
    const now = yield* lookUp(attempt.container)
    return yield* conclude(attempt, staging, checkpoint, [
      ...dumped.warnings,
      ...(plan.mode === "StopInDump" ? [] : [lost]),
      ...(now === "running" || now === "paused" ? [anew] : [])
    ])
  })

/** The dump failed and the container is gone: its images, if whole, are all there is. */
const rescue = (
  attempt: Attempt,
  plan: Creation.CreationPlan,
  staging: Staging,
  failed: Exit.Exit<Dumped, AttemptError>
) =>
  Effect.gen(function* () {
    const store = yield* CheckpointStore
    if (yield* Effect.orElseSucceed(store.isDumped(staging), () => true)) {
      return { files: [], warnings: [rescued] } satisfies Dumped
    }
    if (plan.mode !== "StopInDump") yield* rollBack(attempt, plan, staging)
    return yield* failed
  })

const rescued =
  "the runtime reported a failure, but the container is gone and its images are there: they were published"
const anew = "somebody has started the container anew meanwhile: what runs now is not what was checkpointed"
const lost = "the container did not live through the checkpoint, it can be restored from it"

const publish = (attempt: Attempt, staging: Staging, dumped: Dumped) =>
  Effect.gen(function* () {
    const store = yield* CheckpointStore
    const bytes = yield* store.imageBytes(staging)
    yield* attempt.report({ step: "syncing", bytes, total: bytes })
    const now = yield* Clock.currentTimeMillis
    const config = Creation.describe(staging.intent, new Date(now).toISOString(), {
      bytes,
      milliseconds: now - staging.intent.started,
      ...(dumped.statistics === undefined ? {} : { statistics: dumped.statistics }),
      files: dumped.files,
      beneath: dumped.beneath
    })
    return yield* store.publish(staging, config, attempt.options.durability ?? "full")
  })

const conclude = (
  attempt: Attempt,
  finished: Staging | undefined,
  checkpoint: Checkpoint,
  warnings: ReadonlyArray<string>
) =>
  Effect.gen(function* () {
    const store = yield* CheckpointStore
    if (finished !== undefined) yield* Effect.ignore(store.discard(finished))
    const state = (yield* lookUp(attempt.container)) ?? "forgotten"
    yield* Metric.incrementBy(Telemetry.publishedBytes, checkpoint.record?.bytes ?? 0)
    const frozen = checkpoint.record?.statistics?.frozenMicros
    if (frozen !== undefined) yield* Metric.update(Telemetry.frozenMicros, frozen)
    return { checkpoint, state, warnings } satisfies Created
  })

/** Nothing was done to the container, whatever somebody else has done to it since. */
const sweep = (staging: Staging) =>
  Effect.flatMap(CheckpointStore, (store) => store.discard(staging)).pipe(
    Effect.catchAll((error) => Effect.logWarning("Cannot sweep an attempt, the next operation will", error))
  )
