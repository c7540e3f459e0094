/** `stasis seal CONTAINER CHECKPOINT...`: seals checkpoints, each on its own; one that fails keeps no other. */
import * as Args from "@effect/cli/Args"
import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as Arr from "effect/Array"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Sealed } from "../../domain/Outcome.ts"
import * as CheckpointName from "../../domain/CheckpointName.ts"
import * as Checkpoints from "../../effects/Checkpoints.ts"
import * as flags from "../criuFlags.ts"
import { escape } from "../escape.ts"
import { failWith } from "../failWith.ts"
import * as humanize from "../humanize.ts"
import { inWorldOf } from "../inWorlds.ts"
import * as print from "../print.ts"
import { wellFormed } from "../wellFormed.ts"

/** `stasis seal`. */
export const seal = Command.make("seal", {
  container: Args.text({ name: "container" }).pipe(
    Args.withDescription("The id, an unambiguous prefix of it, or the name")
  ),
  names: Args.text({ name: "checkpoint" }).pipe(
    Args.withDescription("The names of the checkpoints"),
    Args.atLeast(1)
  ),
  force: Options.boolean("force").pipe(
    Options.withDescription("Seal it as it is, though it is not what was sealed before")
  ),
  checkpointDir: flags.checkpointDir,
  durability: flags.durability,
  wait: flags.waitFlags
}, (input) =>
  Effect.gen(function* () {
    // One that is wrong keeps no other: only where all are, nobody is asked.
    const wrong = input.names.every((name) => !CheckpointName.isExisting(name)) ? input.names : []
    yield* wellFormed({ names: wrong, checkpointDir: input.checkpointDir })
    yield* Effect.gen(function* () {
      const options = {
        ...flags.given("checkpointDir", input.checkpointDir),
        ...flags.given("durability", input.durability),
        ...flags.waitOptions(input.wait),
        ...flags.asked("force", input.force)
      }
      const outcomes = yield* Effect.forEach(
        [...new Set(input.names)],
        (name) => Effect.either(Checkpoints.seal(input.container, name, options))
      )
      const [failures, sealed] = Arr.separate(outcomes)
      yield* print.result({
        schema: Schema.Array(Sealed),
        value: sealed,
        text: sealed.map(({ bytes, checkpoint, files }) =>
          `Sealed "${escape(checkpoint.name)}", ${files} ${files === 1 ? "file" : "files"}, ${humanize.bytes(bytes)}\n`
        ).join(""),
        names: sealed.map(({ checkpoint }) => checkpoint.name)
      })
      yield* failWith(failures, "stasis seal")
    }).pipe(inWorldOf(input.container, "change"))
  })).pipe(Command.withDescription("Record a digest of every file of checkpoints, by which verify knows each byte"))
