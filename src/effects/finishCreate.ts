/**
 * The end of a create whose container lives: it is stopped, or goes on as it was. What goes wrong here is undone; what
 * cannot be told apart from a loss is kept.
 */
import * as Effect from "effect/Effect"
import type { Checkpoint } from "../domain/Checkpoint.ts"
import { RuntimeFailed } from "../domain/CheckpointError.ts"
import { type Container, isLive } from "../domain/Container.ts"
import type * as Creation from "../domain/Creation.ts"
import type { Step } from "../domain/Progress.ts"
import type { Attempt, AttemptError } from "./Attempt.ts"
import { CheckpointStore, type Staging } from "./CheckpointStore.ts"
import { goOn, lookUpDumped, rollBack } from "./dumpedContainer.ts"
import { refresh } from "./findContainer.ts"
import { Runtime } from "./Runtime.ts"

/** What is left to do to a living container after its checkpoint was published. */
export const finish = (attempt: Attempt, plan: Creation.CreationPlan, checkpoint: Checkpoint) =>
  Effect.gen(function* () {
    const runtime = yield* Runtime
    const { container, lease, report } = attempt
    if (plan.mode === "PauseThenStop") {
      yield* requireStill(container)
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

/** What it has done since the dump would be lost. */
const requireStill = (container: Container) =>
  Effect.gen(function* () {
    const runtime = yield* Runtime
    if ((yield* lookUpDumped(container)) !== "running") return
    return yield* new RuntimeFailed({
      operation: "stop",
      container: container.name ?? container.id,
      runtime: runtime.name,
      reason: "Unknown",
      detail: "somebody has let it go on after it was dumped"
    })
  })

/** What became of the container after its checkpoint was published. */
export interface Finished {
  readonly warnings: ReadonlyArray<string>
  /** It is known what it is now: the attempt is of no use any more. */
  readonly sure: boolean
}

const finishedWith = (...warnings: ReadonlyArray<string>): Finished => ({ warnings, sure: true })

/**
 * A container that could not be stopped goes on, without its checkpoint; one that is gone all the same needs it. Where nobody can say
 * which it is, or it was killed and its end was not seen, the checkpoint stays, and the attempt with it: recover looks again.
 */
export const undo = (
  attempt: Attempt,
  plan: Creation.CreationPlan,
  staging: Staging,
  checkpoint: Checkpoint,
  error: AttemptError
) =>
  Effect.gen(function* () {
    const store = yield* CheckpointStore
    if (isKilled(error)) return unsure(error)
    const before = yield* lookUpDumped(attempt.container)
    if (before === "paused" && !plan.paused) yield* Effect.ignore(goOn(attempt))
    const state = yield* lookUpDumped(attempt.container)
    if (state === undefined) return unsure(error)
    if (state !== "running" && state !== "paused") return finishedWith(error.message)
    yield* Effect.ignore(store.remove(checkpoint, attempt.directory, attempt.options.durability ?? "full"))
    yield* rollBack(attempt, plan, staging)
    return yield* Effect.fail(error)
  })

/** A runtime that has killed a container, and waits for its end in vain, says that it is busy. */
const isKilled = (error: AttemptError) => error._tag === "RuntimeFailed" && error.reason === "Busy"

const unsure = (error: AttemptError): Finished => ({
  warnings: [`${error.message}; what became of the container is not known, "recover" looks again`],
  sure: false
})

const at = (step: Step, checkpoint: Checkpoint) => {
  const bytes = checkpoint.record?.bytes ?? 0
  return { step, bytes, total: bytes }
}
