/** `stasis recover [CONTAINER]`: ends what interrupted operations left, and unlocks networks that nobody needs locked. */
import * as Args from "@effect/cli/Args"
import * as Command from "@effect/cli/Command"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { Recovered } from "../../domain/Outcome.ts"
import * as Checkpoints from "../../effects/Checkpoints.ts"
import * as flags from "../criuFlags.ts"
import { escape } from "../escape.ts"
import { failWith } from "../failWith.ts"
import * as print from "../print.ts"
import { inEveryWorld, inWorldOf } from "../inWorlds.ts"
import { wellFormed } from "../wellFormed.ts"

/** `stasis recover`. */
export const recover = Command.make("recover", {
  container: Args.text({ name: "container" }).pipe(
    Args.withDescription("The id, an unambiguous prefix of it, or the name; all containers when left out"),
    Args.optional
  ),
  checkpointDir: flags.checkpointDir,
  wait: flags.waitFlags
}, (input) =>
  Effect.gen(function* () {
    yield* wellFormed({ checkpointDir: input.checkpointDir })
    const options = { ...flags.given("checkpointDir", input.checkpointDir), ...flags.waitOptions(input.wait) }
    const container = Option.getOrUndefined(input.container)
    const recover = Checkpoints.recover(container, options)
    const { failures, results } = container === undefined
      ? yield* inEveryWorld(() => recover)
      : { failures: [], results: [yield* inWorldOf(container, "change")(recover)] }
    const recovered = results.flat()
    yield* print.result({
      schema: Schema.Array(Recovered),
      value: recovered,
      text: recovered.length === 0 && failures.length === 0
        ? "Nothing was left by an interrupted operation\n"
        : recovered.map((one) => `${escape(describe(one))}\n`).join(""),
      names: recovered.flatMap((one) => one.action === "unlocked" ? [] : [one.checkpoint])
    })
    yield* failWith(failures, "stasis recover")
  })).pipe(
    Command.withDescription(
      "End what interrupted operations left: publish, sweep, or name it; unlock a network that CRIU left locked"
    )
  )

const describe = (recovered: Recovered): string => {
  if (recovered.action === "unlocked") {
    const { container, network } = recovered
    return `Removed CRIU's lock from the network namespace "${network}" of ${container}: it dropped every packet`
  }
  const { action, checkpoint, container, path, resumed } = recovered
  const what = `checkpoint "${checkpoint}" of ${container}`
  const fate = action === "published"
    ? `Published ${what}: ${path}`
    : action === "discarded"
    ? `Swept what an interrupted create left of ${what}`
    : `Kept what may be the one copy of the container of ${what}, but is not whole: ${path}`
  return resumed ? `${fate}; the container stood still and goes on` : fate
}
