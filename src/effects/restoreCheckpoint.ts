/**
 * The use case restore: a container is brought back to where it was; the checkpoint stays.
 *
 * A running container is rolled back only behind a safety checkpoint, to which it returns when the restore
 * fails.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Ref from "effect/Ref"
import type { AttemptError, Ports } from "./Attempt.ts"
import { dumpAndPublish } from "./dumpAndPublish.ts"
import type { Checkpoint } from "../domain/Checkpoint.ts"
import type { CheckpointDirectory } from "../domain/CheckpointDirectory.ts"
import {
  type CheckpointBusy,
  type CheckpointDamaged,
  type CheckpointNotFound,
  type ContainerMismatch,
  type ContainerRunning,
  type InvalidCheckpointDirectory,
  type InvalidCheckpointName,
  RuntimeFailed
} from "../domain/CheckpointError.ts"
import * as CheckpointName from "../domain/CheckpointName.ts"
import { criuOptions, type RestoreOptions } from "../domain/CheckpointOptions.ts"
import type { Container } from "../domain/Container.ts"
import type { Restored } from "../domain/Outcome.ts"
import * as Restoration from "../domain/Restoration.ts"
import { CheckpointStore } from "./CheckpointStore.ts"
import type { Lease } from "./Disk.ts"
import { findDirectory, type FindError, refresh } from "./findContainer.ts"
import { hold } from "./hold.ts"
import type { Hooks } from "./Hooks.ts"
import { requireAncestors } from "./lineage.ts"
import { randomId, type Report, unwatched } from "./Operation.ts"
import { record, recordFailure } from "./record.ts"
import { settle } from "./recover.ts"
import { Runtime } from "./Runtime.ts"
import * as Telemetry from "./telemetry.ts"
import { afterRestore } from "./tellHooks.ts"
import { networkOf, unlockAfterRemoval } from "./unlockNetwork.ts"

/** What restore can fail with. */
export type RestoreError =
  | InvalidCheckpointName
  | InvalidCheckpointDirectory
  | FindError
  | CheckpointBusy
  | CheckpointNotFound
  | CheckpointDamaged
  | ContainerMismatch
  | ContainerRunning
  | AttemptError

/** Restores a container from a checkpoint. */
export const restoreCheckpoint = Effect.fn("Checkpoints.restore")(function* (
  reference: string,
  nameText: string,
  options: RestoreOptions,
  report: Report,
  hooks: Hooks = {}
): Effect.fn.Return<Restored, RestoreError, Ports> {
  const name = yield* CheckpointName.parseExisting(nameText)
  const { container, directory } = yield* findDirectory(reference, options)
  const runtime = yield* Runtime
  const store = yield* CheckpointStore
  yield* runtime.checkOptions("restore", options)
  return yield* Effect.gen(function* () {
    const lease = yield* hold({ container, hold: "both", directory, name }, "restore", options)
    yield* report({ step: "checking", bytes: 0, total: 0 })
    yield* settle(container, directory, lease)
    const now = yield* refresh(container)
    const checkpoint = yield* store.get(now, directory, name)
    const plan = yield* Restoration.decide(now, checkpoint, options)
    yield* requireAncestors(now, directory, checkpoint)
    yield* runtime.checkRestore(now, { checkpoint, options: plan.options })
    const target: Target = { container: now, name, checkpoint, directory, plan, lease, report, hooks }
    const ownWarnings = yield* plan.replace ? rollBackTo(target) : start(target)
    const after = yield* refresh(now)
    const warnings = yield* record("restore", container, {
      checkpoint: name,
      checkpointDir: directory,
      replace: plan.replace
    })
    return {
      checkpoint,
      state: after.state,
      ...(after.process === undefined ? {} : { pid: after.process.pid }),
      warnings: [...ownWarnings, ...warnings]
    }
  }).pipe(
    Effect.scoped,
    Effect.tapError((error) => recordFailure("restore-failed", container, name, error))
  )
}, Telemetry.counted("restore"))

interface Target {
  readonly container: Container
  readonly name: CheckpointName.CheckpointName
  readonly checkpoint: Checkpoint
  /** The checkpoint directory that it is in. */
  readonly directory: CheckpointDirectory
  readonly plan: Restoration.RestorationPlan
  readonly lease: Lease
  readonly report: Report
  readonly hooks: Hooks
}

/** Restores where no container runs, paused where it was paused; gives warnings. Not interrupted once begun. */
const start = (target: Target) =>
  Effect.gen(function* () {
    const { checkpoint, container, lease, plan, report } = target
    const runtime = yield* Runtime
    const store = yield* CheckpointStore
    const bytes = checkpoint.record?.bytes ?? 0
    yield* report({ step: "restoring", bytes: 0, total: bytes })
    const workPath = yield* store.scratch(container)
    yield* runtime.restore(container, {
      checkpoint,
      workPath,
      after: plan.pause ? "paused" : "running",
      options: plan.options,
      lease,
      report: yield* rising(report, bytes)
    })
  }).pipe(Effect.scoped, Effect.zipRight(afterRestore(target)), Effect.uninterruptible)

/** What a runtime sees of memory may fall, and holds more than the images: what is reported rises, to the total at most. */
const rising = (report: Report, total: number): Effect.Effect<Report> =>
  report === unwatched
    ? Effect.succeed(unwatched)
    : Effect.map(Ref.make(0), (highest) => ({ bytes, step }) =>
      Effect.flatMap(
        Ref.updateAndGet(highest, (before) => Math.max(before, Math.min(bytes, total))),
        (now) => report({ step, bytes: now, total })
      ))

/** Rolls a running container back, behind a safety checkpoint. */
const rollBackTo = (target: Target) =>
  Effect.gen(function* () {
    const store = yield* CheckpointStore
    const { checkpoint, container, hooks, lease, plan, report } = target
    const directory = yield* store.directory(container, undefined, true)
    const operation = yield* randomId
    const name = yield* CheckpointName.parse(Restoration.safetyName(checkpoint.name, operation))
    const { lazyPages: _, replace: __, oci: ___, ...rest } = plan.options
    const safety = yield* dumpAndPublish({
      container,
      name,
      directory,
      options: { ...criuOptions(rest), leaveRunning: false },
      lease,
      report,
      hooks,
      operation
    })
    const warnings = yield* start(target).pipe(
      Effect.catchAll((error) => goBack({ ...target, name, checkpoint: safety.checkpoint, directory }, error)),
      Effect.map((started) => [...safety.warnings, ...started])
    )
    const network = yield* networkOf(container, safety.checkpoint)
    const removed = yield* Effect.match(store.remove(safety.checkpoint, directory, "full"), {
      onSuccess: (): ReadonlyArray<string> => warnings,
      onFailure: (error) => [...warnings, `the safety checkpoint "${name}" is left: ${error.message}`]
    })
    // Connections that it had later than the checkpoint which it is back at: nobody goes on with them.
    const released = yield* Option.match(network, {
      onNone: () => Effect.succeed({ warnings: [] }),
      onSome: (locked) => unlockAfterRemoval(container, locked)
    })
    return [...removed, ...released.warnings]
  }).pipe(Effect.uninterruptible)

/** The restore failed: the container goes back to where it was when it was rolled back; always fails with the cause. */
const goBack = <E extends { readonly _tag: string; readonly message: string }>(
  target: Target,
  cause: E
) =>
  Effect.gen(function* () {
    const store = yield* CheckpointStore
    const { checkpoint, container, directory } = target
    const runtime = yield* Runtime
    const { bundle: _, ...streams } = target.plan.options.oci ?? {}
    // All at once: what was to bring the memory in behind may be what has failed.
    const { criu, lazyPages: __, oci: ___, ...rest } = target.plan.options
    const options = criu?.terminal === undefined ? rest : { ...rest, criu: { terminal: criu.terminal } }
    const plan = {
      ...target.plan,
      pause: checkpoint.record?.paused ?? false,
      // Into its own bundle and its own ids, whatever was to take their place.
      options: target.plan.options.oci === undefined ? options : { ...options, oci: streams }
    }
    const warnings = yield* Effect.mapError(
      start({ ...target, plan }),
      (error) =>
        new RuntimeFailed({
          operation: "restore",
          container: container.name ?? container.id,
          runtime: runtime.name,
          reason: "Unknown",
          detail: `${cause.message}; nor could the container be returned to where it was (${error.message}): ` +
            `it is kept in checkpoint "${checkpoint.name}"`
        })
    )
    yield* Effect.forEach(warnings, (warning) => Effect.logWarning(warning), { discard: true })
    yield* Effect.ignore(store.remove(checkpoint, directory, "full"))
    return yield* Effect.fail(cause)
  })
