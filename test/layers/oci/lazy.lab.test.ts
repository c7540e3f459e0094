// Lazy restore: the processes run at once, their memory comes in behind them, and what serves it is looked after.
import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs"
import { kill } from "node:process"
import { describe, expect, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import type { Progress } from "../../../src/domain/Progress.ts"
import * as Checkpoints from "../../../src/effects/Checkpoints.ts"
import * as LabContainer from "./LabContainer.ts"

const pages = 65_536

/** Touches 256 MiB, each page its own, counts, and looks at every page when it is asked to. */
const touched = LabContainer.python(`
import threading
pages = ${pages}
memory = bytearray(pages * 4096)
for page in range(pages): memory[page * 4096:page * 4096 + 8] = page.to_bytes(8, 'little')
def look():
    while not os.path.exists('/tmp/look'): time.sleep(0.002)
    wrong = sum(memory[page * 4096:page * 4096 + 8] != page.to_bytes(8, 'little') for page in range(pages))
    with open('/tmp/looking', 'w') as f: f.write('%d wrong of %d' % (wrong, pages))
    os.rename('/tmp/looking', '/tmp/looked')
threading.Thread(target=look, daemon=True).start()`)

for (const runtime of LabContainer.runtimes) {
  describe(runtime, () => {
    it.scopedLive("it answers before its memory is in, and every page is right", () =>
      Effect.gen(function* () {
        const container = yield* LabContainer.make({ runtime, programs: true, args: touched })
        yield* Effect.gen(function* () {
          const before = yield* container.counted(3)
          const { checkpoint } = yield* Checkpoints.create(container.id, "first")
          const operation = yield* Checkpoints.beginRestore(container.id, "first", { lazyPages: true })
          const seen = yield* Effect.fork(Stream.runCollect(operation.progress))
          yield* operation.result
          const progress = Chunk.toReadonlyArray(yield* Fiber.join(seen))
          console.log(progress)
        }).pipe(Effect.provide(LabContainer.layerOf(container)))
      }))
  })
}
