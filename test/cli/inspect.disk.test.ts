import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Inspection } from "../../src/domain/inspection/Inspection.ts"
import { sections } from "../../src/domain/inspection/Section.ts"
import { type Ran, standIn, stasis } from "./CommandLine.ts"

const path = new URL("../golden/web-1", import.meta.url).pathname
const nowhere = standIn({})
const inspect = (...flags: ReadonlyArray<string>) => stasis(["inspect", "--path", path, ...flags], nowhere)
const read = ({ out }: Ran) => Schema.decodeUnknown(Schema.parseJson(Inspection))(out)

/** What of an inspection is there. */
const keysOf = (inspection: Inspection) => Object.keys(inspection).sort()

describe("stasis inspect --path", () => {
  it.effect("shows a folder of images, and asks no runtime for it", () =>
    Effect.gen(function* () {
      const ran = yield* inspect()
      expect(ran).toMatchObject({ code: 0, err: "", opened: [] })
      expect(ran.out).toContain("web worker 1")
      // There is no record of a folder.
      expect(ran.out).not.toMatch(/^Container:/m)
      expect(yield* inspect("-q")).toMatchObject({ code: 0, out: "" })
    }))

  it.effect("refuses a container beside it, half a checkpoint, and a folder that is none", () =>
    Effect.gen(function* () {
      expect(yield* inspect("web", "first")).toMatchObject({ code: 2, out: "" })
      expect(yield* stasis(["inspect", "web"], nowhere)).toMatchObject({ code: 2, out: "" })
      expect(yield* stasis(["inspect", "--path", "/nowhere/at/all"], nowhere)).toMatchObject({
        code: 1,
        out: "",
        err: expect.stringContaining("/nowhere/at/all")
      })
    }))
})

describe("stasis inspect --sections", () => {
  it.effect("gives the overview and what is named", () =>
    Effect.gen(function* () {
      for (const section of sections) {
        const found = yield* read(yield* inspect("--sections", section, "--format", "json"))
        expect(keysOf(found)).toEqual(["overview", "problems", section].sort())
      }
      const two = yield* read(yield* inspect("--sections", "mounts,cgroups", "--format", "json"))
      expect(keysOf(two)).toEqual(["cgroups", "mounts", "overview", "problems"])
      const all = yield* read(yield* inspect("--sections", "all", "--format", "json"))
      expect(keysOf(all)).toEqual(["overview", "problems", ...sections].sort())
    }))

  it.effect("shows in text what is named, and nothing else", () =>
    Effect.gen(function* () {
      const files = yield* inspect("--sections", "files")
      expect(files.out).toContain("/var/log/web.log")
      expect(files.out).not.toContain("web worker 1")
      const processes = yield* inspect("--sections", "processes")
      expect(processes.out).toContain("web worker 1")
      expect(processes.out).not.toContain("/var/log/web.log")
    }))

  it.effect("refuses one that there is not", () =>
    Effect.gen(function* () {
      const ran = yield* inspect("--sections", "files,colours")
      expect(ran).toMatchObject({ code: 2, out: "" })
      expect(ran.err).toContain("colours")
    }))
})

// The first process has TOKEN=golden-secret in its environment.
describe("stasis inspect --env", () => {
  it.effect("alone shows the values of environments", () =>
    Effect.gen(function* () {
      for (const flags of [[], ["--sections", "files"], ["--sections", "all"], ["--format", "json"]]) {
        const ran = yield* inspect("--env", ...flags)
        expect([flags, ran.code, ran.out.includes("golden-secret")]).toEqual([flags, 0, true])
      }
    }))

  it.effect("left out, no output has one, whatever else is asked for", () =>
    Effect.gen(function* () {
      for (const format of [[], ["--format", "json"], ["-q"]]) {
        for (const chosen of [[], ...["all", ...sections].map((section) => ["--sections", section])]) {
          const ran = yield* inspect(...format, ...chosen)
          expect([format, chosen, ran.code]).toEqual([format, chosen, 0])
          expect(ran.out + ran.err).not.toContain("golden-secret")
        }
      }
      const page = yield* inspect("--html", "-")
      expect([page.code, page.out.includes("TOKEN"), page.out.includes("golden-secret")]).toEqual([0, true, false])
      // That it is there to be hidden: its name is shown.
      expect((yield* inspect("--sections", "processes")).out).toContain("TOKEN")
    }))
})
