/** The end of a command of which some parts failed: the other parts have been done and printed. */
import * as Effect from "effect/Effect"
import { type CommandError, reportError } from "./failure.ts"
import type { Output } from "./Output.ts"
import { Settings } from "./Settings.ts"

/** Prints all failures but the last, and fails with that; does nothing where there are none. */
export const failWith = <E extends CommandError>(
  failures: ReadonlyArray<E>,
  command: string
): Effect.Effect<void, E, Output | Settings> =>
  Effect.gen(function* () {
    const last = failures.at(-1)
    if (last === undefined) return
    const { format } = yield* Settings
    yield* Effect.forEach(
      failures.slice(0, -1),
      (failure) => reportError(failure, { json: format === "json", debug: false, command })
    )
    return yield* Effect.fail(last)
  })
