/** `stasis ls [CONTAINER]`: the checkpoints of one container, or of all. */
import * as Args from "@effect/cli/Args"
import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as Arr from "effect/Array"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Order from "effect/Order"
import * as Schema from "effect/Schema"
import { byName, Checkpoint } from "../../domain/Checkpoint.ts"
import * as Checkpoints from "../../effects/Checkpoints.ts"
import { Runtime } from "../../effects/Runtime.ts"
import * as flags from "../criuFlags.ts"
import { escape } from "../escape.ts"
import { failWith } from "../failWith.ts"
import * as humanize from "../humanize.ts"
import { Output } from "../Output.ts"
import * as print from "../print.ts"
import type { RuntimeName } from "../Settings.ts"
import { style } from "../style.ts"
import { table } from "../table.ts"
import { inEveryWorld, inWorldOf } from "../inWorlds.ts"
import { wellFormed } from "../wellFormed.ts"

/** `stasis ls`. */
export const ls = Command.make("ls", {
  container: Args.text({ name: "container" }).pipe(
    Args.withDescription("The id, an unambiguous prefix of it, or the name; all containers when left out"),
    Args.optional
  ),
  checkpointDir: flags.checkpointDir,
  noTrunc: Options.boolean("no-trunc").pipe(Options.withDescription("Show whole ids and times"))
}, (input) =>
  Effect.gen(function* () {
    yield* wellFormed({ checkpointDir: input.checkpointDir })
    const container = Option.getOrUndefined(input.container)
    const list = (name?: RuntimeName) =>
      Effect.gen(function* () {
        const runtime = yield* Runtime
        const all = yield* Checkpoints.list(container, flags.given("checkpointDir", input.checkpointDir))
        return all.map((checkpoint): Row => ({ checkpoint, runtime: name ?? runtime.name }))
      })
    const { failures, ofSeveral, results } = container === undefined
      ? yield* inEveryWorld(list)
      : { failures: [], ofSeveral: false, results: [yield* inWorldOf(container, "read")(list())] }
    const found = results.length === 1 ? results.flat() : merge(results.flat())
    // By name they come; a person looks for the container first.
    const rows = container === undefined ? Arr.sort(found, byContainer) : found
    yield* print.result({
      schema: Schema.Array(Listed),
      value: rows.map(({ checkpoint, runtime }) => ({ ...checkpoint, ...(ofSeveral ? { runtime } : {}) })),
      text: show(rows, container === undefined, input.noTrunc),
      // Of all containers a name alone says too little: these are the arguments of rm.
      names: rows.map(({ checkpoint: one }) => container === undefined ? `${one.container} ${one.name}` : one.name)
    })
    yield* failWith(failures, "stasis ls")
  })).pipe(Command.withDescription("List the checkpoints of a container, or of all containers"))

/** With the runtime, as `--runtime` names it, where several were asked. */
const Listed = Schema.Struct({ ...Checkpoint.fields, runtime: Schema.optional(Schema.String) })

/** The checkpoints of several worlds by name; one that two of them know, such as both runtimes of one root, once. */
const merge = (rows: ReadonlyArray<Row>): ReadonlyArray<Row> => {
  const byPath = new Map(rows.toReversed().map((row) => [row.checkpoint.path, row]))
  return [...byPath.values()].sort((a, b) => byName(a.checkpoint, b.checkpoint))
}

/** As it is shown: an engine's ids are drawn by lot. */
const byContainer = Order.mapInput(Order.string, ({ checkpoint }: Row) => containerOf(checkpoint, true))

interface Row {
  readonly checkpoint: Checkpoint
  /** Whose container it is of. */
  readonly runtime: string
}

const show = (rows: ReadonlyArray<Row>, all: boolean, whole: boolean) =>
  Effect.gen(function* () {
    const now = yield* Clock.currentTimeMillis
    const { bad } = style((yield* Output).outColours)
    return table(
      [...(all ? ["CONTAINER"] : []), "CHECKPOINT", "CREATED", "SIZE", "FROZEN", "RUNTIME", "STATUS"],
      rows.map(({ checkpoint: one, runtime }) => [
        ...(all ? [escape(containerOf(one, whole))] : []),
        escape(one.name),
        escape(whole ? one.created || "-" : humanize.ago(one.created, now)),
        one.record?.bytes === undefined ? "-" : humanize.bytes(one.record.bytes),
        one.record?.statistics === undefined ? "-" : humanize.duration(one.record.statistics.frozenMicros / 1000),
        escape(one.record?.runtime?.name ?? runtime),
        one.status === "complete" ? "complete" : bad(`damaged: ${escape(one.damage ?? "for an unknown reason")}`)
      ])
    )
  })

const containerOf = (checkpoint: Checkpoint, whole: boolean): string =>
  checkpoint.record?.container?.name ?? (whole ? checkpoint.container : humanize.shortId(checkpoint.container))
