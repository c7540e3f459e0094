import { describe, expect, it } from "@effect/vitest"
import * as Config from "effect/Config"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Fiber from "effect/Fiber"
import * as FastCheck from "effect/FastCheck"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import { CheckpointError, CheckpointName, Checkpoints, Event, EventLog } from "stasis"
import * as Memory from "stasis/Memory"

const inWorld = <A, E, R>(
  test: (control: typeof Memory.MemoryControl.Service) => Effect.Effect<A, E, R>,
  config: Memory.MemoryConfig = {}
) =>
() =>
  Effect.provide(
    Effect.flatMap(Memory.MemoryControl, test),
    Memory.layerTest({ containers: [{ id: "counter" }], ...config })
  )

describe("the faults of a world", () => {
  it.effect(
    "fail the call that was asked for, and no other",
    inWorld(({ faults }) =>
      Effect.gen(function* () {
        const full = new CheckpointError.RuntimeFailed({
          operation: "checkpoint",
          container: "counter",
          runtime: "memory",
          reason: "NoSpace",
          detail: "full"
        })
        yield* faults.failNext("Runtime.checkpoint", full, { skip: 1 })
        const create = (name: string) => Checkpoints.create("counter", name, { leaveRunning: true })
        yield* create("first")
        expect(yield* Effect.flip(create("second"))).toEqual(full)
        yield* create("third")
        expect(yield* Checkpoints.names("counter")).toEqual(["first", "third"])
      })
    )
  )

  it.effect(
    "of a lazy restore: it runs while its memory comes in, and is gone when that is lost",
    inWorld(({ container, faults }) =>
      Effect.gen(function* () {
        yield* Checkpoints.create("counter", "first")
        const hang = yield* faults.hangNext("LazyPages.serve")
        const operation = yield* Checkpoints.beginRestore("counter", "first", { lazyPages: true })
        yield* hang.reached
        expect((yield* container("counter"))?.state).toBe("running")
        expect(yield* operation.state).toBe("running")
        const steps = yield* Effect.fork(Stream.runCollect(operation.progress))
        yield* Effect.yieldNow()
        yield* hang.release
        const { checkpoint } = yield* operation.result
        const total = checkpoint.record?.bytes ?? 0
        expect(Array.from(yield* Fiber.join(steps))).toEqual([
          { step: "paging", bytes: 0, total },
          { step: "paging", bytes: total, total },
          { step: "done", bytes: total, total }
        ])
        const lost = new CheckpointError.RuntimeFailed({
          operation: "restore",
          container: "counter",
          runtime: "memory",
          reason: "MemoryLost",
          detail: "lost"
        })
        yield* faults.failNext("LazyPages.serve", lost)
        const replaced = Checkpoints.restore("counter", "first", { lazyPages: true, replace: true })
        expect(yield* Effect.flip(replaced)).toEqual(lost)
        expect((yield* container("counter"))?.state).toBe("running")
        expect(yield* Checkpoints.names("counter")).toEqual(["first"])
        yield* Checkpoints.create("counter", "second")
        yield* faults.failNext("LazyPages.serve", lost)
        expect(yield* Effect.flip(Checkpoints.restore("counter", "second", { lazyPages: true }))).toEqual(lost)
        expect(yield* container("counter")).toBeUndefined()
        yield* Checkpoints.restore("counter", "second", { lazyPages: true })
        expect((yield* container("counter"))?.state).toBe("running")
      })
    )
  )

  it.effect(
    "hang a call until it is released",
    inWorld(({ faults }) =>
      Effect.gen(function* () {
        const hang = yield* faults.hangNext("Runtime.checkpoint")
        const fiber = yield* Effect.fork(Checkpoints.create("counter", "first", { leaveRunning: true }))
        yield* hang.reached
        expect(yield* Checkpoints.names("counter")).toEqual([])
        yield* hang.release
        expect((yield* Fiber.join(fiber)).checkpoint.name).toBe("first")
      })
    )
  )

  it.effect(
    "delay calls by the clock, and what stands still does not count meanwhile",
    inWorld((control) =>
      Effect.gen(function* () {
        yield* control.faults.delay("FileSystem.writeFile", "1 second")
        const fiber = yield* Effect.fork(Checkpoints.create("counter", "first", { leaveRunning: true }))
        yield* TestClock.adjust("500 millis")
        expect(yield* Fiber.poll(fiber)).toMatchObject({ _tag: "None" })
        yield* TestClock.adjust("1 minute")
        const { checkpoint } = yield* Fiber.join(fiber)
        expect(checkpoint.record?.statistics?.frozenMicros).toBeGreaterThanOrEqual(2_000_000)
        expect(yield* control.count("counter")).toBeLessThan(60_500 / 100)
      }), { tickMillis: 100 })
  )

  it.effect(
    "fail the store of checkpoints, wherever it keeps them, and nothing is lost",
    () =>
      Effect.forEach(["map", "folder"] as const, (store) =>
        inWorld(({ count, faults }) =>
          Effect.gen(function* () {
            const broken = new CheckpointError.StorageFailed({
              operation: "publish",
              path: "/",
              reason: "Device",
              detail: "a fault"
            })
            yield* faults.failNext("CheckpointStore.publish", broken)
            expect(yield* Effect.flip(Checkpoints.create("counter", "first"))).toEqual(broken)
            expect(yield* Checkpoints.names("counter")).toEqual([])
            expect(yield* count("counter")).toBe(0)
            yield* Checkpoints.create("counter", "first", { leaveRunning: true })
            yield* faults.failNext("CheckpointStore.remove", broken)
            expect(yield* Effect.flip(Checkpoints.remove("counter", "first"))).toEqual(broken)
            expect(yield* Checkpoints.names("counter")).toEqual(["first"])
          }), { store })())
  )

  it.effect(
    "strike the storage at any call, wherever it keeps checkpoints",
    () =>
      Effect.forEach(["map", "folder"] as const, (store) =>
        inWorld(({ faults }) =>
          Effect.gen(function* () {
            let struck = 0
            for (let skip = 0; skip < 200; skip++) {
              yield* faults.failStorage("EIO", { skip })
              const outcome = yield* Effect.either(Checkpoints.create("counter", `at-${skip}`, { leaveRunning: true }))
              const left = yield* Effect.sync(() => faults.storageFaultsLeft)
              yield* faults.clear
              yield* Checkpoints.recover("counter")
              const names = yield* Checkpoints.names("counter")
              expect(names.includes(CheckpointName.parse(`at-${skip}`).pipe(Either.getOrThrow))).toBe(
                outcome._tag === "Right"
              )
              if (left > 0) break
              struck += 1
            }
            expect(struck).toBeGreaterThan(store === "map" ? 5 : 40)
            expect(struck).toBeLessThan(200)
          }), { store })())
  )

  it.effect(
    "fill the disk, and the container goes on",
    inWorld((control) =>
      Effect.gen(function* () {
        yield* control.faults.failWritesAfter(3000)
        const error = yield* Effect.flip(Checkpoints.create("counter", "first"))
        expect(error).toMatchObject({ _tag: "RuntimeFailed", reason: "NoSpace" })
        yield* control.faults.clear
        expect(yield* Checkpoints.names("counter")).toEqual([])
        expect(yield* control.advance("counter")).toBe(1)
        yield* control.faults.setCapacity(4000)
        expect(yield* Effect.flip(Checkpoints.create("counter", "first"))).toMatchObject({
          _tag: "StorageFailed",
          reason: "NoSpace"
        })
      })
    )
  )
})

describe("a world", () => {
  it.effect(
    "counts by the clock while a container runs, and goes on from a checkpoint",
    inWorld((control) =>
      Effect.gen(function* () {
        yield* TestClock.adjust("1 second")
        yield* Checkpoints.create("counter", "first")
        yield* TestClock.adjust("1 hour")
        yield* Checkpoints.restore("counter", "first")
        expect(yield* control.count("counter")).toBe(10)
        yield* TestClock.adjust("1 second")
        expect(yield* control.count("counter")).toBe(20)
      }), { tickMillis: 100 })
  )

  it.effect(
    "refuses to restore over a file that has changed",
    inWorld((control) =>
      Effect.gen(function* () {
        yield* Checkpoints.create("counter", "first")
        yield* control.fileSystem.writeFileString("/data/log", "more")
        const changed = { _tag: "RuntimeFailed", reason: "FileChanged" }
        expect(yield* Effect.flip(Checkpoints.restore("counter", "first"))).toMatchObject(changed)
        // As long as it was, at another time.
        yield* TestClock.adjust("1 second")
        yield* control.fileSystem.writeFileString("/data/log", "")
        expect(yield* Effect.flip(Checkpoints.restore("counter", "first"))).toMatchObject(changed)
      }), { containers: [{ id: "counter", files: ["/data/log"] }] })
  )

  it.effect(
    "refuses what only OCI runtimes understand",
    inWorld(() =>
      Effect.gen(function* () {
        yield* Checkpoints.create("counter", "first")
        const error = yield* Effect.flip(Checkpoints.restore("counter", "first", { oci: { bundle: "/b" } }))
        expect(error).toMatchObject({ _tag: "OptionUnsupported", option: "oci", supportedBy: ["runc", "crun"] })
      })
    )
  )

  it.effect("is seen by every layer that is made of it", () =>
    Effect.gen(function* () {
      const world = yield* Memory.make({ containers: [{ id: "counter" }] })
      yield* Effect.provide(Checkpoints.create("counter", "first"), Memory.layerOf(world))
      yield* world.control.crash
      expect(yield* Effect.provide(Checkpoints.names("counter"), Memory.layerOf(world))).toEqual(["first"])
    }))

  it.effect("can be described by configuration", () =>
    Effect.gen(function* () {
      yield* Effect.flip(Checkpoints.create("counter", "first"))
    }).pipe(
      Effect.provide(Memory.layerConfig({ stasisRoot: Config.string("STASIS_ROOT") })),
      Effect.withConfigProvider(ConfigProvider.fromMap(new Map([["STASIS_ROOT", "/elsewhere"]])))
    ))

  it.effect("tells a follower of events that it fell behind", () =>
    Effect.gen(function* () {
      const log = yield* EventLog.EventLog
      const event = Event.make("restore", { id: "c", state: "running", labels: {}, identity: "c" }, {}, 1000)
      const follower = log.follow({ since: 0 }).pipe(
        Stream.tap(() => Effect.replicateEffect(log.append(event), 10)),
        Stream.rechunk(1),
        Stream.runDrain
      )
      yield* log.append(event)
      expect(yield* Effect.flip(follower)).toMatchObject({ _tag: "EventLogFailed", operation: "follow" })
    }).pipe(Effect.provide(Layer.suspend(() => Memory.layer({ eventCapacity: 2 })))))
})

describe("the arbitraries", () => {
  it("make names that are taken, and names that are refused", () => {
    FastCheck.assert(FastCheck.property(Memory.Arbitraries.name, (name) => CheckpointName.parse(name)._tag === "Right"))
    FastCheck.assert(
      FastCheck.property(Memory.Arbitraries.invalidName, (name) => CheckpointName.parse(name)._tag === "Left")
    )
  })

  it("make containers and commands that a world takes", () =>
    FastCheck.assert(
      FastCheck.asyncProperty(Memory.Arbitraries.container, Memory.Arbitraries.createOptions, (container, options) =>
        Effect.runPromise(
          Effect.provide(
            Effect.either(Checkpoints.create(container.id, "first", options)),
            Memory.layer({ containers: [container] })
          ).pipe(Effect.map((outcome) => {
            const lives = (container.state ?? "running") === "running" || container.state === "paused"
            expect(outcome._tag).toBe(lives ? "Right" : "Left")
          }))
        )),
      { numRuns: 50 }
    ))
})
