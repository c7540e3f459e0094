/** `stasis verify CONTAINER [CHECKPOINT]`: whether checkpoints are whole, or the images in any folder. */
import * as Args from "@effect/cli/Args"
import * as Command from "@effect/cli/Command"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { type Outlook, type Problem, Verification } from "../../domain/verification/Verification.ts"
import * as Checkpoints from "../../effects/Checkpoints.ts"
import { verifyImages } from "../../effects/verifyCheckpoint.ts"
import * as flags from "../criuFlags.ts"
import { escape } from "../escape.ts"
import * as humanize from "../humanize.ts"
import { imageFlags, type ImageInput, imagesIn } from "../images.ts"
import { inWorldOf } from "../inWorlds.ts"
import { Output } from "../Output.ts"
import * as print from "../print.ts"
import { style } from "../style.ts"
import { Unable } from "../Unable.ts"
import { UsageError } from "../UsageError.ts"
import { wellFormed } from "../wellFormed.ts"
import { Worlds } from "../Worlds.ts"

/** `stasis verify`. */
export const verify = Command.make("verify", {
  ...imageFlags,
  name: Args.text({ name: "checkpoint" }).pipe(
    Args.withDescription("The name of the checkpoint; all of the container's when left out"),
    Args.optional
  )
}, (input) =>
  Effect.gen(function* () {
    const found = yield* verifications(input)
    const { outColours } = yield* Output
    yield* print.result({
      schema: Schema.Array(Verification),
      value: found,
      text: found.map((one) => show(one, outColours)).join(""),
      names: found.filter(({ verdict }) => verdict === "damaged").map(nameOf)
    })
    const damaged = found.filter(({ verdict }) => verdict === "damaged")
    if (damaged.length > 0) {
      const detail = `${damaged.length === 1 ? "it is" : "they are"} damaged: ${damaged.map(nameOf).join(", ")}`
      return yield* new Unable({ detail })
    }
  })).pipe(
    Command.withDescription(
      "Say whether checkpoints are whole, what is damaged, and whether a restore could still work"
    )
  )

const verifications = ({ checkpointDir, container, name, path }: ImageInput) =>
  Effect.gen(function* () {
    if (Option.isSome(path) === Option.isSome(container)) {
      const detail = "name a container, or a folder with --path" + (Option.isSome(path) ? ", not both" : "")
      return yield* new UsageError({ command: "stasis verify", detail })
    }
    if (Option.isSome(path)) {
      const { images } = yield* Worlds
      return [yield* Effect.provide(Effect.flatMap(imagesIn(path.value), verifyImages), images)]
    }
    if (Option.isNone(container)) return []
    yield* wellFormed({ names: Option.toArray(name), checkpointDir })
    const where = flags.given("checkpointDir", checkpointDir)
    return yield* inWorldOf(container.value, "read")(Effect.gen(function* () {
      const names = Option.isSome(name)
        ? [name.value]
        : (yield* Checkpoints.list(container.value, where)).map((one) => one.name)
      return yield* Effect.forEach(
        names,
        (one) => Checkpoints.verify({ container: container.value, name: one, ...where })
      )
    }))
  })

const nameOf = ({ checkpoint, path }: Verification): string => checkpoint ?? path

const show = (found: Verification, colours: boolean): string => {
  const { bad, faint, good, strong } = style(colours)
  const { bytes, files, problems, restore, verdict } = found
  const size = `${files} ${files === 1 ? "file" : "files"}, ${humanize.bytes(bytes)}, ${sealOf(found)}`
  return [
    `${strong(escape(nameOf(found)))}: ${verdict === "whole" ? good("whole") : bad("damaged")} (${escape(size)})`,
    ...problems.flatMap(({ consequence, detail, fault, file, ...problem }) => [
      `  ${escape(file)} ${wordOf[fault]}: ${escape(detail)}`,
      `    ${faint(`restore ${problem.restore}: ${escape(consequence)}`)}`
    ]),
    ...(verdict === "whole" ? [] : [`  ${strong(verdictOf[restore])}`])
  ].map((line) => `${line}\n`).join("")
}

const wordOf: Readonly<Record<Problem["fault"], string>> = {
  missing: "is missing",
  truncated: "is cut off",
  "too long": "is too long",
  undecodable: "does not read",
  incomplete: "is incomplete",
  different: "has changed",
  extra: "is new",
  disagrees: "disagrees"
}

const verdictOf: Readonly<Record<Outlook, string>> = {
  possible: "A restore can still work",
  doubtful: "A restore may work, and may bring back something else",
  impossible: "A restore cannot work"
}

const sealOf = ({ seal, sealReason }: Verification): string => {
  const word = seal === "matched" ? "sealed and unchanged" : seal === "none" ? "not sealed" : `its seal is ${seal}`
  return sealReason === undefined ? word : `${word}: ${sealReason}`
}
