/** The in-memory file system is as strict as Linux: any sequence of calls has the same outcomes on both. */
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as FileSystem from "@effect/platform/FileSystem"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import * as Layer from "effect/Layer"
import * as Memory from "stasis/Memory"
import * as NodeDisk from "../../../src/layers/shared/NodeDisk.ts"
import { type Call, calls, outcome, tree } from "./fileCalls.ts"

const real = Layer.merge(NodeFileSystem.layer, NodeDisk.layer)

const play = (root: string, sequence: ReadonlyArray<Call>) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    yield* fs.makeDirectory(root, { recursive: true })
    return {
      outcomes: yield* Effect.forEach(sequence, (call) => Effect.map(outcome(root, call), (came) => ({ call, came }))),
      tree: yield* Effect.orElseSucceed(tree(root), () => "gone")
    }
  })

const onBoth = (sequence: ReadonlyArray<Call>) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    // So deep that no path of a sequence leads out of the temporary folder.
    const root = `${yield* fs.makeTempDirectoryScoped({ prefix: "stasis-strict-" })}/1/2/3/4/5`
    const expected = yield* play(root, sequence)
    const found = yield* Effect.provide(play(root, sequence), Memory.storage)
    expect(found).toEqual(expected)
  }).pipe(Effect.scoped, Effect.provide(real))

describe("the in-memory file system", () => {
  it("has the outcomes of the real one for any sequence of calls", () =>
    FastCheck.assert(
      FastCheck.asyncProperty(calls(30), (sequence) => Effect.runPromise(onBoth(sequence))),
      { numRuns: Number(process.env["STASIS_RUNS"] ?? 400) }
    ))
})
