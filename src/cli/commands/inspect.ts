/** `stasis inspect CONTAINER CHECKPOINT`: the record of a checkpoint, and what is in its images. */
import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { Inspection } from "../../domain/inspection/Inspection.ts"
import { type Section, sections as everySection } from "../../domain/inspection/Section.ts"
import * as Checkpoints from "../../effects/Checkpoints.ts"
import { inspectImages, type InspectOptions, inspectRecorded } from "../../effects/inspectCheckpoint.ts"
import * as flags from "../criuFlags.ts"
import { imageFlags, type ImageInput, type ImagesError, imagesOf } from "../images.ts"
import { show } from "../inspection/show.ts"
import { inWorldOf } from "../inWorlds.ts"
import { readPage, writePage } from "../inspectionPage.ts"
import { Output } from "../Output.ts"
import * as print from "../print.ts"
import { UsageError } from "../UsageError.ts"
import * as values from "../values.ts"
import { wellFormed } from "../wellFormed.ts"
import { type Surroundings, Worlds } from "../Worlds.ts"

/** `stasis inspect`. */
export const inspect = Command.make("inspect", {
  ...imageFlags,
  sections: values.choices("sections", everySection).pipe(
    Options.withDescription(
      `What to show besides the overview, with commas between: ${
        everySection.join(", ")
      }, or all (default: the process tree)`
    ),
    Options.optional
  ),
  env: Options.boolean("env").pipe(
    Options.withDescription("Show the values of environments, which may be secrets, and not only the names")
  ),
  html: Options.text("html").pipe(
    Options.withPseudoName("file"),
    Options.withDescription(
      "Write all of it as a page for a browser to a new file that only you may read; - is standard output"
    ),
    Options.optional
  ),
  force: Options.boolean("force").pipe(Options.withDescription("Write over a file that is there"))
}, (input) =>
  Effect.gen(function* () {
    if (Option.isSome(input.html)) {
      if (Option.isSome(input.sections)) return yield* usage("a page has every section: leave out --sections")
      return yield* writePage(yield* readPage(input), { file: input.html.value, force: input.force })
    }
    if (input.force) return yield* usage("--force is for --html")
    const sections = sectionsOf(input.sections, input.env)
    const value = yield* look(input, { sections, environment: input.env })
    const manner = {
      now: yield* Clock.currentTimeMillis,
      colours: (yield* Output).outColours,
      details: Option.isSome(input.sections) || input.env
    }
    yield* print.result({
      schema: Inspection,
      value,
      text: show(value, manner),
      names: value.checkpoint === undefined ? [] : [value.checkpoint.name]
    })
  })).pipe(
    Command.withDescription(
      "Show when and how a checkpoint was made, how large it is, how long it froze, and what is in it"
    )
  )

const usage = (detail: string) => new UsageError({ command: "stasis inspect", detail })

/** In the world that knows the container, or in the folder that is named. */
const look = (
  input: ImageInput,
  options: InspectOptions
): Effect.Effect<Inspection, ImagesError, Worlds | Surroundings> =>
  Effect.gen(function* () {
    const { checkpointDir, container, name, path } = input
    if (Option.isSome(path) || Option.isNone(container) || Option.isNone(name)) {
      const found = yield* imagesOf("stasis inspect", input)
      return yield* Effect.provide(inspectImages(found, options), (yield* Worlds).images)
    }
    yield* wellFormed({ names: [name.value], checkpointDir })
    return yield* Checkpoints.get(container.value, name.value, flags.given("checkpointDir", checkpointDir)).pipe(
      Effect.flatMap((checkpoint) => inspectRecorded(checkpoint, options)),
      inWorldOf(container.value, "read")
    )
  })

/** Environments belong to processes. */
const sectionsOf = (chosen: Option.Option<ReadonlyArray<Section>>, environment: boolean): ReadonlyArray<Section> => {
  const sections = Option.getOrElse(chosen, (): ReadonlyArray<Section> => ["processes"])
  return environment && !sections.includes("processes") ? ["processes", ...sections] : sections
}
