/**
 * A world in memory with one container, `web`, and what the tests of the use cases ask of it. Its checkpoints lie in folders of
 * the in-memory file system, where the tests look at them.
 */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type * as Scope from "effect/Scope"
import { Checkpoints } from "stasis"
import * as Memory from "stasis/Memory"

const web = { id: "web", name: "front", image: "nginx", labels: { team: "a" }, count: 7 }

type Needs = Layer<typeof Memory.layerTest>
type Layer<F> = F extends (config?: infer _) => import("effect/Layer").Layer<infer A> ? A : never

/** Runs a test in a new world of its own. */
export const inWorld = <A, E>(
  test: (control: typeof Memory.MemoryControl.Service) => Effect.Effect<A, E, Needs | Scope.Scope>,
  config: Memory.MemoryConfig = {}
) =>
() =>
  Effect.flatMap(Memory.MemoryControl, (control) => lettingGo(control, test(control))).pipe(
    Effect.scoped,
    Effect.provide(Memory.layerTest({ containers: [web], store: "folder", ...config }))
  )

/** A test that fails lets go what it left hanging: what cannot be interrupted would else hold it up until its time is over. */
export const lettingGo = <A, E, R>(
  { faults }: typeof Memory.MemoryControl.Service,
  test: Effect.Effect<A, E, R>
): Effect.Effect<A, E, R> => {
  const hangs: Array<Memory.Hang> = []
  const hangNext = faults.hangNext.bind(faults)
  faults.hangNext = (operation, options) =>
    Effect.tap(hangNext(operation, options), (hang) => Effect.sync(() => hangs.push(hang)))
  return Effect.onError(test, () => Effect.forEach(hangs, (hang) => hang.release, { discard: true }))
}

/** The result of a fiber that nothing holds up any more; dies where it does not come to its end. */
export const settled = <A, E>(fiber: Fiber.RuntimeFiber<A, E>): Effect.Effect<A, E> =>
  Effect.gen(function* () {
    for (let turn = 0; turn < 1000; turn++) {
      if ((yield* Fiber.poll(fiber))._tag === "Some") return yield* Fiber.join(fiber)
      yield* Effect.yieldNow()
    }
    return yield* Effect.dieMessage("it waits for what does not come")
  })

/** Where the checkpoints of `web` are kept. */
export const directory = "/var/lib/stasis/memory/web/checkpoints"

/** The names of the checkpoints of `web` as list gives them. */
export const listed = Effect.map(Checkpoints.list("web"), (all) => all.map((one) => one.name))
