import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { plain } from "../../src/domain/memory/ByteView.ts"
import { ImagesNotFound } from "../../src/domain/CheckpointError.ts"
import { Images } from "../../src/effects/Images.ts"
import { inspectImages, inspectRecorded } from "../../src/effects/inspectCheckpoint.ts"
import { damaged } from "../cli/samples.ts"
import { goldenFolder } from "../golden/goldenFolder.ts"

const noOthers = Layer.mock(Images, {
  openDamaged: (path) => Effect.fail(new ImagesNotFound({ path, reason: "it is not a folder" })),
  digest: () => Effect.succeed(""),
  views: plain
})

const inspect = (changes: Readonly<Record<string, Uint8Array | undefined>>) =>
  Effect.provide(inspectImages({ folder: goldenFolder("/images", changes), checkpoint: undefined }), noOthers)

const nonsense = Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 8, 9])

/** Looking into it hundreds of times takes seconds, and more where the machine is busy. In milliseconds. */
const hundreds = 60_000

/** What every process calls for. */
const needed = /^(inventory|pstree|files|(core|ids|mm|fs|fdinfo|pagemap)-\d+)\.img$/

describe("damaged images", () => {
  it.effect("are told, and what needs them is left out", () =>
    Effect.gen(function* () {
      const { files, overview, problems, processes } = yield* inspect({
        "core-7.img": nonsense,
        "fs-8.img": undefined,
        "mm-9.img": undefined,
        "fdinfo-4.img": nonsense.subarray(0, 3)
      })
      expect(problems).toEqual([
        { file: "core-7.img", reason: "it does not begin with the numbers of its kind" },
        { file: "fdinfo-4.img", reason: "it is too short for an image" },
        { file: "fs-8.img", reason: "it is not there" },
        { file: "mm-9.img", reason: "it is not there" }
      ])
      expect(processes?.map(({ pid, state }) => [pid, state])).toContainEqual([7, "unknown"])
      expect(processes?.find(({ pid }) => pid === 8)).not.toHaveProperty("workingDirectory")
      expect(processes?.find(({ pid }) => pid === 9)).not.toHaveProperty("memory")
      expect(files?.processes.find(({ pid }) => pid === 7)?.descriptors).toEqual([])
      expect(overview?.processes).toBe(7)
    }))

  it.effect("stop nothing, whichever image it is that is gone, cut off or nonsense", () =>
    Effect.gen(function* () {
      const whole = yield* inspect({})
      expect(whole.problems).toEqual([])
      const { files } = goldenFolder("/images")
      for (const { bytes, name } of files) {
        for (const changed of [undefined, nonsense, new Uint8Array(bytes)]) {
          const { overview, problems } = yield* inspect({ [name]: changed })
          expect(overview, name).toBeDefined()
          // Whether a process has ended is in its own image: without that more may be missed.
          if (problems.length > 0) expect(problems.map(({ file }) => file)).toContain(name)
          if (needed.test(name)) expect(problems, name).not.toEqual([])
        }
      }
    }), hundreds)

  it.effect("of which none is left are told by that alone", () =>
    Effect.gen(function* () {
      const { files } = goldenFolder("/images")
      const none = Object.fromEntries(files.map(({ name }) => [name, undefined]))
      expect(yield* inspect(none)).toEqual({ problems: [{ file: "inventory.img", reason: "it is not there" }] })
    }))

  it.effect("of a checkpoint whose folder cannot be opened leave its record", () =>
    Effect.gen(function* () {
      const found = yield* Effect.provide(inspectRecorded(damaged, {}), noOthers)
      expect(found.checkpoint).toEqual(damaged)
      expect(found.problems).toHaveLength(1)
      expect(found.problems[0]?.reason).toContain("it is not a folder")
    }))
})
