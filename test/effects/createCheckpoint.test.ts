import { describe, expect, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Fiber from "effect/Fiber"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { CheckpointError, CheckpointName, Checkpoints, EventLog } from "stasis"
import type * as Memory from "stasis/Memory"
import { directory, inWorld, listed } from "./world.ts"

const broken = new CheckpointError.RuntimeFailed({
  operation: "checkpoint",
  container: "front",
  runtime: "memory",
  reason: "Unknown",
  detail: "it broke"
})

const name = Schema.decodeSync(CheckpointName.CheckpointName)

const itBroke = { _tag: "RuntimeFailed", message: "Cannot checkpoint container front: it broke" }

const history = Effect.flatMap(EventLog.EventLog, (log) => Effect.map(Stream.runCollect(log.history()), Chunk.toArray))

describe("create", () => {
  it.effect(
    "stops the container unless it is left running, and says so",
    inWorld((control) =>
      Effect.gen(function* () {
        const first = yield* Checkpoints.create("web", "first", { leaveRunning: true })
        expect(first).toMatchObject({ state: "running", warnings: [], checkpoint: { name: "first", exit: false } })
        const second = yield* Checkpoints.create("web", "second")
        expect(second).toMatchObject({
          state: "forgotten",
          warnings: [],
          checkpoint: { exit: true, status: "complete" }
        })
        expect(yield* control.container("web")).toBeUndefined()
      })
    )
  )

  it.effect(
    "records the container, the runtime, the options and the figures",
    inWorld(() =>
      Effect.gen(function* () {
        const { checkpoint } = yield* Checkpoints.create("web", "first", { leaveRunning: true, fileLocks: true })
        expect(checkpoint.record).toMatchObject({
          version: 1,
          published: true,
          paused: false,
          container: { id: "web", name: "front", image: "nginx", labels: { team: "a" } },
          runtime: { name: "memory" },
          options: { fileLocks: true, leaveRunning: true }
        })
        expect(checkpoint.record?.bytes).toBeGreaterThan(4096)
        expect(yield* Checkpoints.get("web", "first")).toEqual(checkpoint)
      })
    )
  )

  it.effect(
    "finds the container by id, name, and prefix, and refuses what no checkpoint can be of",
    inWorld((control) =>
      Effect.gen(function* () {
        yield* control.add({ id: "idle", state: "stopped" })
        for (const reference of ["web", "front", "/front", "we"]) {
          yield* Checkpoints.create(reference, `by-${reference.length}-${reference.replace("/", "")}`, {
            leaveRunning: true
          })
        }
        expect(yield* Effect.flip(Checkpoints.create("idle", "first"))).toMatchObject({
          _tag: "ContainerNotRunning",
          message: "Container idle not running"
        })
        expect(yield* Effect.flip(Checkpoints.create("nobody", "first"))).toMatchObject({
          _tag: "ContainerNotFound",
          message: "No such container: nobody"
        })
        // What is asked for is checked before anybody is looked for.
        expect(yield* Effect.flip(Checkpoints.create("nobody", "../x"))).toMatchObject({
          _tag: "InvalidCheckpointName"
        })
        expect(yield* Effect.flip(Checkpoints.create("nobody", "first.", {}))).toMatchObject({ reason: "TrailingDot" })
        expect(yield* Effect.flip(Checkpoints.create("nobody", "first", { checkpointDir: "x" }))).toMatchObject({
          _tag: "InvalidCheckpointDirectory"
        })
      })
    )
  )

  it.effect(
    "never replaces what is there, be it a checkpoint or not",
    inWorld((control) =>
      Effect.gen(function* () {
        yield* Checkpoints.create("web", "first", { leaveRunning: true })
        yield* control.advance("web")
        yield* control.fileSystem.makeDirectory(`${directory}/foreign`)
        for (const name of ["first", "foreign"]) {
          expect(yield* Effect.flip(Checkpoints.create("web", name))).toMatchObject({ _tag: "CheckpointExists" })
        }
        expect(yield* control.fileSystem.exists(`${directory}/foreign`)).toBe(true)
        expect((yield* control.container("web"))?.state).toBe("running")
        yield* Checkpoints.restore("web", "first", { replace: true })
        expect(yield* control.count("web")).toBe(7)
      })
    )
  )

  it.effect(
    "keeps a paused container paused, and so does its restore",
    inWorld((control) =>
      Effect.gen(function* () {
        yield* control.setPaused("web", true)
        expect(yield* Checkpoints.create("web", "first", { leaveRunning: true })).toMatchObject({ state: "paused" })
        expect(yield* Checkpoints.create("web", "second")).toMatchObject({ state: "forgotten" })
        expect(yield* Checkpoints.restore("web", "second")).toMatchObject({ state: "paused" })
        expect(yield* control.count("web")).toBe(7)
      })
    )
  )

  it.effect(
    "writes to a directory of the caller's choice, and lists it with the others afterwards",
    inWorld((control) =>
      Effect.gen(function* () {
        yield* control.fileSystem.makeDirectory("/backup", { mode: 0o755 })
        yield* Checkpoints.create("web", "there", { leaveRunning: true, checkpointDir: "/backup" })
        yield* Checkpoints.create("web", "here", { leaveRunning: true })
        expect(yield* listed).toEqual(["here"])
        expect((yield* Checkpoints.list("web", { checkpointDir: "/backup" })).map((one) => one.path)).toEqual([
          "/backup/there"
        ])
        expect((yield* Checkpoints.list()).map((one) => one.name)).toEqual(["here", "there"])
        // Docker takes every folder in its directory for a checkpoint: there is no other.
        expect(yield* control.fileSystem.readDirectory("/backup")).toEqual(["there"])
        expect(yield* control.fileSystem.readDirectory(directory)).toEqual(["here"])
      })
    )
  )

  it.effect(
    "refuses directories that are no good",
    inWorld((control) =>
      Effect.gen(function* () {
        yield* control.fileSystem.makeDirectory("/real", { mode: 0o755 })
        yield* control.fileSystem.symlink("/real", "/link")
        yield* control.fileSystem.writeFileString("/file", "")
        yield* control.fileSystem.makeDirectory("/open", { mode: 0o777 })
        yield* control.fileSystem.chmod("/open", 0o777)
        const reasons = yield* Effect.forEach(
          ["relative", "/", "/a/../b", "/a\0b", "/link", "/file", "/file/below", "/open", "/open/below"],
          (checkpointDir) =>
            Effect.flip(Checkpoints.create("web", "first", { leaveRunning: true, checkpointDir })).pipe(
              Effect.map((error) => error._tag === "InvalidCheckpointDirectory" ? error.reason : error)
            )
        )
        expect(reasons).toEqual([
          "Relative",
          "Root",
          "ParentComponent",
          "Malformed",
          "SymbolicLink",
          "NotADirectory",
          "NotADirectory",
          "NotAllowed",
          "NotAllowed"
        ])
        const missing = yield* Effect.flip(Checkpoints.list("web", { checkpointDir: "/nowhere" }))
        expect(missing).toMatchObject({ _tag: "InvalidCheckpointDirectory", reason: "Missing" })
        expect(yield* control.fileSystem.exists("/nowhere")).toBe(false)
      })
    )
  )

  it.effect(
    "leaves the container as it was and lists nothing when the dump fails",
    inWorld((control) =>
      Effect.gen(function* () {
        for (const options of [{ leaveRunning: true }, {}, { tcpEstablished: true }]) {
          yield* control.faults.failNext("Runtime.checkpoint", broken)
          expect(yield* Effect.flip(Checkpoints.create("web", "first", options))).toMatchObject(itBroke)
          expect((yield* control.container("web"))?.state).toBe("running")
          yield* control.setPaused("web", true)
          yield* control.faults.failNext("Runtime.checkpoint", broken)
          expect(yield* Effect.flip(Checkpoints.create("web", "first", options))).toMatchObject(itBroke)
          expect((yield* control.container("web"))?.state).toBe("paused")
          yield* control.setPaused("web", false)
        }
        expect(yield* listed).toEqual([])
        expect(yield* control.count("web")).toBe(7)
      })
    )
  )

  it.effect(
    "kills the container only after its checkpoint is published",
    inWorld((control) =>
      Effect.gen(function* () {
        const hang = yield* control.faults.hangNext("Runtime.stop")
        const fiber = yield* Effect.fork(Checkpoints.create("web", "first"))
        // It does not end before.
        expect(yield* Effect.raceFirst(hang.reached, Fiber.join(fiber))).toBeUndefined()
        expect(yield* listed).toEqual(["first"])
        expect((yield* control.container("web"))?.state).toBe("paused")
        yield* hang.release
        yield* Fiber.join(fiber)
        expect(yield* control.container("web")).toBeUndefined()
      })
    )
  )

  it.effect(
    "lets a container go on that could not be stopped, without its checkpoint",
    inWorld((control) =>
      Effect.gen(function* () {
        yield* control.faults.failNext("Runtime.stop", broken)
        expect(yield* Effect.flip(Checkpoints.create("web", "first"))).toMatchObject(itBroke)
        expect((yield* control.container("web"))?.state).toBe("running")
        expect(yield* listed).toEqual([])
      })
    )
  )

  it.effect(
    "keeps the checkpoint of a container that is gone although stopping it failed",
    inWorld((control) =>
      Effect.gen(function* () {
        yield* control.faults.failNext("Runtime.stop", broken, { after: true })
        expect(yield* Checkpoints.create("web", "first")).toMatchObject({
          state: "forgotten",
          warnings: [broken.message]
        })
        expect(yield* listed).toEqual(["first"])
      })
    )
  )

  it.effect(
    "looks the container up afterwards instead of believing the runtime",
    inWorld((control) =>
      Effect.gen(function* () {
        // A dump that reports success, of a container that did not live through it.
        const hang = yield* control.faults.hangNext("Runtime.checkpoint", { after: true })
        const fiber = yield* Effect.fork(Checkpoints.create("web", "first", { leaveRunning: true }))
        yield* hang.reached
        yield* control.kill("web")
        yield* hang.release
        const created = yield* Fiber.join(fiber)
        expect(created).toMatchObject({ state: "forgotten", checkpoint: { status: "complete" } })
        expect(created.warnings).toHaveLength(1)
        yield* Checkpoints.restore("web", "first")
        expect(yield* control.count("web")).toBe(7)
        // One that reports a failure, although it stopped the container and its images are whole.
        yield* control.faults.failNext("Runtime.checkpoint", broken, { after: true })
        expect(yield* Checkpoints.create("web", "second", { tcpEstablished: true })).toMatchObject({
          state: "forgotten"
        })
        yield* Checkpoints.restore("web", "second")
        expect(yield* control.count("web")).toBe(7)
      })
    )
  )

  it.effect(
    "refuses before the freeze what cannot fit",
    inWorld((control) =>
      Effect.gen(function* () {
        yield* control.faults.setCapacity(100_000)
        const dump = yield* control.faults.hangNext("Runtime.checkpoint")
        const fiber = yield* Effect.fork(Effect.flip(Checkpoints.create("web", "first")))
        expect(yield* Effect.raceFirst(dump.reached, Fiber.join(fiber))).toMatchObject({
          _tag: "StorageFailed",
          reason: "NoSpace"
        })
        const error = yield* Fiber.join(fiber)
        expect(CheckpointError.httpStatus(error)).toBe(507)
        yield* dump.release
        expect((yield* control.container("web"))?.state).toBe("running")
        expect(yield* listed).toEqual([])
      }), { containers: [{ id: "web", memory: 200_000 }] })
  )

  it.effect(
    "loses nothing when the disk is full at any step",
    inWorld((control) =>
      Effect.gen(function* () {
        for (const options of [{ leaveRunning: true }, {}]) {
          let bytes = 0
          let outcome = yield* Effect.either(
            Effect.zipRight(control.faults.failWritesAfter(bytes), Checkpoints.create("web", "full", options))
          )
          while (Either.isLeft(outcome)) {
            yield* control.faults.clear
            expect(["StorageFailed", "RuntimeFailed"]).toContain(outcome.left._tag)
            expect((yield* control.container("web"))?.state).toBe("running")
            expect(yield* control.count("web")).toBe(7)
            expect(yield* listed).toEqual([])
            bytes += 97
            outcome = yield* Effect.either(
              Effect.zipRight(control.faults.failWritesAfter(bytes), Checkpoints.create("web", "full", options))
            )
          }
          expect(bytes).toBeGreaterThan(4096)
          yield* control.faults.clear
          yield* Checkpoints.restore("web", "full", { replace: true })
          yield* Checkpoints.remove("web", "full")
        }
      })
    )
  )

  it.effect(
    "publishes what could not be published when it stopped the container, with recover and with the next operation",
    inWorld((control) =>
      Effect.gen(function* () {
        for (const next of ["recover", "recover-all", "restore"] as const) {
          const hang = yield* control.faults.hangNext("Runtime.checkpoint", { after: true })
          const fiber = yield* Effect.fork(Checkpoints.create("web", next, { tcpEstablished: true }))
          yield* hang.reached
          yield* control.faults.failWritesAfter(0)
          yield* hang.release
          const error = yield* Effect.flip(Fiber.join(fiber))
          expect(error._tag).toBe("CheckpointUnpublished")
          expect(yield* control.container("web")).toBeUndefined()
          if (error._tag !== "CheckpointUnpublished") return
          expect(yield* control.fileSystem.exists(`${error.path}/images/inventory.img`)).toBe(true)
          yield* control.faults.clear
          // Nothing but the attempt knows the container now.
          if (next === "recover-all") {
            expect(yield* Checkpoints.recover()).toMatchObject([{ action: "published", checkpoint: "recover-all" }])
          }
          yield* control.add({ id: "web", count: 0 })
          if (next === "recover") {
            expect(yield* Checkpoints.recover("web")).toMatchObject([{ action: "published", checkpoint: "recover" }])
          }
          yield* control.remove("web")
          yield* Checkpoints.restore("web", next)
          expect(yield* control.count("web")).toBe(7)
        }
        expect(yield* listed).toEqual(["recover", "recover-all", "restore"])
      })
    )
  )

  it.effect(
    "says so when its container vanishes in the middle, and keeps what was dumped of it until then",
    () => {
      const at = (operation: Memory.Operation, after: boolean, leaveRunning: boolean) =>
        inWorld((control) =>
          Effect.gen(function* () {
            const hang = yield* control.faults.hangNext(operation, { after })
            const fiber = yield* Effect.fork(Effect.either(Checkpoints.create("web", "first", { leaveRunning })))
            yield* hang.reached
            yield* control.remove("web")
            yield* hang.release
            const outcome = yield* Fiber.join(fiber)
            const kept = yield* Effect.orElseSucceed(listed, () => [])
            expect(yield* Checkpoints.recover()).toEqual([])
            return { outcome: outcome._tag === "Left" ? outcome.left._tag : outcome.right.state, kept }
          })
        )()
      return Effect.gen(function* () {
        for (const leaveRunning of [true, false]) {
          for (const operation of ["CheckpointStore.lock", "CheckpointStore.stage", "Runtime.residentBytes"] as const) {
            for (const after of [false, true]) {
              const { kept, outcome } = yield* at(operation, after, leaveRunning)
              expect(["ContainerNotRunning", "RuntimeFailed"]).toContain(outcome)
              expect(kept).toEqual([])
            }
          }
          expect(yield* at("Runtime.checkpoint", false, leaveRunning)).toEqual({ outcome: "RuntimeFailed", kept: [] })
          expect(yield* at("Runtime.checkpoint", true, leaveRunning)).toEqual({ outcome: "forgotten", kept: ["first"] })
          for (const after of [false, true]) {
            const late = yield* at("CheckpointStore.publish", after, leaveRunning)
            expect(late).toEqual({ outcome: "forgotten", kept: ["first"] })
          }
        }
      })
    }
  )

  it.effect(
    "is cancelled before the freeze, and rolled back after the dump, by an interruption",
    inWorld((control) =>
      Effect.gen(function* () {
        for (const options of [{ leaveRunning: true }, {}]) {
          const before = yield* control.faults.hangNext("Runtime.residentBytes")
          const first = yield* Effect.fork(Checkpoints.create("web", "first", options))
          yield* before.reached
          yield* Fiber.interrupt(first)
          expect((yield* control.container("web"))?.state).toBe("running")

          const during = yield* control.faults.hangNext("Runtime.checkpoint")
          const second = yield* Effect.fork(Checkpoints.create("web", "first", options))
          yield* during.reached
          const interrupting = yield* Effect.fork(Fiber.interrupt(second))
          yield* Effect.yieldNow()
          // It waits for the dump's end.
          expect(yield* Fiber.poll(interrupting)).toMatchObject({ _tag: "None" })
          yield* during.release
          yield* Fiber.join(interrupting)
          expect((yield* control.container("web"))?.state).toBe("running")
          expect(yield* listed).toEqual([])
        }
      })
    )
  )

  it.effect(
    "publishes all the same when it is interrupted after the dump stopped the container",
    inWorld((control) =>
      Effect.gen(function* () {
        const hang = yield* control.faults.hangNext("Runtime.checkpoint", { after: true })
        const fiber = yield* Effect.fork(Checkpoints.create("web", "first", { tcpEstablished: true }))
        yield* hang.reached
        const interrupting = yield* Effect.fork(Fiber.interrupt(fiber))
        yield* Effect.yieldNow()
        yield* hang.release
        yield* Fiber.join(interrupting)
        expect(yield* listed).toEqual(["first"])
        yield* Checkpoints.restore("web", "first")
        expect(yield* control.count("web")).toBe(7)
      })
    )
  )

  it.effect(
    "lets exactly one of many creates of a name succeed",
    inWorld(() =>
      Effect.gen(function* () {
        const outcomes = yield* Effect.forEach(
          Array.from({ length: 8 }),
          () => Effect.either(Checkpoints.create("web", "first", { leaveRunning: true })),
          { concurrency: "unbounded" }
        )
        expect(outcomes.filter(Either.isRight)).toHaveLength(1)
        for (const outcome of outcomes) {
          if (Either.isLeft(outcome)) expect(outcome.left._tag).toBe("CheckpointExists")
        }
      })
    )
  )

  it.effect(
    "says that the container is busy when asked not to wait",
    inWorld((control) =>
      Effect.gen(function* () {
        const hang = yield* control.faults.hangNext("Runtime.checkpoint")
        const fiber = yield* Effect.fork(Checkpoints.create("web", "first", { leaveRunning: true }))
        yield* hang.reached
        expect(yield* Effect.flip(Checkpoints.create("web", "second", { wait: false }))).toMatchObject({
          _tag: "CheckpointBusy"
        })
        yield* hang.release
        yield* Fiber.join(fiber)
      })
    )
  )

  it.effect(
    "copies the memory ahead of the freeze when asked, and keeps it with the checkpoint",
    inWorld((control) =>
      Effect.gen(function* () {
        const hang = yield* control.faults.hangNext("Runtime.preDump", { after: true })
        const operation = yield* Checkpoints.beginCreate("web", "first", { preDump: true })
        yield* hang.reached
        expect((yield* control.container("web"))?.state).toBe("running")
        expect(yield* Stream.runHead(operation.progress)).toMatchObject({ value: { step: "pre-dumping" } })
        yield* hang.release
        const { checkpoint } = yield* operation.result
        expect(yield* control.fileSystem.exists(`${checkpoint.path}/pre-dump/pages-1.img`)).toBe(true)
        expect((yield* control.fileSystem.stat(`${checkpoint.path}/pre-dump/pages-1.img`)).mode & 0o777).toBe(0o600)
      })
    )
  )

  it.effect(
    "builds on an earlier checkpoint, which cannot be removed before it",
    inWorld((control) =>
      Effect.gen(function* () {
        expect(
          yield* Effect.flip(Checkpoints.create("web", "child", { leaveRunning: true, parentPath: name("parent") }))
        )
          .toMatchObject({ _tag: "CheckpointNotFound" })
        yield* Checkpoints.create("web", "parent", { leaveRunning: true })
        expect(yield* Effect.flip(Checkpoints.create("web", "child", { preDump: true, parentPath: name("parent") })))
          .toMatchObject({ _tag: "OptionUnsupported", option: "preDump" })
        yield* Checkpoints.create("web", "child", { leaveRunning: true, parentPath: name("parent") })
        expect(yield* control.fileSystem.readLink(`${directory}/child/parent`)).toBe("../parent")
        const busy = yield* Effect.flip(Checkpoints.remove("web", "parent"))
        expect(busy._tag).toBe("CheckpointBusy")
        expect(busy.message).toContain('"child"')
        yield* Checkpoints.remove("web", "child")
        yield* Checkpoints.remove("web", "parent")
        expect(yield* listed).toEqual([])
      })
    )
  )

  it.effect(
    "keeps everything private",
    inWorld((control) =>
      Effect.gen(function* () {
        const { checkpoint } = yield* Checkpoints.create("web", "first", { leaveRunning: true })
        const mode = (path: string) => Effect.map(control.fileSystem.stat(path), (info) => info.mode & 0o777)
        for (const folder of [checkpoint.path, directory, `${directory}/..`]) expect(yield* mode(folder)).toBe(0o700)
        const files = yield* control.fileSystem.readDirectory(checkpoint.path)
        expect(files).toContain("pages-1.img")
        for (const file of files) expect(yield* mode(`${checkpoint.path}/${file}`)).toBe(0o600)
      })
    )
  )

  it.effect(
    "appends an event, and only warns when it cannot",
    inWorld((control) =>
      Effect.gen(function* () {
        yield* Checkpoints.create("web", "first", { leaveRunning: true })
        expect(yield* history).toMatchObject([{
          Type: "container",
          Action: "checkpoint",
          Actor: {
            ID: "web",
            Attributes: { name: "front", image: "nginx", team: "a", checkpoint: "first", exit: "false" }
          }
        }])
        const failed = new CheckpointError.EventLogFailed({ operation: "append", path: "/log", detail: "it is full" })
        yield* control.faults.failNext("EventLog.append", failed)
        const created = yield* Checkpoints.create("web", "second", { leaveRunning: true })
        expect(created.warnings).toEqual([failed.message])
        expect(yield* listed).toEqual(["first", "second"])
        yield* control.faults.failNext("Runtime.checkpoint", broken)
        yield* Effect.flip(Checkpoints.create("web", "third"))
        expect((yield* history).at(-1)).toMatchObject({
          Action: "checkpoint-failed",
          Actor: { Attributes: { checkpoint: "third", error: "RuntimeFailed" } }
        })
      })
    )
  )

  it.effect(
    "shows its progress to whoever looks, and goes on when nobody does",
    inWorld((control) =>
      Effect.gen(function* () {
        const hang = yield* control.faults.hangNext("Runtime.checkpoint")
        const operation = yield* Checkpoints.beginCreate("web", "first", { leaveRunning: true })
        yield* hang.reached
        expect(yield* operation.state).toBe("running")
        expect(yield* Stream.runHead(operation.progress)).toMatchObject({ value: { step: "dumping" } })
        const rest = yield* Effect.fork(Stream.runLast(operation.progress))
        const waiting = yield* Effect.fork(operation.result)
        yield* Effect.yieldNow()
        const leaving = yield* Effect.fork(Fiber.interrupt(waiting))
        yield* Effect.yieldNow()
        yield* hang.release
        yield* Fiber.join(leaving)
        expect(yield* Effect.exit(operation.result)).toMatchObject({
          _tag: "Success",
          value: { checkpoint: { name: "first" } }
        })
        expect(yield* Fiber.join(rest)).toMatchObject({ value: { step: "done" } })
        expect(yield* operation.state).toBe("succeeded")
      })
    )
  )
})
