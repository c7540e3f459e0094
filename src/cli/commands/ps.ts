/** `stasis ps`: the containers that the runtime knows, or the process trees that have a name. */
import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as Arr from "effect/Array"
import * as Effect from "effect/Effect"
import * as Order from "effect/Order"
import * as Schema from "effect/Schema"
import { Container } from "../../domain/Container.ts"
import { ContainerStore } from "../../effects/ContainerStore.ts"
import { escape } from "../escape.ts"
import * as humanize from "../humanize.ts"
import * as print from "../print.ts"
import { table } from "../table.ts"

/** `stasis ps`. */
export const ps = Command.make("ps", {
  noTrunc: Options.boolean("no-trunc").pipe(Options.withDescription("Show whole ids"))
}, ({ noTrunc }) =>
  Effect.gen(function* () {
    const store = yield* ContainerStore
    const containers = Arr.sort(
      yield* store.list,
      Order.mapInput(Order.string, ({ id, name }: Container) => name ?? id)
    )
    yield* print.result({
      schema: Schema.Array(Container),
      value: containers,
      text: show(containers, noTrunc),
      names: containers.map(({ id, name }) => name ?? id)
    })
  })).pipe(
    Command.withDescription("List the containers that can be checkpointed, or the process trees that have a name")
  )

const show = (containers: ReadonlyArray<Container>, whole: boolean): string =>
  table(
    ["CONTAINER", "STATE", "PID", "IMAGE"],
    containers.map(({ id, image, name, process, state }) => [
      escape(name ?? (whole ? id : humanize.shortId(id))),
      state,
      process === undefined ? "-" : String(process.pid),
      escape(image ?? "-")
    ])
  )
