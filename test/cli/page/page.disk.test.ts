/** The page of a checkpoint that the program made and knows the record of, and of images that are damaged. */
import { cpSync, mkdtempSync, rmSync, truncateSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Processes from "../../../src/effects/Processes.ts"
import * as Memory from "../../../src/layers/memory/Memory.ts"
import { stasis } from "../CommandLine.ts"

const session = Effect.map(Memory.make({ containers: [{ id: "web" }] }), (world) => {
  const layer = Layer.merge(Memory.layerOf(world), Processes.unsupported("memory"))
  return (line: string) => stasis(line.split(" "), layer)
})

describe("stasis inspect --html", () => {
  it.effect("has the record of a checkpoint", () =>
    Effect.gen(function* () {
      const type = yield* session
      expect(yield* type("create web first --leave-running")).toMatchObject({ code: 0 })
      const { code, err, out } = yield* type("inspect web first --html -")
      expect({ code, err }).toEqual({ code: 0, err: "" })
      expect(out).toContain("<title>web / first – stasis</title>")
      expect(out).toMatch(/<dt>Container was<\/dt>\s*<dd>left running<\/dd>/)
    }))

  it.effect("is told what goes with it", () =>
    Effect.gen(function* () {
      const type = yield* session
      expect(yield* type("inspect web first --force")).toMatchObject({ code: 2, out: "" })
      expect(yield* type("inspect web first --html - --sections files")).toMatchObject({ code: 2, out: "" })
      expect(yield* type("inspect web first --html -")).toMatchObject({ code: 1, out: "" })
    }))

  it.effect("says what could not be read, and shows the rest", () =>
    Effect.gen(function* () {
      const folder = yield* Effect.acquireRelease(
        Effect.sync(() => mkdtempSync(join(tmpdir(), "stasis-page-"))),
        (path) => Effect.sync(() => rmSync(path, { recursive: true }))
      )
      cpSync(join(import.meta.dirname, "../../golden/web-1"), folder, { recursive: true })
      truncateSync(join(folder, "mm-6.img"), 40)
      const type = yield* session
      const { code, out } = yield* type(`inspect --path ${folder} --html -`)
      expect(code).toBe(0)
      expect(out).toMatch(/1 problem<\/h2>\s*<ul>\s*<li><code>mm-6\.img<\/code> [^<]+<\/li>/)
      expect(out).toContain('data-map="1"')
      expect(out).not.toContain('data-map="6"')
      expect(out).not.toContain('href="#m6"')
    }).pipe(Effect.scoped))
})
