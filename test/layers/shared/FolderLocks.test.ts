// The locks of operations on checkpoints in folders: what is held, against whom, and for how long.
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/TestClock"
import { CheckpointName, Checkpoints } from "stasis"
import { settled } from "../../effects/world.ts"
import { annex, directory, inFolders } from "./folders.ts"

const now = { wait: false }
const running = { leaveRunning: true }
const name = Schema.decodeSync(CheckpointName.CheckpointName)

describe("a create", () => {
  it.effect(
    "holds its container, and no other",
    inFolders(({ control }) =>
      Effect.gen(function* () {
        yield* Checkpoints.create("web", "old", running)
        const hang = yield* control.faults.hangNext("Runtime.checkpoint")
        const fiber = yield* Effect.fork(Checkpoints.create("web", "first", running))
        yield* hang.reached
        const tags = yield* Effect.all([
          Effect.flip(Checkpoints.create("web", "second", { ...running, ...now })),
          Effect.flip(Checkpoints.create("web", "second", { ...running, ...now, checkpointDir: "/backup" })),
          Effect.flip(Checkpoints.restore("web", "second", { ...now, replace: true })),
          Effect.flip(Checkpoints.recover("web", now))
        ])
        expect(tags.map((error) => error._tag)).toEqual(Array.from({ length: 4 }, () => "CheckpointBusy"))
        yield* Checkpoints.create("db", "second", { ...running, ...now })
        // A removal is of a name alone.
        yield* Checkpoints.remove("web", "old", now)
        yield* hang.release
        yield* Fiber.join(fiber)
      })
    )
  )

  it.effect(
    "holds its name until the container has stopped",
    inFolders(({ control }) =>
      Effect.gen(function* () {
        const hang = yield* control.faults.hangNext("Runtime.stop")
        const fiber = yield* Effect.fork(Checkpoints.create("web", "first"))
        yield* hang.reached
        const impatient = yield* Effect.fork(Effect.flip(Checkpoints.remove("web", "first", now)))
        expect(yield* settled(impatient)).toMatchObject({ _tag: "CheckpointBusy", checkpoint: "first" })
        yield* hang.release
        yield* Fiber.join(fiber)
        expect(yield* Checkpoints.names("web")).toEqual(["first"])
      })
    )
  )

  it.effect(
    "holds the checkpoint that it builds on",
    inFolders(({ control }) =>
      Effect.gen(function* () {
        yield* Checkpoints.create("web", "parent", running)
        const hang = yield* control.faults.hangNext("Runtime.checkpoint")
        const fiber = yield* Effect.fork(
          Checkpoints.create("web", "child", { ...running, parentPath: name("parent") })
        )
        yield* hang.reached
        expect((yield* Effect.flip(Checkpoints.remove("web", "parent", now)))._tag).toBe("CheckpointBusy")
        yield* hang.release
        yield* Fiber.join(fiber)
      })
    )
  )

  it.effect(
    "looks at the container as it is once it holds it",
    inFolders(({ control }) =>
      Effect.gen(function* () {
        const hang = yield* control.faults.hangNext("Runtime.checkpoint")
        const first = yield* Effect.fork(Checkpoints.create("web", "first"))
        yield* hang.reached
        const second = yield* Effect.fork(Effect.flip(Checkpoints.create("web", "second")))
        yield* Effect.yieldNow()
        yield* hang.release
        yield* settled(first)
        expect(yield* settled(second)).toMatchObject({ _tag: "ContainerNotRunning", state: "forgotten" })
      })
    )
  )

  it.effect(
    "waits no longer than it was told to, and lets itself be interrupted",
    inFolders(({ control }) =>
      Effect.gen(function* () {
        const hang = yield* control.faults.hangNext("Runtime.checkpoint")
        const first = yield* Effect.fork(Checkpoints.create("web", "first", running))
        yield* hang.reached
        const bounded = yield* Effect.fork(
          Effect.flip(Checkpoints.create("web", "second", { ...running, timeout: 5000 }))
        )
        yield* TestClock.adjust("6 seconds")
        expect(yield* settled(bounded)).toMatchObject({ _tag: "TimedOut", milliseconds: 5000 })
        const patient = yield* Effect.fork(Checkpoints.create("web", "third", running))
        yield* Effect.yieldNow()
        yield* settled(yield* Effect.fork(Fiber.interrupt(patient)))
        yield* hang.release
        yield* Fiber.join(first)
        expect(yield* Checkpoints.names("web")).toEqual(["first"])
      })
    )
  )

  it.effect(
    "gives back what it holds where it has to wait for the rest",
    inFolders(({ control }) =>
      Effect.gen(function* () {
        const options = { ...running, checkpointDir: "/shared" }
        yield* Checkpoints.create("db", "first", options)
        const hang = yield* control.faults.hangNext("FileSystem.rename")
        const removing = yield* Effect.fork(Checkpoints.remove("db", "first", { checkpointDir: "/shared" }))
        yield* hang.reached
        const creating = yield* Effect.fork(Checkpoints.create("web", "first", options))
        for (let turn = 0; turn < 200; turn++) yield* Effect.yieldNow()
        yield* hang.release
        yield* settled(removing)
        expect((yield* settled(creating)).checkpoint.container).toBe("web")
      })
    )
  )
})

describe("a restore", () => {
  it.effect(
    "holds its container and its checkpoint",
    inFolders(({ control }) =>
      Effect.gen(function* () {
        yield* Checkpoints.create("web", "other", running)
        yield* Checkpoints.create("web", "first")
        const hang = yield* control.faults.hangNext("Runtime.restore")
        const fiber = yield* Effect.fork(Checkpoints.restore("web", "first"))
        yield* hang.reached
        expect((yield* Effect.flip(Checkpoints.remove("web", "first", now)))._tag).toBe("CheckpointBusy")
        expect((yield* Effect.flip(Checkpoints.restore("web", "other", now)))._tag).toBe("CheckpointBusy")
        yield* hang.release
        yield* Fiber.join(fiber)
      })
    )
  )
})

describe("a removal", () => {
  it.effect(
    "looks at the checkpoint again once it holds its name: another one may have taken its place",
    inFolders(({ control }) =>
      Effect.gen(function* () {
        const fs = control.fileSystem
        yield* Checkpoints.create("db", "theirs", { ...running, checkpointDir: "/shared" })
        yield* Checkpoints.create("web", "first", { checkpointDir: "/shared" })
        const hang = yield* control.faults.hangNext("Runtime.restore")
        const restoring = yield* Effect.fork(Checkpoints.restore("web", "first", { checkpointDir: "/shared" }))
        yield* hang.reached
        const removing = yield* Effect.fork(
          Effect.flip(Checkpoints.remove("web", "first", { checkpointDir: "/shared" }))
        )
        yield* Effect.yieldNow()
        yield* fs.rename("/shared/first", "/away")
        yield* fs.rename("/shared/theirs", "/shared/first")
        yield* hang.release
        yield* Effect.exit(Fiber.join(restoring))
        expect(yield* Fiber.join(removing)).toMatchObject({ _tag: "CheckpointNotFound" })
        expect(yield* fs.exists("/shared/first/inventory.img")).toBe(true)
      })
    )
  )

  it.effect(
    "ends what it began, whoever is interrupted, and leaves no trace of a name that nobody has",
    inFolders(({ control }) =>
      Effect.gen(function* () {
        yield* Effect.flip(Checkpoints.remove("web", "none"))
        expect(yield* control.fileSystem.exists(annex)).toBe(false)
        yield* Checkpoints.create("web", "first", running)
        const hang = yield* control.faults.hangNext("FileSystem.remove")
        const removing = yield* Effect.fork(Checkpoints.remove("web", "first"))
        yield* hang.reached
        const interrupting = yield* Effect.fork(Fiber.interrupt(removing))
        yield* Effect.yieldNow()
        yield* hang.release
        yield* Fiber.join(interrupting)
        expect(yield* control.fileSystem.readDirectory(directory)).toEqual([])
        expect(yield* control.fileSystem.readDirectory(`${annex}/trash`)).toEqual([])
      })
    )
  )

  it.effect(
    "takes a checkpoint out of sight before it deletes anything of it",
    inFolders(({ control }) =>
      Effect.gen(function* () {
        yield* Checkpoints.create("web", "first", running)
        const hang = yield* control.faults.hangNext("FileSystem.remove")
        const removing = yield* Effect.fork(Checkpoints.remove("web", "first"))
        yield* hang.reached
        expect(yield* control.fileSystem.readDirectory(directory)).toEqual([])
        const [doomed] = yield* control.fileSystem.readDirectory(`${annex}/trash`)
        expect(yield* control.fileSystem.exists(`${annex}/trash/${doomed}/inventory.img`)).toBe(true)
        yield* hang.release
        yield* Fiber.join(removing)
      })
    )
  )
})
