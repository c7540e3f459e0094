/**
 * The use case recover: what interrupted operations left of a container, or of all, is brought to an end.
 *
 * What becomes of one attempt is `recover.ts`, and of a locked network `unlockNetwork.ts`.
 */
import * as Arr from "effect/Array"
import * as Effect from "effect/Effect"
import type { CheckpointBusy, InvalidCheckpointDirectory, TimedOut } from "../domain/CheckpointError.ts"
import type { RemoveOptions } from "../domain/CheckpointOptions.ts"
import type { Recovered } from "../domain/Outcome.ts"
import type { Ports } from "./Attempt.ts"
import { findDirectory, type FindError } from "./findContainer.ts"
import { hold } from "./hold.ts"
import { everyContainer } from "./readCheckpoints.ts"
import { settle, type SettleError } from "./recover.ts"
import * as Telemetry from "./telemetry.ts"
import { unlockLeft } from "./unlockNetwork.ts"

/** What recover can fail with. */
export type RecoverError = InvalidCheckpointDirectory | FindError | CheckpointBusy | TimedOut | SettleError

/** Options of recover. */
export type RecoverOptions = Omit<RemoveOptions, "durability">

/**
 * Recovers one container, or all: those that the runtime knows, and those that only checkpoints or attempts are left of. Of
 * all, each has its turn whatever becomes of another; the first failure is the result.
 */
export const recoverContainers = Effect.fn("Checkpoints.recover")(function* (
  reference: string | undefined,
  options: RecoverOptions
): Effect.fn.Return<ReadonlyArray<Recovered>, RecoverError, Ports> {
  if (reference !== undefined) return yield* recoverOne(reference, options)
  const ids = (yield* everyContainer).map(({ id }) => id).sort()
  const [failures, recovered] = Arr.separate(
    yield* Effect.forEach(ids, (id) => Effect.either(recoverOne(id, options)))
  )
  const [first] = failures
  return first === undefined ? recovered.flat() : yield* Effect.fail(first)
}, Telemetry.counted("recover"))

const recoverOne = (reference: string, options: RecoverOptions) =>
  Effect.gen(function* () {
    const { container, directory } = yield* findDirectory(reference, options)
    const lease = yield* hold({ container, hold: "container", directory }, "recover", options)
    const recovered = yield* settle(container, directory, lease)
    return [...recovered, ...yield* unlockLeft(container)]
  }).pipe(Effect.scoped)
