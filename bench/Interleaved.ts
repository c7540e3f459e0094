/** Two ways of doing the same work, timed in turn, so that whatever else the machine does falls on both alike. */
import * as Effect from "effect/Effect"
import type { Pairs } from "./Row.ts"

/** One way of doing the work; only `run` is timed. */
export interface Way<E, R> {
  readonly before?: Effect.Effect<unknown, E, R>
  readonly run: Effect.Effect<unknown, E, R>
  readonly after?: Effect.Effect<unknown, E, R>
}

/** Runs both ways `pairs` times in turn, each as often first; the `warmUp` pairs before them are not counted. */
export const interleave = <E, R>(
  pairs: number,
  warmUp: number,
  ours: Way<E, R>,
  bare: Way<E, R>
): Effect.Effect<Pairs, E, R> =>
  Effect.gen(function* () {
    const times = { ours: new Array<number>(), bare: new Array<number>() }
    for (let pair = -warmUp; pair < pairs; pair++) {
      const first = pair % 2 === 0
      const one = yield* timed(first ? ours : bare)
      const other = yield* timed(first ? bare : ours)
      if (pair < 0) continue
      times.ours.push(first ? one : other)
      times.bare.push(first ? other : one)
    }
    return times
  })

/** How long it takes, in milliseconds. */
export const timed = <E, R>(way: Way<E, R>): Effect.Effect<number, E, R> =>
  Effect.gen(function* () {
    yield* way.before ?? Effect.void
    const begun = performance.now()
    yield* way.run
    const taken = performance.now() - begun
    yield* way.after ?? Effect.void
    return taken
  })
