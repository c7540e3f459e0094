/** `stasis check`: whether this machine can checkpoint, and what to do about each thing that is missing. */
import * as Command from "@effect/cli/Command"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { Capabilities, type Finding, isAble } from "../../domain/Capabilities.ts"
import { Runtime } from "../../effects/Runtime.ts"
import { escape } from "../escape.ts"
import { withFlags } from "../failure.ts"
import { inTime } from "../askRuntimes.ts"
import { Output } from "../Output.ts"
import * as print from "../print.ts"
import type { RuntimeName } from "../Settings.ts"
import { style } from "../style.ts"
import { table } from "../table.ts"
import { Unable } from "../Unable.ts"
import { inWorld, Worlds } from "../Worlds.ts"

/** `stasis check`. */
export const check = Command.make("check", {}, () =>
  Effect.gen(function* () {
    const { candidates, named } = yield* Worlds
    yield* Option.isSome(named) ? checkOne(named.value) : checkEach(yield* candidates)
  })).pipe(Command.withDescription("Say whether this machine can checkpoint, and what to do about what is missing"))

const checkOne = (runtime: RuntimeName) =>
  Effect.gen(function* () {
    const capabilities = yield* capabilitiesOf(runtime)
    const { outColours } = yield* Output
    yield* print.result({
      schema: Capabilities,
      value: capabilities,
      text: show(capabilities, outColours),
      names: []
    })
    if (!isAble(capabilities)) return yield* new Unable({ detail: missing(capabilities) })
  })

/** The runtimes that are there; one that works is enough. */
const checkEach = (runtimes: ReadonlyArray<RuntimeName>) =>
  Effect.gen(function* () {
    const all = yield* Effect.forEach(runtimes, capabilitiesOf, { concurrency: "unbounded" })
    const { outColours } = yield* Output
    const { strong } = style(outColours)
    yield* print.result({
      schema: Schema.Array(Capabilities),
      value: all,
      text: all.map((one) => (all.length === 1 ? "" : `${strong(one.runtime)}\n`) + show(one, outColours)).join("\n"),
      names: []
    })
    if (!all.some(isAble)) return yield* new Unable({ detail: all.map(missing).join("; ") })
  })

/** What it says of itself; of one that cannot be asked, why. */
const capabilitiesOf = (runtime: RuntimeName) =>
  Effect.flatMap(Runtime, ({ capabilities }) => capabilities).pipe(
    inWorld(runtime),
    inTime(Duration.seconds(20)),
    Effect.map(Either.getOrElse(({ detail }): Capabilities => ({
      runtime,
      findings: [{ subject: runtime, verdict: "missing", detail }],
      unsupported: {}
    })))
  )

const missing = (capabilities: Capabilities): string =>
  `no checkpoint can be made with ${capabilities.runtime} here, missing: ` +
  capabilities.findings.filter((one) => one.verdict === "missing").map((one) => one.subject).join(", ")

const show = (capabilities: Capabilities, colours: boolean): string => {
  const { bad, faint, good, strong, warn } = style(colours)
  const marks: Record<Finding["verdict"], string> = {
    ok: good("ok"),
    limited: warn("limited"),
    missing: bad("missing")
  }
  const { findings, unsupported } = capabilities
  const options = Object.entries(unsupported)
  const todo = findings.flatMap((one) =>
    one.remedy === undefined ? [] : [`  ${escape(one.subject)}: ${escape(one.remedy)}\n`]
  )
  return table(
    ["", "WHAT", "FOUND"],
    findings.map((one) => [marks[one.verdict], escape(one.subject), escape(withFlags(one.detail))])
  ) +
    (options.length === 0 ? "" : `\n${strong("Flags that cannot be used here")}\n` +
      options.map(([name, reason]) =>
        `  ${name === "oci" ? ociFlags : withFlags(name)}: ${faint(escape(withFlags(reason)))}\n`
      ).join("")) +
    (todo.length === 0 ? "" : `\n${strong("What to do")}\n${todo.join("")}`) +
    (isAble(capabilities) ? `\nCheckpoints work here with ${escape(capabilities.runtime)}\n` : "")
}

/** What the options of the OCI runtimes alone are on the command line. */
const ociFlags = "--bundle, --console-socket, --pid-file, --stdout, --stderr"
