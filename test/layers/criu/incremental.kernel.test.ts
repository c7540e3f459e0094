// Checkpoints of plain processes that hold only what changed, on a kernel that tracks changed memory. The program says itself
// whether its memory is what it made of it.
import { lstatSync, readlinkSync, writeFileSync } from "node:fs"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { CheckpointName, Checkpoints } from "stasis"
import { poll } from "../oci/LabContainer.ts"
import * as LabProcess from "./LabProcess.ts"

/** Pages of the memory that stays as it is: 6 MiB. */
const still = 1536

const setup = `
import zlib
still = bytearray(os.urandom(1 << 20) * 6)
sum = zlib.crc32(still)
def look():
    while not os.path.exists('look'): time.sleep(0.05)
    with open('looking', 'w') as word: word.write('intact' if zlib.crc32(still) == sum else 'changed')
    os.rename('looking', 'looked')
threading.Thread(target=look, daemon=True).start()`

const toName = Schema.decodeSync(CheckpointName.CheckpointName)

/** It goes on from where it was, with all of its memory. */
const isIntact = (tree: LabProcess.LabProcess, before: number) =>
  Effect.gen(function* () {
    expect(yield* tree.count).toBeGreaterThanOrEqual(before)
    // It is asked only now: a file that it had open while it was frozen would have another name by the time of the restore.
    writeFileSync(`${tree.folder}/look`, "")
    const word = yield* poll(Effect.sync(() => LabProcess.readText(`${tree.folder}/looked`)), (text) => text !== "")
    expect(word).toBe("intact")
  })

describe("plain processes", () => {
  it.scopedLive("preDump: what did not change since is not written while they are frozen", () =>
    Effect.gen(function* () {
      const tree = yield* LabProcess.make({ setup })
      yield* Effect.gen(function* () {
        const plain = (yield* Checkpoints.create(tree.id, "plain", { leaveRunning: true })).checkpoint.record
          ?.statistics
        const before = yield* tree.count
        const { checkpoint } = yield* Checkpoints.create(tree.id, "ahead", { leaveRunning: true, preDump: true })
        const ahead = checkpoint.record?.statistics
        expect(ahead?.pagesSkippedParent).toBeGreaterThan(still)
        expect(ahead?.pagesWritten).toBeLessThan((plain?.pagesWritten ?? 0) - still)
        expect(readlinkSync(`${checkpoint.path}/parent`)).toBe("pre-dump")
        expect(lstatSync(`${checkpoint.path}/pre-dump/pages-1.img`).mode & 0o777).toBe(0o600)
        yield* Checkpoints.restore(tree.id, "ahead", { replace: true })
        yield* isIntact(tree, before)
      }).pipe(Effect.provide(tree.layer))
    }))

  it.scopedLive("parentPath: a checkpoint builds on the last one, is restored with it, and keeps it", () =>
    Effect.gen(function* () {
      const tree = yield* LabProcess.make({ setup })
      yield* Effect.gen(function* () {
        yield* Checkpoints.create(tree.id, "first", { leaveRunning: true })
        const before = yield* tree.count
        const { checkpoint } = yield* Checkpoints.create(tree.id, "second", { parentPath: toName("first") })
        expect(checkpoint.record?.statistics?.pagesSkippedParent).toBeGreaterThan(still)
        expect(readlinkSync(`${checkpoint.path}/parent`)).toBe("../first")
        yield* Checkpoints.restore(tree.id, "second")
        yield* isIntact(tree, before)
        expect(yield* Effect.flip(Checkpoints.remove(tree.id, "first", { wait: false }))).toMatchObject({
          _tag: "CheckpointBusy",
          children: ["second"]
        })
      }).pipe(Effect.provide(tree.layer))
    }))
})
