// Who else may read what checkpoints hold: nobody, at any instant.
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { Checkpoints, EventLog } from "stasis"
import * as Chunk from "effect/Chunk"
import * as Stream from "effect/Stream"
import { type Folders, inFolders, modesBelow, root, staging } from "./folders.ts"

/** What others may do to anything below a folder. */
const open = (control: Folders["control"], path: string) =>
  Effect.map(modesBelow(control, path), (found) => found.filter(([, mode]) => (mode & 0o077) !== 0))

describe("others", () => {
  it.effect(
    "may do nothing to what is published, in the container's own directory or in one that was made for it",
    inFolders(({ control }) =>
      Effect.gen(function* () {
        yield* Checkpoints.create("web", "own", { leaveRunning: true, preDump: true })
        yield* Checkpoints.create("web", "other", { leaveRunning: true, preDump: true, checkpointDir: "/a/b" })
        const found = (yield* Effect.forEach(["/a", root], (path) => modesBelow(control, path))).flat()
        // The bits of a link say nothing: what counts are those of what it leads to.
        const wrong = found.filter(([path, mode]) => mode !== 0o700 && mode !== 0o600 && !path.endsWith("/parent"))
        expect(wrong).toEqual([])
        const paths = found.map(([path]) => path)
        expect(paths).toContain(`${root}/memory/web/directories.json`)
        for (const checkpoint of [`${root}/memory/web/checkpoints/own`, "/a/b/other"]) {
          expect(found).toContainEqual([`${checkpoint}/pre-dump`, 0o700])
          expect(found).toContainEqual([`${checkpoint}/pre-dump/pages-1.img`, 0o600])
          expect(found).toContainEqual([`${checkpoint}/config.json`, 0o600])
        }
      })
    )
  )

  it.effect(
    "may not reach what is in the making, whatever the runtime makes of it",
    inFolders(({ control }) =>
      Effect.gen(function* () {
        const hang = yield* control.faults.hangNext("Runtime.checkpoint")
        const fiber = yield* Effect.fork(Checkpoints.create("web", "first", { tcpEstablished: true }))
        yield* hang.reached
        expect(yield* open(control, root)).toEqual([])
        const [attempt] = yield* control.fileSystem.readDirectory(staging())
        expect(yield* modesBelow(control, `${staging()}/${attempt}`)).toContainEqual([
          `${staging()}/${attempt}/intent.json`,
          0o600
        ])
        // runc makes such a folder where there is none.
        yield* control.fileSystem.chmod(`${staging()}/${attempt}/images`, 0o755)
        yield* hang.release
        yield* Fiber.join(fiber)
        expect(yield* open(control, root)).toEqual([])
      })
    )
  )

  it.effect(
    "may not reach the log of a restore, which goes with it",
    inFolders(({ control }) =>
      Effect.gen(function* () {
        yield* Checkpoints.create("web", "first")
        const work = `${root}/memory/web/work`
        const hang = yield* control.faults.hangNext("Runtime.restore")
        const fiber = yield* Effect.fork(Checkpoints.restore("web", "first"))
        yield* hang.reached
        expect(yield* control.fileSystem.readDirectory(work)).toHaveLength(1)
        expect(yield* open(control, root)).toEqual([])
        yield* hang.release
        yield* Fiber.join(fiber)
        expect(yield* control.fileSystem.readDirectory(work)).toEqual([])
      })
    )
  )

  it.effect(
    "read in the log of events what an event is made of, and no word of an error",
    inFolders(({ control }) =>
      Effect.gen(function* () {
        yield* control.faults.setCapacity(1)
        const error = yield* Effect.flip(Checkpoints.create("web", "first"))
        const log = yield* EventLog.EventLog
        const [event] = Chunk.toArray(yield* Stream.runCollect(log.history()))
        expect(event?.Actor.Attributes).toEqual({ name: "web", team: "a", checkpoint: "first", error: error._tag })
      })
    )
  )
})
