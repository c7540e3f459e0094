/** `stasis run NAME -- COMMAND...`: starts a command in a way that it can be checkpointed. */
import * as Args from "@effect/cli/Args"
import * as Command from "@effect/cli/Command"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Container } from "../../domain/Container.ts"
import * as Processes from "../../effects/Processes.ts"
import { escape } from "../escape.ts"
import * as print from "../print.ts"
import { UsageError } from "../UsageError.ts"
import { inWorldOfProcesses } from "../inWorlds.ts"

const Started = Schema.Struct({ container: Container, stdout: Schema.String, stderr: Schema.String })

/** `stasis run`. */
export const run = Command.make("run", {
  name: Args.text({ name: "name" }).pipe(Args.withDescription("The name that the process tree is given")),
  command: Args.text({ name: "command" }).pipe(
    Args.withDescription("The command and its arguments, after --"),
    Args.repeated
  )
}, ({ command: [program, ...args], name }) =>
  Effect.gen(function* () {
    if (program === undefined) {
      return yield* new UsageError({
        command: "stasis run",
        detail: `give the command to run, as in: stasis run ${name} -- sleep 100`
      })
    }
    const started = yield* inWorldOfProcesses(Processes.run(name, { program, args }))
    yield* print.result({
      schema: Started,
      value: started,
      text: describe(started).map((line) => `${escape(line)}\n`).join(""),
      names: [started.container.id]
    })
  })).pipe(
    Command.withDescription(
      "Start a command in a session of its own, with streams that CRIU can take along (runtime criu)"
    )
  )

const describe = ({ container: { id, process }, stderr, stdout }: Processes.Started): ReadonlyArray<string> => [
  process === undefined ? `"${id}" was started, and has ended already` : `Started "${id}", pid ${process.pid}`,
  `Its output goes to ${stdout}, its errors to ${stderr}`
]
