/**
 * What operations leave in the fiber that calls them: nothing. A fiber that works for months would else grow slower and
 * larger with each of them, for what a joined fiber changed is kept in its parent for good.
 */
import { expect } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Checkpoints } from "stasis"
import type { Services } from "./Subject.ts"

/** Fails the test where a round of operations leaves more in the fiber than the one before. */
export const staysSmall = (container: string): Effect.Effect<void, unknown, Services> =>
  Effect.gen(function* () {
    yield* rounds(container, 3)
    const before = yield* size
    yield* rounds(container, 6)
    expect(yield* size).toBe(before)
  })

const rounds = (container: string, times: number) =>
  Effect.replicateEffect(
    Effect.gen(function* () {
      yield* Checkpoints.create(container, "first", { leaveRunning: true, timeout: 60_000 })
      const begun = yield* Checkpoints.beginCreate(container, "second", { leaveRunning: true })
      yield* begun.result
      yield* Checkpoints.list(container)
      yield* Checkpoints.list()
      yield* Effect.flip(Checkpoints.create(container, "first", { leaveRunning: true }))
      yield* Checkpoints.restore(container, "first", { replace: true })
      yield* Checkpoints.remove(container, "first")
      yield* Checkpoints.remove(container, "second", { timeout: 60_000 })
      yield* Checkpoints.recover(container)
    }),
    times,
    { discard: true }
  )

/** Everything that the fiber keeps of its own and of fibers that it joined. */
const size = Effect.map(Effect.getFiberRefs, ({ locals }) => {
  let all = 0
  for (const stack of locals.values()) all += stack.length
  return all
})
