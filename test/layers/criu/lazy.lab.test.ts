/** Lazy restore of plain processes: they run at once, their memory comes in behind them, and what serves it is looked after. */
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import process from "node:process"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Checkpoints } from "stasis"
import { poll } from "../oci/LabContainer.ts"
import { beginLazily, leftBehind } from "../oci/lazyServer.ts"
import * as LabProcess from "./LabProcess.ts"

const pages = 32_768

/** Touches 128 MiB, each page its own, and looks at every page when it is asked to. */
const setup = `
pages = ${pages}
memory = bytearray(pages * 4096)
for page in range(pages): memory[page * 4096:page * 4096 + 8] = page.to_bytes(8, 'little')
def look():
    while not os.path.exists('look'): time.sleep(0.002)
    wrong = sum(memory[page * 4096:page * 4096 + 8] != page.to_bytes(8, 'little') for page in range(pages))
    with open('looking', 'w') as f: f.write('%d wrong of %d' % (wrong, pages))
    os.rename('looking', 'looked')
threading.Thread(target=look, daemon=True).start()`

/** What the program found in its memory. */
const looked = (folder: string) => {
  writeFileSync(`${folder}/look`, "")
  const found = Effect.sync(() => existsSync(`${folder}/looked`) ? readFileSync(`${folder}/looked`, "utf8") : "")
  return poll(found, (text) => text !== "")
}

describe("a lazy restore of plain processes", { timeout: 60_000 }, () => {
  it.scopedLive("answers before its memory is in, and every page is right", () =>
    Effect.gen(function* () {
      const tree = yield* LabProcess.make({ setup })
      yield* Effect.gen(function* () {
        yield* tree.counted(3)
        yield* Checkpoints.create(tree.id, "first")
        const { operation, seen, server } = yield* beginLazily(tree.id)
        const before = yield* tree.count
        // What serves the memory is let go for a moment at a time, until the program has answered.
        yield* poll(
          Effect.sync(() => process.kill(server, "SIGCONT")).pipe(
            Effect.zipRight(Effect.ensuring(tree.count, Effect.sync(() => process.kill(server, "SIGSTOP"))))
          ),
          (count) => count > before
        )
        expect(yield* operation.state).toBe("running")
        expect(seen.at(-1)).toMatchObject({ step: "paging" })
        process.kill(server, "SIGCONT")
        expect((yield* operation.result).state).toBe("running")
        expect(yield* looked(tree.folder)).toBe(`0 wrong of ${pages}`)
        expect(leftBehind(server)).toEqual([])
      }).pipe(Effect.provide(tree.layer))
    }))

  it.scopedLive("is no more where what serves its memory was killed, and can be restored again, with pids of its own, too", () =>
    Effect.gen(function* () {
      const tree = yield* LabProcess.make({ setup })
      yield* Effect.gen(function* () {
        yield* tree.counted(3)
        const pid = yield* tree.pid
        // One that stands still ends by nothing that it does.
        LabProcess.signalTree(pid, "SIGSTOP")
        yield* poll(Effect.sync(() => LabProcess.stateOf(pid)), (state) => state === "T")
        yield* Checkpoints.create(tree.id, "first")
        const { operation, server } = yield* beginLazily(tree.id)
        expect(LabProcess.stateOf(pid)).toBe("T")
        process.kill(server, "SIGKILL")
        expect(yield* Effect.flip(operation.result)).toMatchObject({ _tag: "RuntimeFailed", reason: "MemoryLost" })
        expect(LabProcess.stateOf(pid)).toBe("")
        expect(leftBehind(server)).toEqual([])

        const again = yield* Checkpoints.restore(tree.id, "first", { lazyPages: true, criu: { newPids: true } })
        expect(again.state).toBe("paused")
        LabProcess.signalTree(yield* tree.pid, "SIGCONT")
        expect(yield* looked(tree.folder)).toBe(`0 wrong of ${pages}`)
      }).pipe(Effect.provide(tree.layer))
    }))
})
