import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Checkpoints } from "stasis"
import { directory, inWorld, listed } from "./world.ts"

describe("list, names, get", () => {
  it.effect(
    "sort by name and create nothing",
    inWorld((control) =>
      Effect.gen(function* () {
        expect(yield* listed).toEqual([])
        expect(yield* Checkpoints.names("web")).toEqual([])
        expect(yield* Checkpoints.list()).toEqual([])
        expect(yield* control.fileSystem.exists("/var/lib/stasis")).toBe(false)
        for (const name of ["b2", "a10", "a2", "B1"]) yield* Checkpoints.create("web", name, { leaveRunning: true })
        expect(yield* listed).toEqual(["B1", "a10", "a2", "b2"])
        expect(yield* Checkpoints.names("web")).toEqual(["B1", "a10", "a2", "b2"])
      })
    )
  )

  it.effect(
    "show a damaged checkpoint as damaged, with the reason, beside the whole ones",
    inWorld((control) =>
      Effect.gen(function* () {
        const fs = control.fileSystem
        yield* Checkpoints.create("web", "whole", { leaveRunning: true })
        const place = (name: string, config: string | undefined, inventory = true) =>
          Effect.gen(function* () {
            yield* fs.makeDirectory(`${directory}/${name}`)
            if (inventory) yield* fs.writeFileString(`${directory}/${name}/inventory.img`, "x")
            if (config !== undefined) yield* fs.writeFileString(`${directory}/${name}/config.json`, config)
          })
        yield* place("d-empty", "")
        yield* place("d-truncated", '{"created":"2016-05-20T14:29')
        yield* place("d-number", "7")
        yield* place("d-shape", '{"tcp":"yes"}')
        yield* place("d-huge", " ".repeat(2_000_000))
        yield* place("d-unpublished", '{"stasis":{"version":1}}')
        yield* place("d-inventory", '{"name":"x"}', false)
        yield* place("d-folder", undefined)
        yield* fs.makeDirectory(`${directory}/d-folder/config.json`)
        yield* place("seed", '{"created":"2016-05-20T14:29:21Z","name":"seed","tcp":true}')
        yield* place("docker", undefined)
        yield* place("nothing", undefined, false)
        yield* fs.symlink(`${directory}/whole`, `${directory}/link`)
        yield* fs.writeFileString(`${directory}/file`, "")
        const all = yield* Checkpoints.list("web")
        expect(all.map((one) => [one.name, one.status])).toEqual([
          ["d-empty", "damaged"],
          ["d-folder", "damaged"],
          ["d-huge", "damaged"],
          ["d-inventory", "damaged"],
          ["d-number", "damaged"],
          ["d-shape", "damaged"],
          ["d-truncated", "damaged"],
          ["d-unpublished", "damaged"],
          ["docker", "complete"],
          ["seed", "complete"],
          ["whole", "complete"]
        ])
        for (const one of all) {
          expect(one.damage === undefined).toBe(one.status === "complete")
          expect(yield* Checkpoints.get("web", one.name)).toEqual(one)
        }
        expect(all.find((one) => one.name === "seed")).toMatchObject({ tcp: true, created: "2016-05-20T14:29:21Z" })
        for (const name of ["nothing", "link", "file", "absent"]) {
          expect(yield* Effect.flip(Checkpoints.get("web", name))).toMatchObject({ _tag: "CheckpointNotFound" })
        }
      })
    )
  )

  it.effect(
    "keep the checkpoints of two containers apart that share a directory",
    inWorld((control) =>
      Effect.gen(function* () {
        yield* control.add({ id: "db" })
        const options = { leaveRunning: true, checkpointDir: "/shared" }
        yield* Checkpoints.create("web", "of-web", options)
        yield* Checkpoints.create("db", "of-db", options)
        expect((yield* Checkpoints.list("web", options)).map((one) => one.name)).toEqual(["of-web"])
        expect((yield* Checkpoints.list()).map((one) => one.name)).toEqual(["of-db", "of-web"])
        expect(yield* Effect.flip(Checkpoints.remove("web", "of-db", { checkpointDir: "/shared" }))).toMatchObject({
          _tag: "CheckpointNotFound"
        })
        expect(yield* Effect.flip(Checkpoints.create("web", "of-db", options))).toMatchObject({
          _tag: "CheckpointExists"
        })
      })
    )
  )
})
