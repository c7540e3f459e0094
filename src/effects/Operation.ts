/**
 * A long operation while it runs: its id, its state, its progress, its result.
 *
 * Nobody who stops looking at the progress or at the result cancels anything; `cancel` does.
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import * as Stream from "effect/Stream"
import * as SubscriptionRef from "effect/SubscriptionRef"
import { initial, type Progress } from "../domain/Progress.ts"

/** Where an operation stands. */
export type OperationState = "running" | "succeeded" | "failed" | "interrupted"

/** Is told how far an operation has come. */
export type Report = (progress: Progress) => Effect.Effect<void>

/** A running operation. */
export interface Operation<out A, out E> {
  readonly id: string
  readonly state: Effect.Effect<OperationState>
  /** Where it stands now, and every step from here on; ends with the operation. */
  readonly progress: Stream.Stream<Progress>
  /** Waits for the result. Interrupting the wait leaves the operation running. */
  readonly result: Effect.Effect<A, E>
  /** Cancels before the freeze; during the dump it waits for the dump's end and rolls back. Ends when the operation has. */
  readonly cancel: Effect.Effect<void>
}

/** Starts work on a fiber of its own, which outlives the caller's. */
export const begin = <A, E, R>(
  work: (report: Report, id: string) => Effect.Effect<A, E, R>
): Effect.Effect<Operation<A, E>, never, R> =>
  Effect.gen(function* () {
    const id = yield* randomId
    const progress = yield* SubscriptionRef.make(initial)
    const report: Report = (next) => SubscriptionRef.set(progress, next)
    const fiber = yield* Effect.interruptible(work(report, id)).pipe(
      Effect.ensuring(SubscriptionRef.update(progress, (last): Progress => ({ ...last, step: "done" }))),
      Effect.forkDaemon
    )
    return {
      id,
      state: Effect.map(Fiber.poll(fiber), stateOf),
      progress: Stream.takeUntil(progress.changes, (next) => next.step === "done"),
      result: Fiber.join(fiber),
      cancel: Effect.asVoid(Fiber.interrupt(fiber))
    }
  })

/** Nobody looks at the progress, of an operation that is run on its caller's own fiber: there is nothing to find out for it. */
export const unwatched: Report = () => Effect.void

/** Sixteen random hexadecimal digits, from the `Random` service. */
export const randomId: Effect.Effect<string> = Effect.map(
  Effect.all([Random.nextIntBetween(0, 0x100000000), Random.nextIntBetween(0, 0x100000000)]),
  (halves) => halves.map((half) => half.toString(16).padStart(8, "0")).join("")
)

const stateOf = <A, E>(exit: Option.Option<Exit.Exit<A, E>>): OperationState =>
  Option.match(exit, {
    onNone: () => "running",
    onSome: (done) => Exit.isSuccess(done) ? "succeeded" : Exit.isInterrupted(done) ? "interrupted" : "failed"
  })
