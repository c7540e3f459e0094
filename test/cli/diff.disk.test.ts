import * as FileSystem from "@effect/platform/FileSystem"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { Difference } from "../../src/domain/difference/Difference.ts"
import * as Errors from "../../src/domain/CheckpointError.ts"
import { Images } from "../../src/effects/Images.ts"
import * as ImageFolders from "../../src/layers/shared/ImageFolders.ts"
import * as NodeDisk from "../../src/layers/shared/NodeDisk.ts"
import { standIn, stasis } from "./CommandLine.ts"
import { whole } from "./samples.ts"

const golden = (name: string) => new URL(`../golden/${name}`, import.meta.url).pathname
const [one, other] = [golden("web-1"), golden("web-2")]
const nowhere = standIn({})

/** A world whose containers each have the golden checkpoints, by the names of their folders. */
const kept = Effect.map(
  Effect.provide(Images, Layer.provide(ImageFolders.layer, Layer.merge(NodeFileSystem.layer, NodeDisk.layer))),
  (images) =>
    standIn({
      images,
      checkpoints: {
        get: (container, name) =>
          name.startsWith("web-")
            ? Effect.succeed({ ...whole, container, name, path: golden(name) })
            : Effect.fail(new Errors.CheckpointNotFound({ container, checkpoint: name, directory: "/kept" }))
      }
    })
)

describe("stasis diff", () => {
  it.effect("shows what went, what came and what changed", () =>
    Effect.gen(function* () {
      const ran = yield* stasis(["diff", one, other], nowhere)
      expect(ran).toMatchObject({ code: 0, err: "", opened: [] })
      const lines = ran.out.split("\n")
      expect(lines.slice(0, 2)).toEqual([`- ${one}`, `+ ${other}`])
      expect(lines).toEqual(expect.arrayContaining([
        "~ 6 web worker 1  6 of 25 pages changed, 2 new, 1 gone",
        "    - fd 7 eventfd (eventfd)",
        // Nine of its own, and two of the scores that it shared.
        "- 7 web worker 2  11 pages",
        "    ~ fd 3 /var/log/web.log: position 6 -> 13",
        "    + fd 6 /var/log/web.2.log (regular)",
        "+ 14 web guest  11 pages"
      ]))
      expect(ran.out).toMatch(/rw-p heap, 32\.0 KiB -> 48\.0 KiB {2}1 of 3 pages changed, 1 new/)
      expect(ran.out).toMatch(/^shared +2 +2 +0 +3$/m)
      expect(ran.out).not.toContain("\u001b")
      expect(ran.out).not.toContain("golden-secret")
    }))

  it.effect("prints what a program reads, with the places of pages where they are asked for", () =>
    Effect.gen(function* () {
      const read = Schema.decodeUnknown(Schema.parseJson(Difference))
      const ran = yield* stasis(["diff", "--format", "json", one, other], nowhere)
      const plain = yield* read(ran.out)
      const whole = yield* read((yield* stasis(["diff", "--pages", "--format", "json", one, other], nowhere)).out)
      const ranges = ({ processes }: Difference) =>
        processes.flatMap(({ areas }) => areas.flatMap((area) => area.ranges ?? []))
      expect(ranges(plain)).toEqual([])
      expect(ranges(whole).length).toBeGreaterThan(10)
      expect(plain.memory.pages).toEqual(whole.memory.pages)
    }))

  it.effect("exits with 1 where they differ, when asked to", () =>
    Effect.gen(function* () {
      expect(yield* stasis(["diff", "--exit-code", "-q", one, other], nowhere)).toMatchObject({
        code: 1,
        out: "1\n6\n7\n8\n9\n10\n14\n",
        err: ""
      })
      const same = yield* stasis(["diff", "--exit-code", one, one], nowhere)
      expect([same.code, same.err]).toEqual([0, ""])
      expect(same.out).toContain("\nNothing changed\n")
    }))

  it.effect("refuses what names neither a checkpoint nor a folder", () =>
    Effect.gen(function* () {
      expect(yield* stasis(["diff", "web", "first"], nowhere)).toMatchObject({
        code: 2,
        out: "",
        err: expect.stringContaining(
          'cannot tell what "web" is: name CONTAINER/CHECKPOINT, or a folder that begins with / or .'
        )
      })
      expect(yield* stasis(["diff", one, "first"], nowhere)).toMatchObject({ code: 2, out: "" })
      expect(yield* stasis(["diff", one, "/nowhere/at/all"], nowhere)).toMatchObject({
        code: 1,
        err: expect.stringContaining("/nowhere/at/all")
      })
    }))

  it.effect("compares checkpoints of one container, of two, and one with a folder", () =>
    Effect.gen(function* () {
      const world = yield* kept
      const read = Schema.decodeUnknown(Schema.parseJson(Difference))
      const folders = yield* read((yield* stasis(["diff", "--format", "json", one, other], nowhere)).out)
      for (
        const named of [["shop/web-1", "shop/web-2"], ["shop/web-1", "web-2"], ["a/web-1", "b/web-2"], [one, "a/web-2"]]
      ) {
        const ran = yield* stasis(["diff", "--format", "json", ...named], world)
        expect([named, ran.code, ran.err, ran.opened.includes("runc")]).toEqual([named, 0, "", true])
        const { memory, processes } = yield* read(ran.out)
        expect([memory, processes]).toEqual([folders.memory, folders.processes])
      }
    }))

  it.effect("tells of a checkpoint that is not there, and of a second one that is nobody's", () =>
    Effect.gen(function* () {
      const world = yield* kept
      const ran = yield* stasis(["diff", "--exit-code", "shop/web-1", "gone"], world)
      expect([ran.code, ran.out]).toEqual([1, ""])
      expect(ran.err).toContain('Checkpoint "gone" of container "shop" not found')
      expect(yield* stasis(["diff", one, "web-2"], world)).toMatchObject({ code: 2, out: "" })
    }))

  const damaged = [
    "mm-7.img",
    "fdinfo-4.img",
    "mountpoints-13.img",
    "cgroup.img",
    "files.img",
    "core-7.img",
    "ids-7.img",
    "fs-7.img",
    "pstree.img",
    "inventory.img",
    "memfd.img",
    "sk-queues.img"
  ]

  it.scopedLive.each(damaged)(
    "takes nothing for gone or new where %s does not read on one side, and says so",
    (file) =>
      Effect.gen(function* () {
        const files = yield* FileSystem.FileSystem
        const copy = yield* files.makeTempDirectoryScoped()
        yield* files.copy(one, copy, { overwrite: true })
        yield* files.writeFile(`${copy}/${file}`, (yield* files.readFile(`${one}/${file}`)).subarray(0, 11))
        const read = Schema.decodeUnknown(Schema.parseJson(Difference))
        for (const [sides, side] of [[[one, copy], "after"], [[copy, one], "before"]] as const) {
          const ran = yield* stasis(["diff", "--exit-code", "--format", "json", ...sides], nowhere)
          const { cgroups, isEqual, mounts, namespaces, problems, processes } = yield* read(ran.out)
          expect({ processes, mounts, namespaces, cgroups, isEqual }).toEqual({
            processes: [],
            mounts: [],
            namespaces: [],
            cgroups: [],
            isEqual: true
          })
          expect(problems).toContainEqual(expect.objectContaining({ side, file }))
          expect(ran.code).toBe(1)
          expect(ran.err).toContain("the two could not be compared whole")
        }
      }).pipe(Effect.provide(NodeFileSystem.layer))
  )
})
