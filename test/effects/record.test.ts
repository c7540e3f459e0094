// The events that the use cases append, and what becomes of an operation when the log takes none.
import { describe, expect, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import { CheckpointError, Checkpoints, EventLog } from "stasis"
import { directory, inWorld, listed } from "./world.ts"

const history = Effect.flatMap(EventLog.EventLog, (log) => Effect.map(Stream.runCollect(log.history()), Chunk.toArray))
const last = Effect.map(history, (events) => events.at(-1))

const broken = new CheckpointError.RuntimeFailed({
  operation: "restore",
  container: "front",
  runtime: "memory",
  reason: "Unknown",
  detail: "SECRET=1 is in its memory"
})

const full = new CheckpointError.EventLogFailed({ operation: "append", path: "/log", detail: "it is full" })

/** What every event of the container says. */
const common = { team: "a", image: "nginx", name: "front", checkpointDir: directory }

describe("an event", () => {
  it.effect(
    "is appended for each create, restore and removal, with all that it is made of",
    inWorld(() =>
      Effect.gen(function* () {
        yield* TestClock.adjust("90 seconds")
        for (const [name, leaveRunning] of [["first", true], ["second", false]] as const) {
          const { checkpoint } = yield* Checkpoints.create("web", name, { leaveRunning })
          expect(yield* last).toEqual({
            Type: "container",
            Action: "checkpoint",
            Actor: {
              ID: "web",
              Attributes: {
                ...common,
                checkpoint: name,
                exit: String(!leaveRunning),
                bytes: String(checkpoint.record?.bytes),
                frozenMicros: String(checkpoint.record?.statistics?.frozenMicros)
              }
            },
            time: 90,
            timeNano: 90_000_000_000
          })
          expect(checkpoint.record?.bytes).toBeGreaterThan(4096)
        }
        yield* Checkpoints.restore("web", "second")
        expect(yield* last).toMatchObject({ Action: "restore" })
        expect((yield* last)?.Actor.Attributes).toEqual({ ...common, checkpoint: "second", replace: "false" })
        yield* Checkpoints.restore("web", "first", { replace: true })
        expect((yield* last)?.Actor.Attributes).toEqual({ ...common, checkpoint: "first", replace: "true" })
        yield* Checkpoints.remove("web", "second")
        expect(yield* last).toMatchObject({ Action: "checkpoint-remove" })
        expect((yield* last)?.Actor.Attributes).toEqual({ ...common, checkpoint: "second" })
        expect((yield* history).map((event) => event.Action)).toEqual([
          "checkpoint",
          "checkpoint",
          "restore",
          "restore",
          "checkpoint-remove"
        ])
      })
    )
  )

  it.effect(
    "of a failure holds the error's tag, and nothing that the error says",
    inWorld((control) =>
      Effect.gen(function* () {
        yield* control.faults.failNext("Runtime.checkpoint", broken)
        yield* Effect.flip(Checkpoints.create("web", "first"))
        expect(yield* last).toMatchObject({ Action: "checkpoint-failed" })
        yield* Checkpoints.create("web", "first")
        yield* control.faults.failNext("Runtime.restore", broken)
        yield* Effect.flip(Checkpoints.restore("web", "first"))
        expect(yield* last).toMatchObject({ Action: "restore-failed" })
        const failures = (yield* history).filter((event) => event.Action.endsWith("-failed"))
        const { checkpointDir: _, ...rest } = common
        for (const event of failures) {
          expect(event.Actor.Attributes).toEqual({ ...rest, checkpoint: "first", error: "RuntimeFailed" })
        }
        expect(failures).toHaveLength(2)
      })
    )
  )

  it.effect(
    "is appended for what is recovered",
    inWorld((control) =>
      Effect.gen(function* () {
        const hang = yield* control.faults.hangNext("Runtime.checkpoint", { after: true })
        const fiber = yield* Effect.fork(Effect.flip(Checkpoints.create("web", "first", { tcpEstablished: true })))
        yield* hang.reached
        yield* control.faults.failWritesAfter(0)
        yield* hang.release
        expect((yield* Fiber.join(fiber))._tag).toBe("CheckpointUnpublished")
        yield* control.faults.clear
        yield* Checkpoints.recover("web")
        expect(yield* last).toMatchObject({ Action: "checkpoint-recover" })
        expect((yield* last)?.Actor.Attributes).toEqual({ ...common, checkpoint: "first" })
      })
    )
  )
})

describe("a log that takes no event", () => {
  it.effect(
    "undoes nothing: create, restore and remove say so in their results",
    inWorld((control) =>
      Effect.gen(function* () {
        yield* control.faults.failNext("EventLog.append", full, { times: 3 })
        expect((yield* Checkpoints.create("web", "first")).warnings).toEqual([full.message])
        expect(yield* listed).toEqual(["first"])
        expect(yield* Checkpoints.restore("web", "first")).toMatchObject({
          state: "running",
          warnings: [full.message]
        })
        expect((yield* Checkpoints.remove("web", "first")).warnings).toEqual([full.message])
        expect(yield* listed).toEqual([])
        expect(yield* history).toEqual([])
      })
    )
  )

  it.effect(
    "hides no failure",
    inWorld((control) =>
      Effect.gen(function* () {
        yield* control.faults.failNext("EventLog.append", full)
        yield* control.faults.failNext("Runtime.checkpoint", broken)
        expect((yield* Effect.flip(Checkpoints.create("web", "first")))._tag).toBe("RuntimeFailed")
      })
    )
  )
})
