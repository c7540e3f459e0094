// The event log on a file system in memory: what only happens when something goes wrong.
import { describe, expect, it } from "@effect/vitest"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Chunk from "effect/Chunk"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import { Disk, Event, EventLog } from "stasis"
import * as Memory from "stasis/Memory"
import * as EventFile from "../../../src/layers/shared/EventFile.ts"

const event = Event.make("restore", { id: "c", state: "running", labels: {}, identity: "c" }, {}, 1000)

const onDisk = <A, E>(
  test: (control: typeof Memory.MemoryControl.Service) => Effect.Effect<A, E, EventLog.EventLog>
) =>
() =>
  Effect.gen(function* () {
    const { control } = yield* Memory.make()
    const host = Context.make(FileSystem.FileSystem, control.fileSystem).pipe(Context.add(Disk.Disk, control.disk))
    yield* Effect.provide(
      test(control),
      Layer.provide(EventFile.layer({ root: "/stasis" }), Layer.succeedContext(host))
    )
  })

describe("an append", () => {
  it.effect(
    "that fails in the middle leaves no half of a line",
    onDisk((control) =>
      Effect.gen(function* () {
        const log = yield* EventLog.EventLog
        yield* log.append(event)
        const path = "/stasis/events/00000001.ndjson"
        const before = yield* control.fileSystem.readFileString(path)
        yield* control.faults.failWritesAfter(20)
        expect(yield* Effect.flip(log.append(event))).toMatchObject({ _tag: "EventLogFailed", operation: "append" })
        expect(yield* control.fileSystem.readFileString(path)).toBe(before)
        yield* control.faults.clear
        yield* log.append(event)
        expect(Chunk.toArray(yield* Stream.runCollect(log.history()))).toEqual([event, event])
      })
    )
  )

  it.effect(
    "waits for the one before it",
    onDisk((control) =>
      Effect.gen(function* () {
        const log = yield* EventLog.EventLog
        const hang = yield* control.faults.hangNext("FileSystem.open")
        const first = yield* Effect.fork(log.append(event))
        yield* hang.reached
        const second = yield* Effect.fork(log.append(event))
        for (let turn = 0; turn < 100; turn++) yield* Effect.yieldNow()
        expect(yield* Fiber.poll(second)).toMatchObject({ _tag: "None" })
        yield* hang.release
        yield* Fiber.joinAll([first, second])
        expect(yield* Stream.runCount(log.history())).toBe(2)
      })
    )
  )

  it.effect(
    "waits ten seconds for one that stands still, and no longer",
    onDisk((control) =>
      Effect.gen(function* () {
        const log = yield* EventLog.EventLog
        yield* log.append(event)
        yield* Effect.scoped(Effect.gen(function* () {
          yield* control.disk.lock("/stasis/events/lock", true)
          const late = yield* Effect.fork(Effect.flip(log.append(event)))
          yield* TestClock.adjust("9 seconds")
          expect(yield* Fiber.poll(late)).toMatchObject({ _tag: "None" })
          yield* TestClock.adjust("2 seconds")
          for (let turn = 0; turn < 100; turn++) yield* Effect.yieldNow()
          expect(yield* Fiber.poll(late)).toMatchObject({ _tag: "Some", value: { value: { _tag: "EventLogFailed" } } })
        }))
      })
    )
  )
})
