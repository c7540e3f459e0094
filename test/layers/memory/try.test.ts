import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Memory from "stasis/Memory"
import { Checkpoints } from "stasis"
it.effect("x", () => Effect.gen(function*() {
   const control = yield* Memory.MemoryControl
   yield* control.advance("counter", 41)
   const c = yield* Checkpoints.create("counter", "before")
   console.log(JSON.stringify(c), yield* control.container("counter"))
   console.log(yield* control.fileSystem.readDirectory("/", {recursive: true}))
   console.log(yield* Checkpoints.list())
   const r = yield* Checkpoints.restore("counter", "before")
   console.log(r, yield* control.container("counter"))
   expect(yield* control.advance("counter")).toBe(42)
   yield* Checkpoints.remove("counter", "before")
   console.log(yield* control.fileSystem.readDirectory("/", {recursive: true}))
}).pipe(Effect.provide(Memory.layerTest({ containers: [{ id: "counter" }] }))))
