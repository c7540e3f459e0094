/** A finalizer without a trace in the fiber that closes the scope. */
import * as Effect from "effect/Effect"
import * as Scope from "effect/Scope"

/**
 * Runs an effect when the scope is closed.
 *
 * `Effect.addFinalizer` gives the finalizer the `FiberRefs` of the fiber that added it; where that was another one than the
 * fiber that closes the scope (a timeout, work done concurrently), the latter keeps a trace of each for good. This does not.
 */
export const onClose = (finalizer: Effect.Effect<unknown>): Effect.Effect<void, never, Scope.Scope> =>
  Effect.flatMap(Effect.scope, (scope) => Scope.addFinalizer(scope, finalizer))
