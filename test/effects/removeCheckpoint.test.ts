import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { CheckpointError, Checkpoints } from "stasis"
import { directory, inWorld, listed } from "./world.ts"

describe("remove", () => {
  it.effect(
    "removes exactly one checkpoint, whole or damaged",
    inWorld((control) =>
      Effect.gen(function* () {
        for (const name of ["first", "second", "third"]) yield* Checkpoints.create("web", name, { leaveRunning: true })
        yield* control.fileSystem.remove(`${directory}/third/inventory.img`)
        expect((yield* Checkpoints.remove("web", "third")).checkpoint.status).toBe("damaged")
        yield* Checkpoints.remove("web", "first")
        expect(yield* listed).toEqual(["second"])
        expect(yield* Effect.flip(Checkpoints.remove("web", "first"))).toMatchObject({ _tag: "CheckpointNotFound" })
        expect(yield* control.fileSystem.readDirectory(directory)).toEqual(["second"])
      })
    )
  )

  it.effect(
    "refuses names that lead elsewhere and folders that are no checkpoints",
    inWorld((control) =>
      Effect.gen(function* () {
        const fs = control.fileSystem
        yield* Checkpoints.create("web", "first", { leaveRunning: true })
        yield* fs.makeDirectory("/etc/precious", { recursive: true })
        yield* fs.writeFileString("/etc/precious/inventory.img", "x")
        yield* fs.symlink("/etc/precious", `${directory}/link`)
        yield* fs.makeDirectory(`${directory}/notes`)
        yield* fs.writeFileString(`${directory}/notes/text`, "x")
        for (const name of ["../../../../../etc/precious", "..", ".", "", "/etc/precious", "a/b"]) {
          expect(yield* Effect.flip(Checkpoints.remove("web", name))).toMatchObject({ _tag: "InvalidCheckpointName" })
        }
        for (const name of ["link", "notes"]) {
          expect(yield* Effect.flip(Checkpoints.remove("web", name))).toMatchObject({ _tag: "CheckpointNotFound" })
          expect(yield* fs.exists(`${directory}/${name}`)).toBe(true)
        }
        expect(yield* listed).toEqual(["first"])
        expect(yield* fs.exists("/etc/precious/inventory.img")).toBe(true)
      })
    )
  )

  it.effect(
    "removes what an older daemon left under a name that ends in a dot",
    inWorld((control) =>
      Effect.gen(function* () {
        yield* control.fileSystem.makeDirectory(`${directory}/old.`, { recursive: true })
        yield* control.fileSystem.writeFileString(`${directory}/old./inventory.img`, "x")
        expect(yield* listed).toEqual(["old."])
        yield* Checkpoints.remove("web", "old.")
        expect(yield* listed).toEqual([])
      })
    )
  )

  it.effect(
    "leaves no half of a checkpoint in sight when the deletion is cut short, and sweeps it later",
    inWorld((control) =>
      Effect.gen(function* () {
        const annex = `${directory}/../.checkpoints.stasis`
        yield* Checkpoints.create("web", "first", { leaveRunning: true })
        yield* control.fileSystem.makeDirectory(`${annex}/trash/0123456789abcdef`, { recursive: true })
        yield* control.fileSystem.writeFileString(`${annex}/trash/0123456789abcdef/pages-1.img`, "x")
        expect(yield* listed).toEqual(["first"])
        yield* Checkpoints.create("web", "second", { leaveRunning: true })
        expect(yield* control.fileSystem.readDirectory(`${annex}/trash`)).toEqual([])
      })
    )
  )

  it.effect(
    "needs the container to exist, or to have existed",
    inWorld(() =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(Checkpoints.remove("nobody", "first"))
        expect(error._tag).toBe("ContainerNotFound")
        expect(CheckpointError.httpStatus(error)).toBe(404)
      })
    )
  )
})
