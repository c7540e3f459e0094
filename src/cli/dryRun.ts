/** `stasis create --dry-run`: what would become of a checkpoint, for people as a table with the flags that cure. */
import * as Effect from "effect/Effect"
import type { CreateOptions } from "../domain/CheckpointOptions.ts"
import { type Finding, type NeededOptions, Preflight, refusal } from "../domain/Preflight.ts"
import * as Checkpoints from "../effects/Checkpoints.ts"
import { escape } from "./escape.ts"
import { withFlags } from "./failure.ts"
import * as humanize from "./humanize.ts"
import { Output } from "./Output.ts"
import * as print from "./print.ts"
import { style } from "./style.ts"
import { table } from "./table.ts"
import { Unable } from "./Unable.ts"

/** Prints what would become of the checkpoint; fails where it would fail. */
export const dryRun = (container: string, name: string, options: CreateOptions) =>
  Effect.gen(function* () {
    const found = yield* Checkpoints.preflight(container, name, options)
    const { outColours } = yield* Output
    yield* print.result({ schema: Preflight, value: found, text: show(found, outColours), names: [] })
    if (!found.possible) {
      return yield* new Unable({ detail: `Cannot checkpoint container ${container}: ${because(found)}` })
    }
  })

const show = (found: Preflight, colours: boolean): string => {
  const { bad, good, strong, warn } = style(colours)
  const mark = ({ stands, verdict }: Finding): string =>
    verdict === "notice"
      ? warn("notice")
      : !stands
      ? good("allowed")
      : bad(verdict === "option" ? "needs" : verdict === "silent" ? "breaks" : "blocked")
  const rows = found.findings.map((one) => [
    mark(one),
    escape(one.process === undefined ? one.pid === undefined ? "" : `${one.pid}` : `${one.pid} ${one.process}`),
    escape(withFlags(one.detail)),
    escape(flagFor(one, found.options))
  ])
  return (rows.length === 0 ? "" : `${table(["", "PROCESS", "WHY", "FLAG"], rows)}\n`) +
    `It holds ${humanize.bytes(found.bytes)} of memory` +
    (found.free === undefined ? "" : `, ${humanize.bytes(found.free)} are free`) + "\n" +
    strong(
      found.possible
        ? "A checkpoint would succeed"
        : found.findings.some(({ stands, verdict }) => stands && verdict !== "option")
        ? `A checkpoint would fail: ${escape(because(found))}`
        : `A checkpoint needs ${escape(missing(found))}`
    ) + "\n"
}

/** The flag that allows what was found, as it is written. */
const flagFor = ({ option }: Finding, needed: NeededOptions): string =>
  option === undefined
    ? ""
    : option === "ghostLimit"
    ? `--ghost-limit=${needed.ghostLimit ?? ""}`
    : option === "force"
    ? "--force"
    : withFlags(option)

const missing = ({ findings, options }: Preflight): string =>
  [...new Set(findings.filter(({ stands }) => stands).map((one) => flagFor(one, options)))].join(" ")

const because = (found: Preflight): string => {
  const first = refusal(found)
  if (first === undefined) return "nothing stands against it"
  return withFlags([first.detail, ...(first.hint === undefined ? [] : [first.hint])].join("; "))
}
