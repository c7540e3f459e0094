/** `stasis ps`: the containers that the runtime knows, or the process trees that have a name. */
import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as Arr from "effect/Array"
import * as Effect from "effect/Effect"
import * as Order from "effect/Order"
import * as Schema from "effect/Schema"
import { Container } from "../../domain/Container.ts"
import { ContainerStore } from "../../effects/ContainerStore.ts"
import { withoutDoubles } from "../chooseRuntime.ts"
import { escape } from "../escape.ts"
import { failWith } from "../failWith.ts"
import * as humanize from "../humanize.ts"
import * as print from "../print.ts"
import type { RuntimeName } from "../Settings.ts"
import { table } from "../table.ts"
import { inEveryWorld } from "../inWorlds.ts"

/** `stasis ps`. */
export const ps = Command.make("ps", {
  noTrunc: Options.boolean("no-trunc").pipe(Options.withDescription("Show whole ids"))
}, ({ noTrunc }) =>
  Effect.gen(function* () {
    const { failures, ofSeveral, results } = yield* inEveryWorld(rowsOf)
    const found = Arr.sort(
      withoutDoubles(results.flat()),
      Order.mapInput(Order.string, ({ container: { id, name } }: Row) => name ?? id)
    )
    yield* print.result({
      schema: Schema.Array(Listed),
      value: found.map(({ container, runtime }) => ({ ...container, ...(ofSeveral ? { runtime } : {}) })),
      text: show(found, noTrunc, ofSeveral),
      names: found.map(({ container: { id, name } }) => name ?? id)
    })
    yield* failWith(failures, "stasis ps")
  })).pipe(
    Command.withDescription("List the containers that can be checkpointed, or the process trees that have a name")
  )

/** With the runtime, as `--runtime` names it, where several were asked. */
const Listed = Schema.Struct({ ...Container.fields, runtime: Schema.optional(Schema.String) })

interface Row {
  readonly runtime: RuntimeName
  readonly container: Container
  readonly id: string
  readonly pid: number | undefined
}

const rowsOf = (runtime: RuntimeName) =>
  Effect.gen(function* () {
    const store = yield* ContainerStore
    const containers = yield* store.list
    return containers.map((container): Row => ({ runtime, container, id: container.id, pid: container.process?.pid }))
  })

const show = (rows: ReadonlyArray<Row>, whole: boolean, ofSeveral: boolean): string =>
  table(
    ["CONTAINER", ...(ofSeveral ? ["RUNTIME"] : []), "STATE", "PID", "IMAGE"],
    rows.map(({ container: { id, image, name, process, state }, runtime }) => [
      escape(name ?? (whole ? id : humanize.shortId(id))),
      ...(ofSeveral ? [runtime] : []),
      state,
      process === undefined ? "-" : String(process.pid),
      escape(image ?? "-")
    ])
  )
