import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { CheckpointError, Checkpoints } from "stasis"
import { directory, inWorld, listed } from "./world.ts"

const broken = new CheckpointError.RuntimeFailed({
  operation: "restore",
  container: "front",
  runtime: "memory",
  reason: "PidConflict",
  detail: "a pid is taken"
})

describe("restore", () => {
  it.effect(
    "brings a container back to where it was, any number of times",
    inWorld((control) =>
      Effect.gen(function* () {
        yield* Checkpoints.create("web", "first")
        for (const round of [1, 2, 3]) {
          const restored = yield* Checkpoints.restore("web", "first")
          expect(restored).toMatchObject({ state: "running", warnings: [], checkpoint: { name: "first" } })
          expect(restored.pid).toBe((yield* control.container("web"))?.process?.pid)
          expect(yield* control.count("web")).toBe(7)
          yield* control.advance("web", round)
          yield* control.remove("web")
        }
        expect(yield* listed).toEqual(["first"])
      })
    )
  )

  it.effect(
    "knows a container that its runtime has forgotten by id, name and prefix",
    inWorld(() =>
      Effect.gen(function* () {
        yield* Checkpoints.create("web", "first")
        for (const reference of ["web", "front", "w"]) {
          expect((yield* Checkpoints.get(reference, "first")).container).toBe("web")
        }
        expect((yield* Checkpoints.list()).map((one) => one.name)).toEqual(["first"])
        expect(yield* Effect.flip(Checkpoints.create("web", "second"))).toMatchObject({ _tag: "ContainerNotRunning" })
        yield* Checkpoints.restore("front", "first")
      })
    )
  )

  it.effect(
    "refuses what cannot be restored, and changes nothing",
    inWorld((control) =>
      Effect.gen(function* () {
        yield* Checkpoints.create("web", "first", { leaveRunning: true })
        yield* control.advance("web")
        expect(yield* Effect.flip(Checkpoints.restore("web", "first"))).toMatchObject({ _tag: "ContainerRunning" })
        expect(yield* Effect.flip(Checkpoints.restore("web", "none"))).toMatchObject({ _tag: "CheckpointNotFound" })
        yield* control.fileSystem.makeDirectory(`${directory}/damaged`)
        yield* control.fileSystem.writeFileString(`${directory}/damaged/inventory.img`, "x")
        yield* control.fileSystem.writeFileString(`${directory}/damaged/config.json`, "{")
        expect(yield* Effect.flip(Checkpoints.restore("web", "damaged", { replace: true }))).toMatchObject({
          _tag: "CheckpointDamaged",
          detail: "config.json is not valid JSON"
        })
        expect(yield* Effect.flip(Checkpoints.restore("web", "first", { replace: true, oci: { bundle: "/b" } })))
          .toMatchObject({ _tag: "OptionUnsupported", option: "oci" })
        expect(yield* control.count("web")).toBe(8)
      })
    )
  )

  it.effect(
    "refuses a checkpoint of another container that had the same id",
    inWorld((control) =>
      Effect.gen(function* () {
        yield* Checkpoints.create("web", "first")
        yield* control.add({ id: "web", state: "stopped" })
        expect(yield* Effect.flip(Checkpoints.restore("web", "first"))).toMatchObject({ _tag: "ContainerMismatch" })
      })
    )
  )

  it.effect(
    "notices a changed file before anything is killed",
    inWorld((control) =>
      Effect.gen(function* () {
        yield* Checkpoints.create("web", "first", { leaveRunning: true })
        yield* control.fileSystem.writeFileString("/data/log", "longer than it was")
        const process = (yield* control.container("web"))?.process
        expect(yield* Effect.flip(Checkpoints.restore("web", "first", { replace: true }))).toMatchObject({
          _tag: "RuntimeFailed",
          reason: "FileChanged"
        })
        expect((yield* control.container("web"))?.process).toEqual(process)
        expect(yield* listed).toEqual(["first"])
      }), { containers: [{ id: "web", files: ["/data/log"] }] })
  )

  it.effect(
    "rolls a running container back behind a safety checkpoint",
    inWorld((control) =>
      Effect.gen(function* () {
        yield* Checkpoints.create("web", "first", { leaveRunning: true })
        yield* control.advance("web", 5)
        const hang = yield* control.faults.hangNext("Runtime.restore")
        const fiber = yield* Effect.fork(Checkpoints.restore("web", "first", { replace: true }))
        yield* hang.reached
        // Whoever dies now leaves a checkpoint of what ran.
        expect(yield* control.container("web")).toBeUndefined()
        expect((yield* listed).filter((name) => name.startsWith("before-restore-"))).toHaveLength(1)
        yield* hang.release
        yield* Fiber.join(fiber)
        expect(yield* control.count("web")).toBe(7)
        expect(yield* listed).toEqual(["first"])
      })
    )
  )

  it.effect(
    "returns to where the container was when the restore fails",
    inWorld((control) =>
      Effect.gen(function* () {
        yield* Checkpoints.create("web", "first", { leaveRunning: true })
        yield* control.advance("web", 5)
        for (const paused of [false, true]) {
          yield* control.setPaused("web", paused)
          yield* control.faults.failNext("Runtime.restore", broken)
          expect(yield* Effect.flip(Checkpoints.restore("web", "first", { replace: true }))).toMatchObject({
            _tag: "RuntimeFailed",
            message: broken.message
          })
          expect(yield* control.count("web")).toBe(12)
          expect((yield* control.container("web"))?.state).toBe(paused ? "paused" : "running")
          expect(yield* listed).toEqual(["first"])
        }
      })
    )
  )

  it.effect(
    "keeps the safety checkpoint, and names it, when there is no way back either",
    inWorld((control) =>
      Effect.gen(function* () {
        yield* Checkpoints.create("web", "first", { leaveRunning: true })
        yield* control.advance("web", 5)
        yield* control.faults.failNext("Runtime.restore", broken, { times: 2 })
        const error = yield* Effect.flip(Checkpoints.restore("web", "first", { replace: true }))
        const [safety = ""] = (yield* listed).filter((name) => name !== "first")
        expect(error.message).toContain(safety)
        yield* Checkpoints.restore("web", safety)
        expect(yield* control.count("web")).toBe(12)
      })
    )
  )

  it.effect(
    "is not interrupted halfway",
    inWorld((control) =>
      Effect.gen(function* () {
        yield* Checkpoints.create("web", "first")
        const hang = yield* control.faults.hangNext("Runtime.restore")
        const fiber = yield* Effect.fork(Checkpoints.restore("web", "first"))
        yield* hang.reached
        const interrupting = yield* Effect.fork(Fiber.interrupt(fiber))
        yield* Effect.yieldNow()
        yield* hang.release
        yield* Fiber.join(interrupting)
        expect((yield* control.container("web"))?.state).toBe("running")
      })
    )
  )

  it.effect(
    "pauses again what was paused, whoever is interrupted meanwhile",
    inWorld((control) =>
      Effect.gen(function* () {
        yield* control.setPaused("web", true)
        yield* Checkpoints.create("web", "first")
        const hang = yield* control.faults.hangNext("Runtime.restore")
        const fiber = yield* Effect.fork(Checkpoints.restore("web", "first"))
        yield* hang.reached
        const interrupting = yield* Effect.fork(Fiber.interrupt(fiber))
        yield* Effect.yieldNow()
        yield* hang.release
        yield* Fiber.join(interrupting)
        expect((yield* control.container("web"))?.state).toBe("paused")
      })
    )
  )

  it.effect(
    "rolls back to the end once the container is about to be stopped, whoever is interrupted",
    inWorld((control) =>
      Effect.gen(function* () {
        yield* Checkpoints.create("web", "first", { leaveRunning: true })
        yield* control.advance("web", 5)
        const hang = yield* control.faults.hangNext("Runtime.stop")
        const fiber = yield* Effect.fork(Checkpoints.restore("web", "first", { replace: true }))
        yield* hang.reached
        const interrupting = yield* Effect.fork(Fiber.interrupt(fiber))
        yield* Effect.yieldNow()
        yield* hang.release
        yield* Fiber.join(interrupting)
        expect(yield* control.count("web")).toBe(7)
        expect(yield* listed).toEqual(["first"])
      })
    )
  )

  it.effect(
    "names the safety checkpoint that could not be removed",
    inWorld((control) =>
      Effect.gen(function* () {
        yield* Checkpoints.create("web", "first", { leaveRunning: true })
        const broken = new CheckpointError.StorageFailed({
          operation: "remove",
          path: directory,
          reason: "Device",
          detail: "the device reported an error"
        })
        yield* control.faults.failNext("CheckpointStore.remove", broken)
        const { warnings } = yield* Checkpoints.restore("web", "first", { replace: true })
        const [safety = ""] = (yield* listed).filter((name) => name !== "first")
        expect(warnings).toHaveLength(1)
        expect(warnings[0]).toContain(`the safety checkpoint "${safety}" is left: `)
        expect(warnings[0]).toContain(broken.message)
        expect(safety).toMatch(/^before-restore-.*-first$/)
      })
    )
  )

  it.effect(
    "takes what an older daemon left under a name that ends in a dot, and no name that leads elsewhere",
    inWorld((control) =>
      Effect.gen(function* () {
        yield* Checkpoints.create("web", "first")
        yield* control.fileSystem.rename(`${directory}/first`, `${directory}/old.`)
        expect((yield* Checkpoints.get("web", "old.")).status).toBe("complete")
        yield* Checkpoints.restore("web", "old.")
        expect(yield* control.count("web")).toBe(7)
        yield* control.fileSystem.rename(`${directory}/old.`, `${directory}/../old`)
        for (const name of ["../old", "x/../../old", "..", ""]) {
          expect(yield* Effect.flip(Checkpoints.get("web", name))).toMatchObject({ _tag: "InvalidCheckpointName" })
          expect(yield* Effect.flip(Checkpoints.restore("web", name, { replace: true }))).toMatchObject({
            _tag: "InvalidCheckpointName"
          })
        }
      })
    )
  )

  it.effect(
    "holds its checkpoint against a removal",
    inWorld((control) =>
      Effect.gen(function* () {
        yield* Checkpoints.create("web", "first")
        const hang = yield* control.faults.hangNext("Runtime.restore")
        const fiber = yield* Effect.fork(Checkpoints.restore("web", "first"))
        yield* hang.reached
        expect(yield* Effect.flip(Checkpoints.remove("web", "first", { wait: false }))).toMatchObject({
          _tag: "CheckpointBusy"
        })
        const removing = yield* Effect.fork(Checkpoints.remove("web", "first"))
        yield* Effect.yieldNow()
        expect(yield* listed).toEqual(["first"])
        yield* hang.release
        yield* Fiber.join(fiber)
        yield* Fiber.join(removing)
        expect(yield* listed).toEqual([])
        expect(yield* control.count("web")).toBe(7)
      })
    )
  )
})
