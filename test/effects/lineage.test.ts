// Checkpoints that build on others: what may be built on, and what is found before anything is frozen or killed.
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { CheckpointError, CheckpointName, Checkpoints } from "stasis"
import type * as Memory from "stasis/Memory"
import { directory, inWorld, listed } from "./world.ts"

const name = Schema.decodeSync(CheckpointName.CheckpointName)

/** Checkpoints `web` and lets it go on. */
const create = (checkpoint: string, parent?: string) =>
  Checkpoints.create("web", checkpoint, {
    leaveRunning: true,
    ...(parent === undefined ? {} : { parentPath: name(parent) })
  })

const notNewest = { _tag: "OptionUnsupported", option: "parentPath", message: expect.stringContaining("last dump") }

/** Nothing was frozen, staged or killed. */
const untouched = (control: typeof Memory.MemoryControl.Service) =>
  Effect.gen(function* () {
    expect(yield* control.container("web")).toMatchObject({ state: "running" })
    const staged = yield* control.fileSystem.readDirectory(`${directory}/../.checkpoints.stasis/staging`, {
      recursive: true
    })
    expect(staged.filter((path) => path.includes("/"))).toEqual([])
  })

describe("a checkpoint that builds on another", () => {
  it.effect(
    "records the very one, and makes a chain",
    inWorld(() =>
      Effect.gen(function* () {
        const one = yield* create("one")
        const two = yield* create("two", "one")
        const three = yield* create("three", "two")
        expect(two.checkpoint.record?.parentOperation).toBe(one.checkpoint.record?.operation)
        expect(three.checkpoint.record?.parentOperation).toBe(two.checkpoint.record?.operation)
        yield* Checkpoints.restore("web", "three", { replace: true })
        for (const parent of ["one", "two"]) {
          expect(yield* Effect.flip(Checkpoints.remove("web", parent))).toMatchObject({ _tag: "CheckpointBusy" })
        }
        for (const each of ["three", "two", "one"]) yield* Checkpoints.remove("web", each)
        expect(yield* listed).toEqual([])
      })
    )
  )

  it.effect(
    "builds on nothing but what the last dump made: the kernel knows only what changed since that",
    inWorld((control) =>
      Effect.gen(function* () {
        yield* create("one")
        yield* create("two", "one")
        expect(yield* Effect.flip(create("sibling", "one"))).toMatchObject(notNewest)
        yield* Checkpoints.remove("web", "two")
        expect(yield* Effect.flip(create("sibling", "one"))).toMatchObject(notNewest)
        yield* create("three")
        yield* create("four", "three")
        yield* untouched(control)
      })
    )
  )

  it.effect(
    "nor on one before a dump that failed",
    inWorld((control) =>
      Effect.gen(function* () {
        yield* create("one")
        yield* control.faults.failNext(
          "Runtime.checkpoint",
          new CheckpointError.RuntimeFailed({
            operation: "checkpoint",
            container: "web",
            runtime: "memory",
            reason: "Unknown",
            detail: "it broke"
          })
        )
        yield* Effect.flip(create("two"))
        expect(yield* Effect.flip(create("three", "one"))).toMatchObject(notNewest)
        yield* untouched(control)
      })
    )
  )

  it.effect(
    "nor on one that another program made, nor on itself",
    inWorld((control) =>
      Effect.gen(function* () {
        yield* create("one")
        yield* control.fileSystem.makeDirectory(`${directory}/foreign`)
        yield* control.fileSystem.writeFileString(`${directory}/foreign/inventory.img`, "x")
        expect(yield* Effect.flip(create("child", "foreign"))).toMatchObject(notNewest)
        expect(yield* Effect.flip(create("child", "child"))).toMatchObject({ _tag: "OptionUnsupported" })
        expect(yield* Effect.flip(create("one", "one"))).toMatchObject({ _tag: "OptionUnsupported" })
        yield* untouched(control)
      })
    )
  )

  it.effect(
    "is refused, and is not restored, when what it builds on is gone, damaged, or another",
    inWorld((control) =>
      Effect.gen(function* () {
        const fs = control.fileSystem
        yield* create("one")
        yield* create("two", "one")
        yield* create("three", "two")
        yield* control.advance("web", 5)
        const refused = (restored: string, detail: string) =>
          Effect.gen(function* () {
            for (
              const attempt of [Checkpoints.restore("web", restored, { replace: true }), create("four", "three")]
            ) {
              const error = yield* Effect.flip(attempt)
              expect(error).toMatchObject({ _tag: "CheckpointDamaged", message: expect.stringContaining(detail) })
            }
            expect(yield* control.count("web")).toBe(12)
            yield* untouched(control)
          })
        yield* fs.rename(`${directory}/one`, `${directory}/../one`)
        yield* refused("two", 'builds on checkpoint "one", which is gone')
        yield* refused("three", '"two", on which it builds, builds on checkpoint "one", which is gone')
        yield* fs.rename(`${directory}/../one`, `${directory}/one`)
        yield* fs.rename(`${directory}/one/inventory.img`, `${directory}/one/x`)
        yield* refused("three", "which is damaged (inventory.img is missing)")
        yield* fs.rename(`${directory}/one/x`, `${directory}/one/inventory.img`)
        yield* Checkpoints.restore("web", "three", { replace: true })
        yield* control.advance("web", 5)
        yield* fs.rename(`${directory}/one`, `${directory}/../one`)
        yield* create("one")
        const error = yield* Effect.flip(Checkpoints.restore("web", "three", { replace: true }))
        expect(error.message).toContain('"one", of which there is another one now')
      })
    )
  )

  it.effect(
    "keeps its parent only for as long as it is itself",
    inWorld((control) =>
      Effect.gen(function* () {
        yield* create("one")
        yield* create("child", "one")
        yield* Checkpoints.remove("web", "child")
        yield* create("two")
        yield* Checkpoints.create("web", "child", { leaveRunning: true, preDump: true })
        // Its images have a parent as well: the pre-dump among them.
        expect(yield* control.fileSystem.readLink(`${directory}/child/parent`)).toBe("pre-dump")
        yield* Checkpoints.remove("web", "one")
        expect(yield* listed).toEqual(["child", "two"])
      })
    )
  )

  it.effect(
    "copies no memory ahead of a container that is paused",
    inWorld((control) =>
      Effect.gen(function* () {
        yield* control.setPaused("web", true)
        const { checkpoint, state } = yield* Checkpoints.create("web", "one", { leaveRunning: true, preDump: true })
        expect(state).toBe("paused")
        expect(yield* control.fileSystem.exists(`${checkpoint.path}/pre-dump`)).toBe(false)
      })
    )
  )

  it.effect(
    "counts the bytes of its pre-dump among its own",
    inWorld(() =>
      Effect.gen(function* () {
        const plain = yield* create("plain")
        const twice = yield* Checkpoints.create("web", "twice", { leaveRunning: true, preDump: true })
        const memory = plain.checkpoint.record?.bytes ?? 0
        expect(twice.checkpoint.record?.bytes).toBeGreaterThan(memory)
      })
    )
  )
})
