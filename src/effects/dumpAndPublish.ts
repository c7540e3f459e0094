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
import { type Container, isLive, isSameProcess } from "../domain/Container.ts"
import * as Creation from "../domain/Creation.ts"
import type { Created } from "../domain/Outcome.ts"
import type { Step } from "../domain/Progress.ts"
import type { Attempt, AttemptError, Ports } from "./Attempt.ts"
import { CheckpointStore, type Staging } from "./CheckpointStore.ts"
import { refresh } from "./findContainer.ts"
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
          return yield* isGone(yield* lookUpDumped(attempt.container), plan, dump)
            ? publishOneCopy(attempt, plan, staging, dump)
            : publishBeside(attempt, plan, staging, dump, restore)
        })
      )
    })
  )

/** The hook closes what cannot be dumped and empties what takes room: both are looked at behind it. */
const prepare = (attempt: Attempt, staging: Staging) =>
  Effect.zipRight(beforeFreeze(attempt), checkAhead(attempt, staging))

/** The container's state as the runtime tells it; `undefined` when it cannot be asked. */
const lookUp = (container: Container) =>
  Effect.orElseSucceed(Effect.map(refresh(container), (now) => now.state), () => undefined)

/** The same of the processes that were dumped: where others have taken their place, as an engine starts them, they are gone. */
const lookUpDumped = (container: Container) =>
  Effect.orElseSucceed(
    Effect.map(refresh(container), (now) => isAnother(container, now) ? ("stopped" as const) : now.state),
    () => undefined
  )

const isAnother = (then: Container, now: Container): boolean =>
  then.process !== undefined && now.process !== undefined && !isSameProcess(then.process, now.process)

/** Whether the staging folder may be all that is left of the container. When in doubt, it is. */
const isGone = (state: Container["state"] | undefined, plan: Creation.CreationPlan, dump: Exit.Exit<Dumped, unknown>) =>
  state === undefined ? plan.mode === "StopInDump" && Exit.isSuccess(dump) : state !== "running" && state !== "paused"

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

/** What is left to do to a living container after its checkpoint was published. */
const finish = (attempt: Attempt, plan: Creation.CreationPlan, checkpoint: Checkpoint) =>
  Effect.gen(function* () {
    const runtime = yield* Runtime
    const { container, lease, report } = attempt
    if (plan.mode === "PauseThenStop") {
      yield* report(at("stopping", checkpoint))
      yield* runtime.stop(container, lease)
      return finishedWith()
    }
    const now = yield* refresh(container)
    if (now.state === "paused" && !plan.paused) yield* runtime.resume(now, lease)
    return plan.mode === "StopInDump" && isLive(now)
      ? finishedWith("the runtime reported success, but did not stop the container")
      : finishedWith()
  })

/** What became of the container after its checkpoint was published. */
interface Finished {
  readonly warnings: ReadonlyArray<string>
  /** It is known what it is now: the attempt is of no use any more. */
  readonly sure: boolean
}

const finishedWith = (...warnings: ReadonlyArray<string>): Finished => ({ warnings, sure: true })

/**
 * A container that could not be stopped goes on, without its checkpoint; one that is gone all the same needs it. Where nobody can say
 * which it is, the checkpoint stays, and the attempt with it: recover lets go on what stands still.
 */
const undo = (
  attempt: Attempt,
  plan: Creation.CreationPlan,
  staging: Staging,
  checkpoint: Checkpoint,
  error: AttemptError
) =>
  Effect.gen(function* () {
    const store = yield* CheckpointStore
    const state = yield* lookUpDumped(attempt.container)
    if (state === undefined) {
      return {
        warnings: [`${error.message}; what became of the container is not known, recover looks again`],
        sure: false
      }
    }
    if (state !== "running" && state !== "paused") return finishedWith(error.message)
    yield* Effect.ignore(store.remove(checkpoint, attempt.directory, attempt.options.durability ?? "full"))
    yield* rollBack(attempt, plan, staging)
    return yield* Effect.fail(error)
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
    return yield* conclude(attempt, staging, checkpoint, [
      ...dumped.warnings,
      ...(plan.mode === "StopInDump" ? [] : [lost])
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

/** The container goes on as it was and the attempt is swept; what fails here is left for recover. */
const rollBack = (attempt: Attempt, plan: Creation.CreationPlan, staging: Staging) =>
  Effect.gen(function* () {
    const runtime = yield* Runtime
    const store = yield* CheckpointStore
    const now = yield* refresh(attempt.container)
    if (now.state === "paused" && !plan.paused) yield* runtime.resume(now, attempt.lease)
    yield* store.discard(staging)
  }).pipe(
    Effect.catchAll((error) => Effect.logWarning("Cannot roll back a checkpoint, the next operation will", error))
  )

const at = (step: Step, checkpoint: Checkpoint) => {
  const bytes = checkpoint.record?.bytes ?? 0
  return { step, bytes, total: bytes }
}
