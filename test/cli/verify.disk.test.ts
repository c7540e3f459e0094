// `stasis verify --path` on golden folders, whole and with damage done to a copy.
import { cpSync, mkdtempSync, rmSync, truncateSync } from "node:fs"
import { tmpdir } from "node:os"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { standIn, stasis } from "./CommandLine.ts"

const golden = (name: string) => new URL(`../golden/${name}`, import.meta.url).pathname
const verify = (...argv: ReadonlyArray<string>) => stasis(["verify", ...argv], standIn({}))

const copied = Effect.acquireRelease(
  Effect.sync(() => {
    const folder = mkdtempSync(`${tmpdir()}/stasis-`)
    cpSync(golden("web-1"), folder, { recursive: true })
    return folder
  }),
  (folder) => Effect.sync(() => rmSync(folder, { recursive: true }))
)

describe("stasis verify --path", () => {
  it.effect.each(["web-1", "web-2", "chain-1", "chain-3"])("says that %s is whole", (name) =>
    Effect.gen(function* () {
      const ran = yield* verify("--path", golden(name))
      expect(ran).toMatchObject({ code: 0, err: "", opened: [] })
      expect(ran.out).toMatch(new RegExp(`^${golden(name)}: whole \\(\\d+ files, [\\d.]+ [KM]iB, not sealed\\)\n$`))
    }))

  it.scopedLive("says what is damaged, and what CRIU would do with it", () =>
    Effect.gen(function* () {
      const folder = yield* copied
      // The board, which is shared: its pages file is of a page map of shared memory alone.
      truncateSync(`${folder}/pages-9.img`, 0)
      rmSync(`${folder}/config.json`)
      const ran = yield* verify("--path", folder)
      expect([ran.code, ran.err]).toEqual([1, `stasis: it is damaged: ${folder}\n`])
      expect(ran.out.split("\n").slice(1)).toEqual([
        expect.stringMatching(/^ {2}pages-9\.img is cut off: it has 0 bytes, and the page maps say \d+$/),
        "    restore doubtful: shared memory would be restored as zeros, and CRIU would report success",
        "  A restore may work, and may bring back something else",
        ""
      ])
    }))

  it.effect("knows no images where there are none", () =>
    Effect.gen(function* () {
      expect(yield* verify("--path", golden("."))).toMatchObject({
        code: 1,
        out: "",
        err: expect.stringMatching(/^stasis: Cannot find images of CRIU in /)
      })
    }))
})
