// Checkpoints in the making, in folders: their names are taken by nobody else, and what is left of the container is kept.
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Fiber from "effect/Fiber"
import { SystemError } from "@effect/platform/Error"
import { CheckpointError, Checkpoints } from "stasis"
import { settled } from "../../effects/world.ts"
import { annex, directory, inFolders, root, staging } from "./folders.ts"

const names = Checkpoints.names("web")

const unavailable = new CheckpointError.RuntimeUnavailable({
  runtime: "memory",
  program: "memory",
  detail: "it is missing",
  remedy: "install it"
})

const crossDevice = new SystemError({
  reason: "Unknown",
  module: "FileSystem",
  method: "rename",
  cause: Object.assign(new Error("cross-device link"), { code: "EXDEV" })
})

describe("a name", () => {
  it.effect(
    "that is taken is found before the container is frozen",
    inFolders(({ calls, control }) =>
      Effect.gen(function* () {
        yield* Checkpoints.create("web", "first", { leaveRunning: true })
        yield* control.fileSystem.makeDirectory(`${directory}/empty`)
        for (const options of [{}, { leaveRunning: true }, { tcpEstablished: true }]) {
          for (const name of ["first", "empty"]) {
            calls.length = 0
            expect(yield* Effect.flip(Checkpoints.create("web", name, options))).toMatchObject({
              _tag: "CheckpointExists"
            })
            expect(calls.filter((call) => call === "pause" || call === "checkpoint")).toEqual([])
          }
        }
        expect(yield* control.fileSystem.readDirectory(directory)).toEqual(["first", "empty"])
      })
    )
  )

  it.effect(
    "that another program takes during the dump stays its own, be the folder empty",
    inFolders(({ control }) =>
      Effect.gen(function* () {
        const fs = control.fileSystem
        for (const [name, options] of [["kept", { leaveRunning: true }], ["too", {}]] as const) {
          const hang = yield* control.faults.hangNext("Runtime.checkpoint")
          const fiber = yield* Effect.fork(Effect.flip(Checkpoints.create("web", name, options)))
          yield* hang.reached
          yield* fs.makeDirectory(`${directory}/${name}`)
          yield* hang.release
          expect(yield* Fiber.join(fiber)).toMatchObject({ _tag: "CheckpointExists" })
          expect(yield* fs.readDirectory(`${directory}/${name}`)).toEqual([])
          expect((yield* control.container("web"))?.state).toBe("running")
        }
      })
    )
  )

  it.effect(
    "that another program fills at the last instant is not replaced",
    inFolders(({ control }) =>
      Effect.gen(function* () {
        // The first rename brings in the statistics, the second one publishes.
        const hang = yield* control.faults.hangNext("FileSystem.rename", { skip: 2 })
        const fiber = yield* Effect.fork(Effect.flip(Checkpoints.create("web", "first", { leaveRunning: true })))
        yield* hang.reached
        yield* control.fileSystem.writeFileString(`${directory}/first/theirs`, "x")
        yield* hang.release
        expect(yield* Fiber.join(fiber)).toMatchObject({ _tag: "CheckpointExists" })
        expect(yield* control.fileSystem.readDirectory(`${directory}/first`)).toEqual(["theirs"])
      })
    )
  )

  it.effect(
    "is claimed before a dump that stops the container, and is no checkpoint yet",
    inFolders(({ control }) =>
      Effect.gen(function* () {
        const hang = yield* control.faults.hangNext("Runtime.checkpoint")
        const fiber = yield* Effect.fork(Checkpoints.create("web", "first", { tcpEstablished: true }))
        yield* hang.reached
        expect(yield* control.fileSystem.readDirectory(directory)).toEqual(["first"])
        expect(yield* Checkpoints.list("web")).toEqual([])
        yield* hang.release
        yield* Fiber.join(fiber)
        expect(yield* names).toEqual(["first"])
      })
    )
  )
})

describe("an attempt", () => {
  it.effect(
    "of a container that does not run makes nothing",
    inFolders(({ control }) =>
      Effect.gen(function* () {
        yield* control.add({ id: "idle", state: "stopped" })
        const error = yield* Effect.flip(Checkpoints.create("idle", "first"))
        expect(error._tag).toBe("ContainerNotRunning")
        expect(yield* control.fileSystem.exists(root)).toBe(false)
      })
    )
  )

  it.effect(
    "has a random name",
    inFolders(() =>
      Effect.gen(function* () {
        const operations = yield* Effect.forEach(["first", "second"], (name) =>
          Effect.map(
            Checkpoints.create("web", name, { leaveRunning: true }),
            ({ checkpoint }) => checkpoint.record?.operation
          ))
        for (const operation of operations) expect(operation).toMatch(/^[0-9a-f]{16}$/)
        expect(new Set(operations).size).toBe(2)
      })
    )
  )

  it.effect(
    "that ends leaves nothing, however it ends",
    inFolders(({ control }) =>
      Effect.gen(function* () {
        const left = control.fileSystem.readDirectory(staging())
        yield* Checkpoints.create("web", "whole", { leaveRunning: true })
        expect(yield* left).toEqual([])
        const hang = yield* control.faults.hangNext("Runtime.residentBytes")
        const fiber = yield* Effect.fork(Checkpoints.create("web", "cancelled"))
        yield* hang.reached
        expect(yield* left).toHaveLength(1)
        yield* settled(yield* Effect.fork(Fiber.interrupt(fiber)))
        expect(yield* left).toEqual([])
        yield* control.add({ id: "web", memory: 1_000_000 })
        yield* control.faults.setCapacity(100_000)
        yield* Effect.flip(Checkpoints.create("web", "too-large"))
        expect(yield* left).toEqual([])
      })
    )
  )

  it.effect(
    "takes the statistics along that the dump wrote beside its log",
    inFolders(({ control }) =>
      Effect.gen(function* () {
        const hang = yield* control.faults.hangNext("Runtime.checkpoint", { after: true })
        const fiber = yield* Effect.fork(Checkpoints.create("web", "first", { leaveRunning: true }))
        yield* hang.reached
        const [attempt] = yield* control.fileSystem.readDirectory(staging())
        yield* control.fileSystem.writeFileString(`${staging()}/${attempt}/work/stats-dump`, "figures")
        yield* hang.release
        const { checkpoint } = yield* Fiber.join(fiber)
        expect(yield* control.fileSystem.readFileString(`${checkpoint.path}/stats-dump`)).toBe("figures")
      })
    )
  )

  it.effect(
    "whose container is gone, as far as can be seen, is swept by no failure",
    inFolders(({ control }) =>
      Effect.gen(function* () {
        const hang = yield* control.faults.hangNext("Runtime.checkpoint", { after: true })
        const fiber = yield* Effect.fork(Effect.flip(Checkpoints.create("web", "first", { tcpEstablished: true })))
        yield* hang.reached
        // The runtime cannot be asked, and the disk is full.
        yield* control.faults.failNext("ContainerStore.get", unavailable)
        yield* control.faults.failWritesAfter(0)
        yield* hang.release
        const error = yield* Fiber.join(fiber)
        expect(error._tag).toBe("CheckpointUnpublished")
        yield* control.faults.clear
        const path = error._tag === "CheckpointUnpublished" ? error.path : ""
        expect(yield* control.fileSystem.exists(`${path}/images/inventory.img`)).toBe(true)
      })
    )
  )

  it.effect(
    "of a dump that ended with its container, before it was whole, is not published",
    inFolders(({ control }) =>
      Effect.gen(function* () {
        for (const options of [{ leaveRunning: true }, { tcpEstablished: true }]) {
          yield* control.add({ id: "web" })
          const hang = yield* control.faults.hangNext("Runtime.checkpoint")
          const fiber = yield* Effect.fork(Effect.either(Checkpoints.create("web", "half", options)))
          yield* hang.reached
          yield* control.kill("web")
          yield* hang.release
          expect(Either.isLeft(yield* Fiber.join(fiber))).toBe(true)
          yield* control.add({ id: "web" })
          expect(yield* Checkpoints.list("web")).toEqual([])
        }
      })
    )
  )

  it.effect(
    "is made inside of a directory that cannot be reached from beside it",
    inFolders(({ control }) =>
      Effect.gen(function* () {
        yield* control.faults.failNext("FileSystem.rename", crossDevice)
        yield* Checkpoints.create("web", "first", { leaveRunning: true })
        expect(yield* control.fileSystem.readDirectory(directory)).toEqual([".stasis", "first"])
        expect(yield* control.fileSystem.exists(annex)).toBe(false)
        expect(yield* names).toEqual(["first"])
      })
    )
  )
})
