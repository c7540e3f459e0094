/** `stasis track NAME PID`: gives a name to a process tree, so that it is checkpointed by it. */
import * as Args from "@effect/cli/Args"
import * as Command from "@effect/cli/Command"
import * as Effect from "effect/Effect"
import { Container } from "../../domain/Container.ts"
import * as Processes from "../../effects/Processes.ts"
import { escape } from "../escape.ts"
import * as print from "../print.ts"
import { inWorldOfProcesses } from "../inWorlds.ts"

/** `stasis track`. */
export const track = Command.make("track", {
  name: Args.text({ name: "name" }).pipe(Args.withDescription("The name that the process tree is given")),
  pid: Args.integer({ name: "pid" }).pipe(Args.withDescription("The process id of its root"))
}, ({ name, pid }) =>
  Effect.gen(function* () {
    const container = yield* inWorldOfProcesses(Processes.track(name, pid))
    yield* print.result({
      schema: Container,
      value: container,
      text: `${escape(describe(container, pid))}\n`,
      names: [container.id]
    })
  })).pipe(Command.withDescription("Give a name to a process tree that runs (runtime criu)"))

const describe = ({ id, image }: Container, pid: number): string =>
  `Process ${pid}${image === undefined ? "" : ` (${image})`} and those below it are "${id}" from now on`
