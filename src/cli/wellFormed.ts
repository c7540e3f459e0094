/** What is wrong with a command line whatever there is on the machine: it is said before any runtime is asked. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as CheckpointDirectory from "../domain/CheckpointDirectory.ts"
import type { InvalidCheckpointDirectory, InvalidCheckpointName } from "../domain/CheckpointError.ts"
import * as CheckpointName from "../domain/CheckpointName.ts"

/** Fails where a name, or the directory, is none that any machine would take; `fresh` is a name for something new. */
export const wellFormed = (input: {
  readonly fresh?: string
  readonly names?: ReadonlyArray<string>
  readonly checkpointDir: Option.Option<string>
}): Effect.Effect<void, InvalidCheckpointName | InvalidCheckpointDirectory> =>
  Effect.gen(function* () {
    if (input.fresh !== undefined) yield* CheckpointName.parse(input.fresh)
    for (const name of input.names ?? []) yield* CheckpointName.parseExisting(name)
    yield* CheckpointDirectory.parseChoice(Option.getOrUndefined(input.checkpointDir))
  })
