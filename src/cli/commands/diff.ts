/** `stasis diff A B`: what changed between two checkpoints, or two folders of images. */
import * as Args from "@effect/cli/Args"
import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import { Difference } from "../../domain/difference/Difference.ts"
import { diffImages } from "../../effects/diffCheckpoints.ts"
import * as flags from "../criuFlags.ts"
import { Differs } from "../Differs.ts"
import { imagesIn, imagesOfCheckpoint } from "../images.ts"
import { Output } from "../Output.ts"
import * as print from "../print.ts"
import { showDifference } from "../showDifference.ts"
import { Unable } from "../Unable.ts"
import { UsageError } from "../UsageError.ts"
import { Worlds } from "../Worlds.ts"

const forms = "CONTAINER/CHECKPOINT, or a folder that begins with / or ."

/** `stasis diff`. */
export const diff = Command.make("diff", {
  before: Args.text({ name: "before" }).pipe(Args.withDescription(`The earlier one: ${forms}`)),
  after: Args.text({ name: "after" }).pipe(
    Args.withDescription("The later one, in the same form; a name alone is a checkpoint of the same container")
  ),
  checkpointDir: flags.checkpointDir,
  pages: Options.boolean("pages").pipe(Options.withDescription("Show where in an area the pages are that changed")),
  exitCode: Options.boolean("exit-code").pipe(Options.withDescription(
    "Exit with 1 where the two differ, or where not all of both could be read to tell; an error says so then"
  ))
}, (input) =>
  Effect.gen(function* () {
    const before = yield* chosen(input.before, undefined)
    const after = yield* chosen(input.after, before.container)
    const found = yield* Effect.all([imagesAt(before, input.checkpointDir), imagesAt(after, input.checkpointDir)])
    const { images } = yield* Worlds
    const difference = yield* Effect.provide(diffImages(...found, { pages: input.pages }), images)
    const { outColours } = yield* Output
    yield* print.result({
      schema: Difference,
      value: difference,
      text: showDifference(difference, outColours),
      names: difference.processes.map(({ pid }) => `${pid}`)
    })
    yield* print.warnings(difference.problems.map(({ file, reason, side }) => `${file}, ${side}: ${reason}`))
    if (input.exitCode && !difference.isEqual) return yield* new Differs()
    if (input.exitCode) yield* sayIfInPart(difference)
  })).pipe(
    Command.withDescription("Show what changed between two checkpoints: processes, open files and memory, page by page")
  )

/** That nothing changed is no answer where something is not known. */
const sayIfInPart = ({ memory, problems }: Difference): Effect.Effect<void, Unable> => {
  const { unknown } = memory.pages
  if (problems.length === 0 && unknown === 0) return Effect.void
  const what = [
    ...(problems.length === 0 ? [] : [`${problems.length} of their images`]),
    ...(unknown === 0 ? [] : [`${unknown} of their pages`])
  ].join(" and ")
  return new Unable({ detail: `the two could not be compared whole: ${what} could not be read` })
}

/** One of the two, as it was named. */
interface Choice {
  /** Absent of a folder. */
  readonly container: string | undefined
  /** The name of the checkpoint, or the path of the folder. */
  readonly name: string
}

const chosen = (text: string, container: string | undefined): Effect.Effect<Choice, UsageError> => {
  if (text.startsWith("/") || text.startsWith(".")) return Effect.succeed({ container: undefined, name: text })
  const slash = text.lastIndexOf("/")
  if (slash > 0) return Effect.succeed({ container: text.slice(0, slash), name: text.slice(slash + 1) })
  return container === undefined
    ? new UsageError({ command: "stasis diff", detail: `cannot tell what "${text}" is: name ${forms}` })
    : Effect.succeed({ container, name: text })
}

const imagesAt = ({ container, name }: Choice, checkpointDir: Option.Option<string>) =>
  container === undefined ? imagesIn(name) : imagesOfCheckpoint(container, name, checkpointDir)
