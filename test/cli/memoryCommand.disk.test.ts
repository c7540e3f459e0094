// `stasis memory` on a golden checkpoint: the map, bytes, a search, and what is refused.
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import * as NodeContext from "@effect/platform-node/NodeContext"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as NewFile from "../../src/cli/newFile.ts"
import { standIn, stasis } from "./CommandLine.ts"

const golden = new URL("../golden/web-2", import.meta.url).pathname
const memory = (...argv: ReadonlyArray<string>) => stasis(["memory", "--path", golden, ...argv], standIn({}))

describe("stasis memory", () => {
  it.effect("shows what there is of each process, and the map of one", () =>
    Effect.gen(function* () {
      const all = yield* memory()
      expect([all.code, all.err]).toEqual([0, ""])
      expect(all.out.split("\n").slice(0, 3)).toEqual([
        "PID   COMMAND   AREAS   SIZE       DUMPED",
        "1     web       12      324 KiB    72.0 KiB",
        "6     web       17      1.36 MiB   108 KiB"
      ])
      const one = yield* memory("--pid", "1")
      expect(one.out).toMatch(/^7f2258008000-7f225800e000 +rw-s +shared +24\.0 KiB +12\.0 KiB +memfd:/m)
      expect(one.out).toMatch(/^00001c202000-00001c20e000 +rw-p +heap /m)
    }))

  it.effect("prints bytes, and says of what is not there why", () =>
    Effect.gen(function* () {
      const { out } = yield* memory("--pid", "1", "--dump", "0x7f2258008000+4128")
      expect(out.split("\n")).toEqual([
        "7f2258008000  74 68 65 20 62 6f 61 72  64 2c 20 70 61 67 65 20  |the board, page |",
        "7f2258008010  30 2c 20 73 74 65 70 20  30 0a 00 00 00 00 00 00  |0, step 0.......|",
        "7f2258008020  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  |................|",
        "*",
        "7f2258009000  (32 B not dumped: never written to)",
        "7f2258009020",
        ""
      ])
    }))

  it.effect("finds a text in every process, and what they share once", () =>
    Effect.gen(function* () {
      const { out } = yield* memory("--search", "the scores, page 2", "--quiet")
      expect(out).toBe("1 0x7f2258010000\n")
      // A System V segment.
      const segment = yield* memory("--search-regex", "the segment, page \\d+", "--context", "0")
      expect(segment.out).toBe("1:0x7f2258006000  rw-s shared  the segment, page 0\n")
      const heaps = yield* memory("--search-regex", "the heap, page 2, step \\d$", "--context", "0")
      expect(heaps.out.match(/rw-p heap {2}the heap, page 2, step 0$/gm)).toHaveLength(6)
      expect((yield* memory("--search", "the heap", "--max", "2", "--quiet")).out.split("\n")).toHaveLength(3)
    }))

  it.effect.each<readonly [ReadonlyArray<string>, string]>([
    [["--search-bytes", "zz"], 'stasis: Cannot search for "zz": it is not hexadecimal digits\n'],
    [["--dump", "heap"], "stasis: say whose memory to dump, with --pid\nhint: see stasis memory --help\n"]
  ])("refuses %j", ([argv, err]) =>
    Effect.gen(function* () {
      expect(yield* memory(...argv)).toMatchObject({ code: 2, out: "", err })
    }))

  it.effect("knows no process that is not there", () =>
    Effect.gen(function* () {
      const { code, err } = yield* memory("--pid", "99")
      expect([code, err]).toEqual([
        1,
        `stasis: Cannot find the memory of process 99 in the images in "${golden}": there are 1, 6, 8, 9, 10, 14\n`
      ])
    }))
})

describe("a file of memory", () => {
  it.scopedLive("is for its owner alone, has holes, and is written over only when told so", () =>
    Effect.gen(function* () {
      const folder = yield* Effect.acquireRelease(
        Effect.sync(() => mkdtempSync(`${tmpdir()}/stasis-`)),
        (path) => Effect.sync(() => rmSync(path, { recursive: true }))
      )
      const path = `${folder}/memory`
      const make = (force: boolean, ends = true) =>
        Effect.scoped(Effect.gen(function* () {
          const file = yield* NewFile.make(path, force)
          yield* file.write(2, Uint8Array.of(1))
          // Until it is whole, and where it never is, what was there stays.
          expect(readFileSync(path, "utf8")).toBe("before")
          if (ends) yield* file.end(5)
        }))
      writeFileSync(path, "before", { mode: 0o644 })
      expect(Exit.isFailure(yield* Effect.exit(make(false)))).toBe(true)
      expect(readFileSync(path, "utf8")).toBe("before")
      yield* make(true, false)
      expect([readdirSync(folder), readFileSync(path, "utf8")]).toEqual([["memory"], "before"])
      yield* make(true)
      expect(readdirSync(folder)).toEqual(["memory"])
      expect(Array.from(readFileSync(path))).toEqual([0, 0, 1, 0, 0])
      expect(statSync(path).mode & 0o777).toBe(0o600)
    }).pipe(Effect.provide(NodeContext.layer)))
})
