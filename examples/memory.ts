/** The library in twenty lines, on the in-memory layer: a container is checkpointed, listed, rolled back. */
import { Checkpoints } from "stasis"
import * as Memory from "stasis/Memory"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"

const program = Effect.gen(function* () {
  const made = yield* Checkpoints.create("counter", "before-upgrade", { leaveRunning: true })
  yield* Console.log(`made ${made.checkpoint.name}, the container is ${made.state}`)

  for (const checkpoint of yield* Checkpoints.list("counter")) {
    yield* Console.log(`there is ${checkpoint.name}, ${checkpoint.status}`)
  }

  const restored = yield* Checkpoints.restore("counter", "before-upgrade", { replace: true })
  yield* Console.log(`restored ${restored.checkpoint.name}, the container is ${restored.state}`)

  yield* Checkpoints.remove("counter", "before-upgrade")
  yield* Console.log(`left are ${(yield* Checkpoints.names("counter")).length}`)
}).pipe(Effect.catchTag("ContainerNotFound", (error) => Console.error(error.message)))

await Effect.runPromise(program.pipe(Effect.provide(Memory.layer({ containers: [{ id: "counter" }] }))))
