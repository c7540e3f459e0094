// A text file that is written whole, on a file system that has links and on one that has none.
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync, symlinkSync } from "node:fs"
import { tmpdir } from "node:os"
import { SystemError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as NodeContext from "@effect/platform-node/NodeContext"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { writeWhole } from "../../src/cli/writeWhole.ts"

const failing = (code: string) => (fs: FileSystem.FileSystem): FileSystem.FileSystem => ({
  ...fs,
  link: () =>
    Effect.fail(
      new SystemError({
        reason: "Unknown",
        module: "FileSystem",
        method: "link",
        cause: Object.assign(new Error(code), { code })
      })
    )
})

describe("writeWhole", () => {
  it.scopedLive.each<readonly [string, (fs: FileSystem.FileSystem) => FileSystem.FileSystem]>([
    ["links", (fs) => fs],
    ["no links, by EPERM", failing("EPERM")],
    ["no links, by ENOTSUP", failing("ENOTSUP")]
  ])("writes over nothing unless told so, with %s", ([, change]) =>
    Effect.gen(function* () {
      const folder = yield* Effect.acquireRelease(
        Effect.sync(() => mkdtempSync(`${tmpdir()}/stasis-`)),
        (path) => Effect.sync(() => rmSync(path, { recursive: true }))
      )
      const path = `${folder}/page`
      const fs = change(yield* FileSystem.FileSystem)
      const write = (text: string, force: boolean) =>
        Effect.provideService(writeWhole(path, text, force), FileSystem.FileSystem, fs)
      yield* write("one", false)
      expect([readFileSync(path, "utf8"), statSync(path).mode & 0o777]).toEqual(["one", 0o600])
      expect(Exit.isFailure(yield* Effect.exit(write("two", false)))).toBe(true)
      expect(readFileSync(path, "utf8")).toBe("one")
      yield* write("three", true)
      expect([readFileSync(path, "utf8"), readdirSync(folder)]).toEqual(["three", ["page"]])
      // A link leads to it still.
      symlinkSync("page", `${folder}/link`)
      yield* Effect.provideService(writeWhole(`${folder}/link`, "four", true), FileSystem.FileSystem, fs)
      expect([readFileSync(path, "utf8"), readlinkSync(`${folder}/link`)]).toEqual(["four", "page"])
    }).pipe(Effect.provide(NodeContext.layer)))
})
