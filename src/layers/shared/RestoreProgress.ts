/**
 * How far a restore has come, as it can be seen from outside: the memory of the processes that it starts, and what is brought in
 * behind a lazy one.
 *
 * Nothing is looked at for a report that nobody watches.
 */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type { Progress } from "../../domain/Progress.ts"
import { type Report, unwatched } from "../../effects/Operation.ts"
import type { LazyPages } from "./LazyPages.ts"
import * as Proc from "./Proc.ts"

/** Tells, while a restore runs, how much memory the processes have that it has started. It says itself when it has a pid. */
export const whileRestoring = <A, E, R>(
  report: Report,
  restoring: (onStart: (pid: number) => void) => Effect.Effect<A, E, R>
): Effect.Effect<A, E, R> =>
  Effect.gen(function* () {
    if (report === unwatched) return yield* restoring(() => {})
    const started = yield* Deferred.make<number>()
    return yield* watching(
      report,
      Effect.map(Deferred.await(started), (pid) => () => step("restoring", Proc.residentBytes(Proc.descendants(pid)))),
      restoring((pid) => Deferred.unsafeDone(started, Effect.succeed(pid)))
    )
  })

/**
 * Waits until all memory of a lazy restore is in, and tells how much is.
 *
 * @param total bytes of the checkpoint, which is what is in at the end
 */
export const whilePaging = <E>(
  report: Report,
  pages: Pick<LazyPages, "bytes"> & { readonly allIn: Effect.Effect<void, E> },
  total: number
): Effect.Effect<void, E> =>
  Effect.gen(function* () {
    if (report === unwatched) return yield* pages.allIn
    yield* report(step("paging", pages.bytes()))
    yield* watching(report, Effect.succeed(() => step("paging", pages.bytes())), pages.allIn)
    yield* report(step("paging", total))
  })

/** Does something and looks meanwhile, as soon as there is something to look at. */
const watching = <A, E, R>(
  report: Report,
  begun: Effect.Effect<() => Progress>,
  work: Effect.Effect<A, E, R>
): Effect.Effect<A, E, R> =>
  Effect.gen(function* () {
    const watch = yield* begun.pipe(
      Effect.flatMap((look) => Effect.forever(Effect.delay(Effect.suspend(() => report(look())), 50))),
      Effect.interruptible,
      Effect.fork
    )
    return yield* Effect.ensuring(work, Fiber.interrupt(watch))
  })

/** The use case knows of how many. */
const step = (name: Progress["step"], bytes: number): Progress => ({ step: name, bytes, total: 0 })
