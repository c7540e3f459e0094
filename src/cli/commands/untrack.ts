/** `stasis untrack NAME`: forgets the name of a process tree. */
import * as Args from "@effect/cli/Args"
import * as Command from "@effect/cli/Command"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Processes from "../../effects/Processes.ts"
import { escape } from "../escape.ts"
import * as print from "../print.ts"
import { inWorldOfProcesses } from "../inWorlds.ts"

/** `stasis untrack`. */
export const untrack = Command.make("untrack", {
  name: Args.text({ name: "name" }).pipe(Args.withDescription("The name to forget"))
}, ({ name }) =>
  Effect.gen(function* () {
    yield* inWorldOfProcesses(Processes.untrack(name))
    yield* print.result({
      schema: Schema.Struct({ name: Schema.String }),
      value: { name },
      text: `"${escape(name)}" is no name of a process tree any more; its checkpoints stay\n`,
      names: []
    })
  })).pipe(
    Command.withDescription("Forget the name of a process tree; it goes on, and its checkpoints stay (runtime criu)")
  )
