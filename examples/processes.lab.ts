/** The program of `memory.ts` on a plain process, which it starts: no container runtime has a part in it. */
import { Checkpoints, Processes } from "stasis"
import * as Criu from "stasis/Criu"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"

const program = Effect.gen(function* () {
  const { container } = yield* Processes.run("counter", { program: "sleep", args: ["1000"] })
  yield* Console.log(`started ${container.id}, it is ${container.state}`)

  const ahead = yield* Checkpoints.preflight("counter", "before-upgrade")
  yield* Console.log(`a checkpoint is ${ahead.possible ? "possible" : "not possible"}`)

  const made = yield* Checkpoints.create("counter", "before-upgrade")
  yield* Console.log(`made ${made.checkpoint.name}, it is ${made.state}`)

  const restored = yield* Checkpoints.restore("counter", "before-upgrade")
  yield* Console.log(`restored ${restored.checkpoint.name}, it is ${restored.state}`)

  yield* Checkpoints.create("counter", "at-last")
  yield* Checkpoints.remove("counter", "before-upgrade")
  yield* Console.log(`left are ${(yield* Checkpoints.names("counter")).join(", ")}`)
})

await Effect.runPromise(program.pipe(Effect.provide(Criu.layerConfig)))
