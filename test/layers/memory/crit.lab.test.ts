// What the world in memory writes is read by CRIU's own `crit` as it is by us: its images are images.
import { readFileSync } from "node:fs"
import * as FileSystem from "@effect/platform/FileSystem"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Image from "../../../src/domain/image/Image.ts"
import * as Process from "../../../src/layers/shared/Process.ts"
import * as CritForm from "../../golden/critForm.ts"
import { copyOut, twoIn } from "./imagesBench.ts"

const program = new URL("../../golden/oracle.py", import.meta.url).pathname

describe("crit", () => {
  it.scopedLive.each(["map", "folder"] as const)(
    "reads the images of a container in memory, kept in a %s",
    (store) =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const at = `${yield* fs.makeTempDirectoryScoped({ prefix: "stasis-crit-" })}/first`
        const { first, images } = yield* twoIn(store)
        yield* copyOut(images, first, fs, at)
        const { code, stderr, stdout } = yield* Process.run({ program: "python3", args: ["-B", program, at] })
        expect({ code, stderr }).toEqual({ code: 0, stderr: "" })
        const lines = CritForm.parse(stdout).filter(({ file }) => file !== "config.json")
        expect(lines.filter(({ raw }) => raw !== undefined).map(({ file }) => file)).toEqual(["pages-1.img"])
        expect(lines.length).toBe((yield* images.open(first)).files.length - 1)
        for (const { entries, file } of lines) {
          const image = Either.getOrThrow(Image.decode(file, readFileSync(`${at}/${file}`)))
          if (image._tag === "Known") expect(CritForm.differences(CritForm.entriesOf(image), entries)).toEqual([])
        }
        const said = yield* Process.run({ program: "crit", args: ["show", `${at}/pstree.img`] })
        expect(JSON.parse(said.stdout)).toMatchObject({ magic: "PSTREE", entries: [{ pid: 1, threads: [1] }] })
        const shown = yield* Process.run({ program: "crit", args: ["x", at, "ps"] })
        expect(shown.stdout).toMatch(/1 +1 +1 +web/)
        const mapped = yield* Process.run({ program: "crit", args: ["x", at, "mems"] })
        expect(mapped.stdout).toMatch(/r-x \/bin\/counter\n.*rw-.*\n.*rw- \[stack\?\]\n/)
      }).pipe(Effect.provide(NodeFileSystem.layer))
  )
})
