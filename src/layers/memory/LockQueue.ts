/** A lock in memory: who holds it, and who waits for it. Those who wait get it in the order in which they came. */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"

/** A lock that one at a time holds. */
export class LockQueue {
  #held = false
  readonly #waiting = new Set<Deferred.Deferred<void>>()

  /** Nobody holds it, and nobody waits. */
  get isFree(): boolean {
    return !this.#held
  }

  /**
   * Takes the lock, at once or, with `wait`, when it is handed over; whether it is held then. The caller masks
   * interruption and gives what lifts the mask: only the wait is interrupted.
   */
  take(
    wait: boolean,
    restore: <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
  ): Effect.Effect<boolean> {
    return Effect.suspend(() => {
      if (this.#held) return wait ? Effect.as(this.#wait(restore), true) : Effect.succeed(false)
      this.#held = true
      return Effect.succeed(true)
    })
  }

  /** Gives it to the next who waits, or to nobody. */
  release(): void {
    const [next] = this.#waiting
    if (next === undefined) {
      this.#held = false
      return
    }
    this.#waiting.delete(next)
    Deferred.unsafeDone(next, Effect.void)
  }

  #wait(restore: <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>): Effect.Effect<void> {
    return Effect.flatMap(Deferred.make<void>(), (turn) => {
      this.#waiting.add(turn)
      return Effect.onInterrupt(restore(Deferred.await(turn)), () =>
        Effect.sync(() => {
          // It was handed over in the very moment of the interruption: it goes on to the next.
          if (!this.#waiting.delete(turn)) this.release()
        }))
    })
  }
}
