/**
 * Asks a Docker daemon as another program, user or host of JavaScript would: what it tells of itself and of what happens, as one line of
 * JSON. Arguments: the address, and a folder of certificates where TLS is to be spoken.
 */
import * as NodeProcess from "node:process"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as DockerApi from "../../../src/layers/docker/DockerApi.ts"
import * as DockerInfo from "../../../src/layers/docker/DockerInfo.ts"
import * as DockerSettings from "../../../src/layers/docker/DockerSettings.ts"
import { isLocal } from "../../../src/layers/docker/isLocal.ts"

const [host, folder] = NodeProcess.argv.slice(2)

/** One of its own, for the daemon remembers what others asked. */
const volume = `asked${NodeProcess.pid}`
const filters = JSON.stringify({ volume: [volume] })

const Listeners = Schema.Struct({ NEventsListener: Schema.Int })

const program = Effect.gen(function* () {
  const settings = yield* DockerSettings.complete({ host, tls: folder === undefined ? undefined : { folder } })
  const api = yield* DockerApi.make(settings)
  const info = yield* DockerInfo.read(api)
  // What is refused for its path is refused before its body is read.
  const refusals = yield* Effect.forEach(
    Array.from({ length: 50 }),
    () => Effect.flip(api.post("/containers/no-such/start", { checkpoint: undefined }, {})),
    { concurrency: 4 }
  )
  const missing = yield* Effect.flip(api.remove("/containers/no-such", { force: "1" }))
  yield* api.post("/volumes/create", {}, { Name: volume })
  yield* api.remove(`/volumes/${volume}`)
  // A stream that nobody reads any more is no listener of the daemon's.
  yield* Stream.runHead(api.lines("/events", { since: "0", filters }))
  yield* Effect.timeoutOption(Stream.runDrain(api.lines("/events", { filters: '{"volume":["none"]}' })), "100 millis")
  yield* Effect.repeat(api.get(Listeners, "/info"), { until: ({ NEventsListener }) => NEventsListener === 0 })
  const past = yield* Stream.runCollect(
    api.lines("/events", { since: "0", until: String(Date.now() / 1000), filters })
  )
  return {
    version: info.ServerVersion,
    runtimes: Object.keys(info.Runtimes),
    isLocal: isLocal(info),
    refused: Array.from(new Set(refusals.map((error) => error?.message))).join(),
    missing: missing.message,
    past: Chunk.toArray(past).length
  }
})

const answer = await Effect.runPromise(
  program.pipe(
    Effect.timeoutFail({ duration: "30 seconds", onTimeout: () => new Error("it takes too long") }),
    Effect.catchAll((error) =>
      Effect.succeed(
        typeof error !== "object" ? "what was to fail did not" : {
          ...("_tag" in error ? { _tag: error._tag } : {}),
          message: error.message
        }
      )
    )
  )
)
NodeProcess.stdout.write(`${JSON.stringify(answer)}\n`)
