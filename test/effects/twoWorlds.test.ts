// A program that has two worlds has two sets of use cases, though both are built from one layer.
import { expect, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Checkpoints from "../../src/effects/Checkpoints.ts"
import * as Memory from "../../src/layers/memory/Memory.ts"

class Remote extends Context.Tag("test/Remote")<Remote, Context.Tag.Service<Checkpoints.Checkpoints>>() {}

const remote = Layer.provide(
  Layer.effect(Remote, Checkpoints.Checkpoints),
  Memory.layer({ containers: [{ id: "far" }] })
)

it.effect("two worlds do not share their use cases", () =>
  Effect.gen(function* () {
    const far = yield* Remote
    yield* far.create("far", "first", { leaveRunning: true })
    yield* Checkpoints.create("near", "second", { leaveRunning: true })
    expect(yield* far.names("far")).toEqual(["first"])
    expect(yield* Checkpoints.names("near")).toEqual(["second"])
    expect((yield* Effect.flip(far.names("near")))._tag).toBe("ContainerNotFound")
  }).pipe(Effect.provide(Layer.merge(remote, Memory.layer({ containers: [{ id: "near" }] })))))
