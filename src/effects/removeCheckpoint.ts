/** The use case remove: exactly one checkpoint is taken away, whole or damaged; nothing else ever is. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { Ports } from "./Attempt.ts"
import type {
  CheckpointBusy,
  CheckpointNotFound,
  InvalidCheckpointDirectory,
  InvalidCheckpointName,
  TimedOut
} from "../domain/CheckpointError.ts"
import * as CheckpointName from "../domain/CheckpointName.ts"
import type { RemoveOptions } from "../domain/CheckpointOptions.ts"
import type { Removed } from "../domain/Outcome.ts"
import { CheckpointStore } from "./CheckpointStore.ts"
import { findDirectory, type FindError } from "./findContainer.ts"
import { hold } from "./hold.ts"
import { record } from "./record.ts"
import * as Telemetry from "./telemetry.ts"
import { networkOf, unlockAfterRemoval } from "./unlockNetwork.ts"

/** What remove can fail with. */
export type RemoveError =
  | InvalidCheckpointName
  | InvalidCheckpointDirectory
  | FindError
  | CheckpointBusy
  | CheckpointNotFound
  | TimedOut

/** Removes one checkpoint. */
export const removeCheckpoint = Effect.fn("Checkpoints.remove")(function* (
  reference: string,
  nameText: string,
  options: RemoveOptions
): Effect.fn.Return<Removed, RemoveError, Ports> {
  const name = yield* CheckpointName.parseExisting(nameText)
  const { container, directory } = yield* findDirectory(reference, options)
  const store = yield* CheckpointStore
  // Looked up before the lock as well: a name that nobody has leaves no trace of the question.
  const network = yield* networkOf(container, yield* store.get(container, directory, name))
  return yield* Effect.scoped(Effect.gen(function* () {
    // Whoever restores the container, or stops it again, must not do so while its network is looked after.
    if (Option.isSome(network)) {
      yield* hold({ container, hold: "container", directory }, "remove the checkpoint of", options)
    }
    yield* hold({ container, hold: "name", directory, name }, "remove the checkpoint of", options)
    const checkpoint = yield* store.get(container, directory, name)
    return yield* Effect.uninterruptible(Effect.gen(function* () {
      yield* store.remove(checkpoint, directory, options.durability ?? "full")
      const warnings = yield* record("checkpoint-remove", container, { checkpoint: name, checkpointDir: directory })
      if (Option.isNone(network)) return { checkpoint, warnings }
      const released = yield* unlockAfterRemoval(container, network.value)
      return { checkpoint, ...released, warnings: [...warnings, ...released.warnings] }
    }))
  }))
}, Telemetry.counted("remove"))
