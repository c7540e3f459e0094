// What a user of Docker who is not root is told: run as a process of its own, it prints it as JSON.
import process from "node:process"
import * as Effect from "effect/Effect"
import * as Checkpoints from "../../../src/effects/Checkpoints.ts"
import { ContainerStore } from "../../../src/effects/ContainerStore.ts"
import { Runtime } from "../../../src/effects/Runtime.ts"
import * as Docker from "../../../src/layers/docker/Docker.ts"
import * as Oci from "../../../src/layers/oci/Oci.ts"

const [host, stasisRoot, container = ""] = process.argv.slice(2)

const told = Effect.gen(function* () {
  const store = yield* ContainerStore
  const runtime = yield* Runtime
  const found = yield* Effect.either(store.find(container))
  const { findings } = yield* runtime.capabilities
  const created = yield* Effect.either(Checkpoints.create(container, "first", { leaveRunning: true }))
  return {
    findings,
    found: found._tag === "Right" ? found.right.state : found.left.message,
    created: created._tag === "Right" ? created.right.state : created.left.message
  }
}).pipe(Effect.provide(Docker.layer({ host, stasisRoot, beneath: Oci.beneath })))

console.log(JSON.stringify(await Effect.runPromise(told)))
