/** A checkpoint that is begun, watched while it is made, and waited for. Nobody who stops watching cancels anything. */
import { Checkpoints, Progress } from "stasis"
import * as Memory from "stasis/Memory"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"

const program = Effect.gen(function* () {
  const operation = yield* Checkpoints.beginCreate("database", "nightly", { leaveRunning: true })
  yield* operation.progress.pipe(
    Stream.changesWith((one, next) => one.step === next.step),
    Stream.runForEach((now) => Console.log(`${String(Math.round(Progress.ratio(now) * 100)).padStart(3)}% ${now.step}`))
  )
  const made = yield* operation.result
  yield* Console.log(`${made.checkpoint.name} is ${made.checkpoint.status}, the operation ${yield* operation.state}`)
})

const layer = Memory.layer({ containers: [{ id: "database", memory: 4_194_304 }] })
await Effect.runPromise(Effect.provide(program, layer))
