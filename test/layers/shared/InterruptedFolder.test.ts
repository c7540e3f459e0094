// What interrupted operations leave in folders: found wherever it lies, swept only when its owner is gone, and never when
// it may be the one copy of a container.
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { CheckpointName, Checkpoints, CheckpointStore } from "stasis"
import { annex, directory, type Folders, inFolders, staging } from "./folders.ts"

const bootId = "/proc/sys/kernel/random/boot_id"

/** A create whose dump stops the container, and which cannot publish it. Gives the path of the attempt. */
const unpublished = ({ faults }: Folders["control"], name: string, checkpointDir?: string) =>
  Effect.gen(function* () {
    const options = { tcpEstablished: true, ...(checkpointDir === undefined ? {} : { checkpointDir }) }
    const hang = yield* faults.hangNext("Runtime.checkpoint", { after: true })
    const fiber = yield* Effect.fork(Effect.flip(Checkpoints.create("web", name, options)))
    yield* hang.reached
    yield* faults.failWritesAfter(0)
    yield* hang.release
    const error = yield* Fiber.join(fiber)
    yield* faults.clear
    expect(error._tag).toBe("CheckpointUnpublished")
    return error._tag === "CheckpointUnpublished" ? error.path : ""
  })

describe("the one copy of a container", () => {
  it.effect(
    "is found by whoever knows no more than the container, in its own directory and in another",
    inFolders(({ control }) =>
      Effect.gen(function* () {
        for (const [name, options] of [["own", {}], ["other", { checkpointDir: "/backup" }]] as const) {
          yield* control.fileSystem.remove("/var/lib/stasis", { recursive: true, force: true })
          yield* control.start({ id: "web", count: 7 })
          yield* unpublished(control, name, options.checkpointDir)
          expect(yield* control.container("web")).toBeUndefined()
          expect(yield* Checkpoints.recover("web")).toMatchObject([{ action: "published", checkpoint: name }])
          yield* Checkpoints.restore("web", name, options)
          expect(yield* control.count("web")).toBe(7)
        }
      })
    )
  )

  it.effect(
    "is published by the next restore, and by the next create once the container runs again",
    inFolders(({ control }) =>
      Effect.gen(function* () {
        yield* unpublished(control, "first")
        yield* Checkpoints.restore("web", "first")
        yield* unpublished(control, "second")
        yield* control.start({ id: "web" })
        yield* Checkpoints.create("web", "third", { leaveRunning: true })
        expect(yield* Checkpoints.names("web")).toEqual(["first", "second", "third"])
      })
    )
  )

  it.effect(
    "is kept where it may not be whole: an empty inventory, a machine started anew before it was synced",
    inFolders(({ control }) =>
      Effect.gen(function* () {
        const fs = control.fileSystem
        yield* fs.makeDirectory(bootId.slice(0, bootId.lastIndexOf("/")), { recursive: true })
        yield* fs.writeFileString(bootId, "first")
        const empty = yield* unpublished(control, "empty")
        yield* fs.writeFileString(`${empty}/images/inventory.img`, "")
        expect(yield* Checkpoints.recover("web")).toMatchObject([{ action: "kept", path: empty }])
        expect(yield* fs.readDirectory(`${empty}/images`)).toContain("pages-1.img")
        yield* fs.remove(empty, { recursive: true })
        yield* control.start({ id: "web" })
        const torn = yield* unpublished(control, "torn")
        yield* fs.writeFileString(bootId, "second")
        expect(yield* Checkpoints.recover("web")).toMatchObject([{ action: "kept", path: torn }])
        expect(yield* fs.exists(`${torn}/images/inventory.img`)).toBe(true)
        expect(yield* Checkpoints.list("web")).toEqual([])
      })
    )
  )

  it.effect(
    "is kept where its name was taken meanwhile",
    inFolders(({ control }) =>
      Effect.gen(function* () {
        const fs = control.fileSystem
        const path = yield* unpublished(control, "first")
        yield* fs.writeFileString(`${directory}/first/theirs`, "x")
        expect(yield* Checkpoints.recover("web")).toMatchObject([{ action: "kept", path }])
        expect(yield* fs.exists(`${path}/images/inventory.img`)).toBe(true)
        expect(yield* fs.readDirectory(`${directory}/first`)).toEqual(["theirs"])
      })
    )
  )
})

describe("what a gone process left", () => {
  it.effect(
    "is swept where its record of intent never became whole, and kept where it cannot be read or is a later version's",
    inFolders(({ control }) =>
      Effect.gen(function* () {
        const fs = control.fileSystem
        yield* Checkpoints.create("web", "first", { leaveRunning: true })
        for (const [name, intent] of [["torn", '{"version":1,"oper'], ["none", undefined]] as const) {
          yield* fs.makeDirectory(`${staging()}/${name}/images`, { recursive: true })
          if (intent !== undefined) yield* fs.writeFileString(`${staging()}/${name}/intent.json`, intent)
        }
        yield* fs.makeDirectory(`${staging()}/later/images`, { recursive: true })
        yield* fs.writeFileString(`${staging()}/later/intent.json`, '{"version":2}')
        yield* fs.makeDirectory(`${staging()}/hidden/intent.json`, { recursive: true })
        yield* Checkpoints.create("web", "second", { leaveRunning: true })
        expect((yield* fs.readDirectory(staging())).sort()).toEqual(["hidden", "later"])
      })
    )
  )

  it.effect(
    "is not taken for that while its owner works, nor by another container's operation in the same directory",
    inFolders(({ control }) =>
      Effect.gen(function* () {
        const options = { leaveRunning: true, checkpointDir: "/shared" }
        const hang = yield* control.faults.hangNext("Runtime.checkpoint")
        const working = yield* Effect.fork(Checkpoints.create("web", "first", options))
        yield* hang.reached
        const images = yield* Effect.map(
          control.fileSystem.readDirectory(staging("/.shared.stasis")),
          ([attempt]) => `${staging("/.shared.stasis")}/${attempt}/images`
        )
        expect(yield* Effect.flip(Checkpoints.recover("web", { wait: false, checkpointDir: "/shared" })))
          .toMatchObject({ _tag: "CheckpointBusy" })
        const waiting = yield* Effect.fork(Checkpoints.create("web", "second", options))
        yield* Checkpoints.create("db", "third", options)
        expect(yield* control.fileSystem.exists(images)).toBe(true)
        yield* hang.release
        expect((yield* Fiber.join(working)).checkpoint.status).toBe("complete")
        yield* Fiber.join(waiting)
      })
    )
  )

  it.effect(
    "stands still no longer: the container is looked at under the lock, and goes on unless it was paused before",
    inFolders(({ control }) =>
      Effect.gen(function* () {
        const store = yield* CheckpointStore.CheckpointStore
        const container = yield* control.container("web")
        if (container === undefined) return yield* Effect.dieMessage("there is no container")
        for (const paused of [false, true]) {
          const own = yield* store.directory(container, undefined, true)
          yield* store.stage(own, {
            version: 1,
            operation: "0123456789abcdef",
            checkpoint: yield* CheckpointName.parse("cut"),
            directory: own,
            container,
            mode: "PauseThenStop",
            paused,
            options: {},
            runtime: { name: "memory" },
            started: 0
          })
          const hang = yield* control.faults.hangNext("Disk.lock")
          const recovering = yield* Effect.fork(Checkpoints.recover("web"))
          yield* hang.reached
          yield* control.setPaused("web", true)
          yield* hang.release
          expect(yield* Fiber.join(recovering)).toMatchObject([{ action: "discarded", resumed: !paused }])
          expect((yield* control.container("web"))?.state).toBe(paused ? "paused" : "running")
        }
      })
    )
  )

  it.effect(
    "is settled to its end, whoever is interrupted meanwhile",
    inFolders(({ control }) =>
      Effect.gen(function* () {
        yield* unpublished(control, "first")
        const hang = yield* control.faults.hangNext("FileSystem.rename", { skip: 1 })
        const fiber = yield* Effect.fork(Checkpoints.recover("web"))
        yield* hang.reached
        const interrupting = yield* Effect.fork(Fiber.interrupt(fiber))
        yield* Effect.yieldNow()
        yield* hang.release
        yield* Fiber.join(interrupting)
        expect(yield* Checkpoints.names("web")).toEqual(["first"])
        expect(yield* control.fileSystem.readDirectory(staging())).toEqual([])
      })
    )
  )

  it.effect(
    "is looked for in no annex that is a link, or that others can write to",
    inFolders(({ control }) =>
      Effect.gen(function* () {
        const fs = control.fileSystem
        const insecure = Effect.gen(function* () {
          const error = yield* Effect.flip(Checkpoints.create("web", "second", { leaveRunning: true }))
          expect(error).toMatchObject({ _tag: "StorageFailed", reason: "Insecure", path: annex })
        })
        yield* Checkpoints.create("web", "first", { leaveRunning: true })
        yield* fs.chmod(annex, 0o770)
        yield* insecure
        yield* fs.rename(annex, "/elsewhere")
        yield* fs.chmod("/elsewhere", 0o700)
        yield* fs.symlink("/elsewhere", annex)
        yield* insecure
        yield* fs.remove(annex)
        yield* fs.writeFileString(annex, "", { mode: 0o600 })
        yield* insecure
        expect(yield* Checkpoints.names("web")).toEqual(["first"])
      })
    )
  )
})
