/**
 * The use case create: a running container is frozen and kept under a name.
 *
 * This file checks what can be checked before anything is touched, and takes the locks. What happens under
 * them is `dumpAndPublish.ts`.
 */
import * as Effect from "effect/Effect"
import {
  type CheckpointBusy,
  type CheckpointDamaged,
  type CheckpointNotFound,
  ContainerNotRunning,
  type InvalidCheckpointDirectory,
  type InvalidCheckpointName
} from "../domain/CheckpointError.ts"
import * as CheckpointName from "../domain/CheckpointName.ts"
import type { CreateOptions } from "../domain/CheckpointOptions.ts"
import { isLive } from "../domain/Container.ts"
import type { Created } from "../domain/Outcome.ts"
import type { AttemptError, Ports } from "./Attempt.ts"
import { dumpAndPublish } from "./dumpAndPublish.ts"
import { findDirectory, type FindError, refresh } from "./findContainer.ts"
import { hold } from "./hold.ts"
import type { Hooks } from "./Hooks.ts"
import { checkLineage, holdParent } from "./lineage.ts"
import type { Report } from "./Operation.ts"
import { record, recordFailure } from "./record.ts"
import { settle } from "./recover.ts"
import { Runtime } from "./Runtime.ts"
import { sealHeld } from "./sealCheckpoint.ts"
import * as Telemetry from "./telemetry.ts"
import { warnOfLock } from "./unlockNetwork.ts"

/** What create can fail with. */
export type CreateError =
  | InvalidCheckpointName
  | InvalidCheckpointDirectory
  | FindError
  | CheckpointBusy
  | CheckpointNotFound
  | CheckpointDamaged
  | AttemptError

/** Checkpoints a container under a name. */
export const createCheckpoint = Effect.fn("Checkpoints.create")(function* (
  reference: string,
  nameText: string,
  options: CreateOptions,
  report: Report,
  operation: string,
  hooks: Hooks = {}
): Effect.fn.Return<Created, CreateError, Ports> {
  const name = yield* CheckpointName.parse(nameText)
  const { container, directory } = yield* findDirectory(reference, options, true)
  if (!isLive(container)) {
    return yield* new ContainerNotRunning({ container: container.name ?? container.id, state: container.state })
  }
  const runtime = yield* Runtime
  yield* checkLineage(name, options)
  yield* runtime.checkOptions("checkpoint", options)
  return yield* Effect.gen(function* () {
    const lease = yield* hold({ container, hold: "both", directory, name }, "checkpoint", options)
    yield* report({ step: "checking", bytes: 0, total: 0 })
    yield* settle(container, directory, lease)
    const parent = options.parentPath === undefined
      ? undefined
      : yield* holdParent(container, directory, options.parentPath, options)
    const created = yield* dumpAndPublish({
      container: yield* refresh(container),
      name,
      directory,
      options,
      lease: parent === undefined ? lease : { descriptors: [...lease.descriptors, ...parent.lease.descriptors] },
      ...(parent === undefined ? {} : { parentOperation: parent.operation }),
      report,
      hooks,
      operation
    })
    const seal = options.seal === true ? yield* sealPublished(created, options) : undefined
    const warnings = yield* record("checkpoint", container, {
      checkpoint: name,
      checkpointDir: directory,
      exit: options.leaveRunning !== true,
      bytes: created.checkpoint.record?.bytes,
      frozenMicros: created.checkpoint.record?.statistics?.frozenMicros,
      beneath: created.checkpoint.record?.runtime?.beneath
    })
    const locked = yield* warnOfLock(created, container, options.checkpointDir)
    return {
      ...created,
      ...(seal === undefined ? {} : { sealed: seal.sealed }),
      warnings: [...created.warnings, ...(seal?.warnings ?? []), ...locked, ...warnings]
    }
  }).pipe(
    Effect.scoped,
    Effect.tapError((error) => recordFailure("checkpoint-failed", container, name, error))
  )
}, Telemetry.counted("create"))

/**
 * Seals what was published: no container stands still for it, nobody else holds the name, and one who is killed leaves a whole
 * checkpoint without a seal.
 */
const sealPublished = ({ checkpoint }: Created, { durability }: CreateOptions) =>
  Effect.match(sealHeld(checkpoint, { durability }), {
    onSuccess: () => ({ sealed: true, warnings: [] }),
    onFailure: (error) => ({ sealed: false, warnings: [error.message] })
  })
