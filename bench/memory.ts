/**
 * Operations on the in-memory layer, one after the other: how many in a second of one core. The processor's time is counted,
 * all threads of the process together, so that whatever else the machine does is left out.
 */
import process from "node:process"
import * as Effect from "effect/Effect"
import * as Checkpoints from "../src/effects/Checkpoints.ts"
import * as Memory from "../src/layers/memory/Memory.ts"
import * as Row from "./Row.ts"

const piece = "memory"

/** The in-memory layer, in rows. */
export const memory = (quick: boolean) =>
  Effect.gen(function* () {
    const rounds = quick ? 5 : 15
    yield* Checkpoints.create("counter", "kept", { leaveRunning: true })
    const gets = yield* rates(rounds, quick ? 4_000 : 10_000, Checkpoints.get("counter", "kept"))
    const pairs = yield* rates(
      rounds,
      quick ? 600 : 1_000,
      Effect.zipRight(
        Checkpoints.create("counter", "passing", { leaveRunning: true }),
        Checkpoints.remove("counter", "passing")
      )
    )
    return [
      Row.ofQuantity(piece, "memory layer: get", gets, "/s", { least: 20_000 }),
      Row.ofQuantity(piece, "memory layer: create and remove", pairs, "pairs/s", { least: 3_000 })
    ]
  }).pipe(Effect.provide(Memory.layer({ containers: [{ id: "counter" }] })))

/** How many in a second of one core, in each of so many rounds; the first round is not counted. */
const rates = <E, R>(rounds: number, times: number, work: Effect.Effect<unknown, E, R>) =>
  Effect.gen(function* () {
    const round = Effect.gen(function* () {
      const before = process.cpuUsage()
      for (let turn = 0; turn < times; turn++) yield* work
      const { system, user } = process.cpuUsage(before)
      return times / (system + user) * 1e6
    })
    yield* round
    return yield* Effect.replicateEffect(round, rounds)
  })
