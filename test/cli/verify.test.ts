/** `stasis verify` and `stasis seal` on the memory layer: checkpoints that are whole, damaged, sealed and changed. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { Sealed } from "../../src/domain/Outcome.ts"
import { Verification } from "../../src/domain/verification/Verification.ts"
import * as Processes from "../../src/effects/Processes.ts"
import * as Memory from "../../src/layers/memory/Memory.ts"
import { stasis } from "./CommandLine.ts"

const verifications = Schema.decodeUnknown(Schema.parseJson(Schema.Array(Verification)))

const session = Effect.gen(function* () {
  const world = yield* Memory.make({ containers: [{ id: "web" }, { id: "db" }], store: "folder" })
  const layer = Layer.merge(Memory.layerOf(world), Processes.unsupported("memory"))
  const type = (line: string) => stasis(line.split(" "), layer)
  const { fileSystem } = world.control
  const pathOf = (name: string) =>
    Effect.map(
      Effect.flatMap(type(`verify web ${name} --format json`), ({ out }) => verifications(out)),
      ([one]) => one?.path ?? ""
    )
  return {
    type,
    remove: (name: string, file: string) =>
      Effect.flatMap(pathOf(name), (path) => fileSystem.remove(`${path}/${file}`)),
    /** Another byte in place of the last one. */
    change: (name: string, file: string) =>
      Effect.gen(function* () {
        const path = `${yield* pathOf(name)}/${file}`
        const bytes = yield* fileSystem.readFile(path)
        yield* fileSystem.writeFile(path, bytes.map((byte, at) => at === bytes.length - 1 ? byte ^ 1 : byte))
      })
  }
})

describe("verify", () => {
  it.effect("says of each checkpoint of a container whether it is whole, and ends with 1 where one is not", () =>
    Effect.gen(function* () {
      const { remove, type } = yield* session
      yield* type("create web first --leave-running --seal")
      yield* type("create web second --leave-running")
      const one = yield* type("verify web first")
      expect([one.code, one.err]).toEqual([0, ""])
      expect(one.out).toMatch(/^first: whole \(\d+ files, [\d.]+ KiB, sealed and unchanged\)\n$/)
      yield* remove("second", "core-1.img")
      const all = yield* type("verify web")
      expect([all.code, all.err]).toEqual([1, "stasis: it is damaged: second\n"])
      const lines = all.out.split("\n").filter((line) => !line.startsWith("first: whole ("))
      expect(lines).toEqual([
        expect.stringMatching(/^second: damaged \(\d+ files, [\d.]+ KiB, not sealed\)$/),
        "  core-1.img is missing: it is called for by process 1, and is not there",
        "    restore impossible: CRIU restores nothing without the registers and the state of a task",
        expect.stringMatching(
          /^ {2}config\.json disagrees: it says that there are \d+ bytes beside it, and there are \d+$/
        ),
        "    restore doubtful: something of the checkpoint is not what it was",
        "  A restore cannot work",
        ""
      ])
      expect(yield* type("verify web -q")).toMatchObject({ code: 1, out: "second\n" })
      yield* remove("first", "core-1.img")
      expect((yield* type("verify web")).err).toBe("stasis: they are damaged: first, second\n")
    }))

  it.effect("prints what a program reads, of one and of all", () =>
    Effect.gen(function* () {
      const { change, type } = yield* session
      yield* type("create web first --leave-running --seal")
      yield* type("create web second --leave-running")
      yield* change("first", "pages-1.img")
      const ran = yield* type("verify web --format json")
      expect(ran.code).toBe(1)
      const [first, second] = yield* verifications(ran.out)
      expect(first).toMatchObject({
        container: "web",
        checkpoint: "first",
        verdict: "damaged",
        seal: "broken",
        restore: "doubtful",
        why: expect.stringMatching(/^pages-1\.img: a restore may fail, or bring back something else/),
        problems: [{ file: "pages-1.img", fault: "different", restore: "doubtful" }]
      })
      expect(second).toMatchObject({ checkpoint: "second", verdict: "whole", seal: "none", problems: [] })
      expect((yield* verifications((yield* type("verify web second --format json")).out)).length).toBe(1)
    }))

  it.effect("has nothing to say of a container without checkpoints, and knows no other", () =>
    Effect.gen(function* () {
      const { type } = yield* session
      expect(yield* type("verify db")).toMatchObject({ code: 0, out: "", err: "" })
      expect(yield* type("verify db first")).toMatchObject({
        code: 1,
        out: "",
        err: expect.stringMatching(/first/)
      })
      expect(yield* type("verify")).toMatchObject({
        code: 2,
        err: "stasis: name a container, or a folder with --path\nhint: see stasis verify --help\n"
      })
      expect((yield* type("verify web --path /x")).err).toMatch(/with --path, not both\n/)
      expect((yield* type("verify web ../x")).code).toBe(2)
    }))
})

describe("seal", () => {
  it.effect("seals, and seals anew what is as it was", () =>
    Effect.gen(function* () {
      const { type } = yield* session
      expect((yield* type("create web first --leave-running --seal")).out).toMatch(
        /^Checkpointed web as "first", .*, sealed\n/
      )
      expect((yield* type("create web second --leave-running")).out).not.toContain("sealed")
      for (const names of ["second", "first second"]) {
        const ran = yield* type(`seal web ${names}`)
        expect([ran.code, ran.err]).toEqual([0, ""])
        expect(ran.out).toMatch(/(^|\n)Sealed "second", \d+ files, [\d.]+ KiB\n$/)
      }
      expect((yield* type("verify web")).out.match(/sealed and unchanged/g)).toHaveLength(2)
      const json = yield* type("seal web first --format json")
      const [sealed] = yield* Schema.decodeUnknown(Schema.parseJson(Schema.Array(Sealed)))(json.out)
      expect(sealed?.checkpoint.name).toBe("first")
      expect(yield* type("seal web second second -q")).toMatchObject({ code: 0, out: "second\n" })
    }))

  it.effect("refuses what has changed since, unless it is told to, and what is damaged, whatever it is told", () =>
    Effect.gen(function* () {
      const { change, remove, type } = yield* session
      yield* type("create web first --leave-running --seal")
      yield* type("create web second --leave-running --seal")
      yield* change("first", "pages-1.img")
      const refused = yield* type("seal web first second")
      expect([refused.code, refused.out]).toEqual([1, expect.stringMatching(/^Sealed "second", .*\n$/)])
      expect(refused.err).toMatch(
        /^stasis: Cannot seal checkpoint "first" of container "web": it is not what was sealed, pages-1\.img: .*; use option "--force" to seal/
      )
      expect((yield* type("verify web first")).code).toBe(1)
      expect((yield* type("seal web first --force")).code).toBe(0)
      expect((yield* type("verify web first")).code).toBe(0)
      yield* remove("first", "core-1.img")
      const damaged = yield* type("seal web first --force")
      expect([damaged.code, damaged.out]).toEqual([1, ""])
      expect(damaged.err).toMatch(/: it is damaged, core-1\.img: it is called for by process 1, and is not there/)
      expect((yield* type("seal web third")).code).toBe(1)
      expect((yield* type("seal web ../x")).code).toBe(2)
    }))
})
