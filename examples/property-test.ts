/**
 * A property test of one's own program, on the in-memory layer: whatever name is chosen and whichever call on storage fails,
 * the container runs on and one of the two checkpoints is there.
 */
import { Checkpoints } from "stasis"
import * as Memory from "stasis/Memory"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"

/** What is tested: keeps the newest checkpoint of an application only. */
const renew = (name: string) =>
  Effect.gen(function* () {
    const older = yield* Checkpoints.names("app")
    yield* Checkpoints.create("app", name, { leaveRunning: true })
    yield* Effect.forEach(older, (one) => Checkpoints.remove("app", one), { discard: true })
  })

const attempt = (name: string, skip: number) =>
  Effect.gen(function* () {
    const { container, faults } = yield* Memory.MemoryControl
    yield* Checkpoints.create("app", "the-first", { leaveRunning: true })
    yield* faults.failStorage("EIO", { skip })
    const outcome = yield* Effect.either(renew(name))
    yield* faults.clear
    const left = yield* Checkpoints.list("app")
    const app = yield* container("app")
    return {
      failed: outcome._tag === "Left",
      safe: app?.state === "running" && left.some((one) => one.status === "complete")
    }
  }).pipe(Effect.provide(Memory.layerTest({ containers: [{ id: "app" }] })))

const outcomes = { failed: 0, succeeded: 0 }

const property = FastCheck.asyncProperty(
  Memory.Arbitraries.name,
  FastCheck.nat(40),
  (name, skip) =>
    Effect.runPromise(Effect.map(attempt(name, skip), ({ failed, safe }) => {
      outcomes[failed ? "failed" : "succeeded"] += 1
      return safe
    }))
)

const test = Effect.promise(() => FastCheck.assert(property, { numRuns: 100, seed: 1 }))
await Effect.runPromise(test)
await Effect.runPromise(
  Console.log(
    `100 attempts, ${outcomes.failed} failed, ${outcomes.succeeded} succeeded: no container and no checkpoint was lost`
  )
)
