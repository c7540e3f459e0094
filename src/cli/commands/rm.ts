/** `stasis rm CONTAINER CHECKPOINT...`: removes checkpoints, each on its own; one that fails keeps no other. */
import * as Args from "@effect/cli/Args"
import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as Arr from "effect/Array"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Removed } from "../../domain/Outcome.ts"
import * as CheckpointName from "../../domain/CheckpointName.ts"
import * as Checkpoints from "../../effects/Checkpoints.ts"
import * as flags from "../criuFlags.ts"
import { escape } from "../escape.ts"
import { failWith } from "../failWith.ts"
import * as print from "../print.ts"
import { UsageError } from "../UsageError.ts"
import { inWorldOf } from "../inWorlds.ts"
import { wellFormed } from "../wellFormed.ts"

/** `stasis rm`. */
export const rm = Command.make("rm", {
  container: Args.text({ name: "container" }).pipe(
    Args.withDescription("The id, an unambiguous prefix of it, or the name")
  ),
  names: Args.text({ name: "checkpoint" }).pipe(Args.withDescription("The names of the checkpoints"), Args.repeated),
  all: Options.boolean("all", { aliases: ["a"] }).pipe(
    Options.withDescription("Remove every checkpoint in the container's checkpoint directory, damaged ones included")
  ),
  checkpointDir: flags.checkpointDir,
  durability: flags.durability,
  wait: flags.waitFlags
}, (input) =>
  Effect.gen(function* () {
    if (input.all === input.names.length > 0) {
      return yield* new UsageError({
        command: "stasis rm",
        detail: input.all
          ? "give either names or --all, not both"
          : "give the names of the checkpoints to remove, or --all"
      })
    }
    // One that is wrong keeps no other: only where all are, nobody is asked.
    const wrong = input.names.every((name) => !CheckpointName.isExisting(name)) ? input.names : []
    yield* wellFormed({ names: wrong, checkpointDir: input.checkpointDir })
    yield* Effect.gen(function* () {
      const where = flags.given("checkpointDir", input.checkpointDir)
      // A damaged checkpoint is listed; a folder that is none is not, and stays.
      const names = input.all
        ? (yield* Checkpoints.list(input.container, where)).map((one) => one.name)
        : [...new Set(input.names)]
      const options = { ...where, ...flags.waitOptions(input.wait), ...flags.given("durability", input.durability) }
      const outcomes = yield* Effect.forEach(
        names,
        (name) => Effect.either(Checkpoints.remove(input.container, name, options))
      )
      const [failures, removed] = Arr.separate(outcomes)
      yield* print.warnings(removed.flatMap((one) => one.warnings))
      yield* print.result({
        schema: Schema.Array(Removed),
        value: removed,
        text: removed.map(({ checkpoint }) => `${escape(checkpoint.name)}\n`).join(""),
        names: []
      })
      yield* failWith(failures, "stasis rm")
    }).pipe(inWorldOf(input.container, "change"))
  })).pipe(Command.withDescription("Remove checkpoints of a container"))
