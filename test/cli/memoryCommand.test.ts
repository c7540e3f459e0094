// `stasis memory CONTAINER CHECKPOINT` on the memory layer, whose process has its state in its heap.
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Encoding from "effect/Encoding"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { MemoryHit } from "../../src/domain/memory/MemoryHit.ts"
import { MemoryReport } from "../../src/domain/memory/MemoryReport.ts"
import * as Processes from "../../src/effects/Processes.ts"
import * as Memory from "../../src/layers/memory/Memory.ts"
import { stasis } from "./CommandLine.ts"

/** A container that was checkpointed when it had counted to 41. */
const checkpointed = Effect.gen(function* () {
  const world = yield* Memory.make({ containers: [{ id: "counter" }] })
  const layer = Layer.merge(Memory.layerOf(world), Processes.unsupported("memory"))
  yield* world.control.advance("counter", 41)
  expect((yield* stasis(["create", "counter", "first"], layer)).code).toBe(0)
  return (...argv: ReadonlyArray<string>) => stasis(["memory", "counter", "first", ...argv], layer)
})

const linesOf = (text: string) => text.split("\n").slice(0, -1)
const hex = (text: string) => Either.getOrThrow(Encoding.decodeHex(text))

describe("stasis memory of a checkpoint", () => {
  it.effect("shows its processes, and the map of one", () =>
    Effect.gen(function* () {
      const memory = yield* checkpointed
      const all = yield* memory()
      expect([all.code, all.err]).toEqual([0, ""])
      expect(linesOf(all.out).map((line) => line.split(/ {2,}/))).toEqual([
        ["PID", "COMMAND", "AREAS", "SIZE", "DUMPED"],
        ["1", "counter", "3", "12.0 KiB", "8.00 KiB"]
      ])
      expect((yield* memory("--quiet")).out).toBe("1\n")
      expect(linesOf((yield* memory("--pid", "1")).out).map((line) => line.split(/ {2,}/))).toEqual([
        ["ADDRESSES", "MAY", "KIND", "SIZE", "DUMPED", "NAME"],
        ["000000400000-000000401000", "r-xp", "file", "4.00 KiB", "0 B", "/bin/counter"],
        ["000001000000-000001001000", "rw-p", "heap", "4.00 KiB", "4.00 KiB"],
        ["7fffffffe000-7ffffffff000", "rw-p", "stack", "4.00 KiB", "4.00 KiB"],
        ["total of process 1", "12.0 KiB", "8.00 KiB"]
      ])
    }))

  it.effect("prints the bytes of its heap", () =>
    Effect.gen(function* () {
      const memory = yield* checkpointed
      const lines = linesOf((yield* memory("--pid", "1", "--dump", "heap")).out)
      expect(lines[0]).toBe('000001000000  7b 22 69 64 22 3a 22 63  6f 75 6e 74 65 72 22 2c  |{"id":"counter",|')
      expect(lines.slice(-2)).toEqual(["*", "000001001000"])
      const [part, ...others] = linesOf((yield* memory("--pid", "1", "--dump", "heap", "--format", "json")).out)
      const { bytes, start } = Schema.decodeSync(Part)(part ?? "")
      expect([others, start, bytes.length]).toEqual([[], "0x1000000", 4096])
      expect(new TextDecoder().decode(bytes)).toMatch(/^\{"id":"counter",.*"count":41,.*\}\0+$/)
    }))

  it.effect("finds a text wherever it is, or as many as are asked for", () =>
    Effect.gen(function* () {
      const memory = yield* checkpointed
      const found = linesOf((yield* memory("--search", "counter", "--quiet")).out)
      expect(found).toEqual(["1 0x1000007", "1 0x7fffffffefce", "1 0x7fffffffefe9"])
      expect(linesOf((yield* memory("--search", "counter", "--quiet", "--max", "2")).out)).toEqual(found.slice(0, 2))
      expect((yield* memory("--search-bytes", "636f756e746572", "--quiet")).out).toBe(`${found.join("\n")}\n`)
      expect((yield* memory("--search-regex", '"count":\\d+', "--context", "1")).out).toBe(
        '1:0x1000032  rw-p heap  ,"count":41,\n'
      )
      expect(yield* memory("--search", "nowhere")).toMatchObject({ code: 0, out: "", err: "" })
    }))

  it.effect("gives JSON that its schemas read", () =>
    Effect.gen(function* () {
      const memory = yield* checkpointed
      const report = yield* Schema.decode(Schema.parseJson(MemoryReport))((yield* memory("--format", "json")).out)
      expect(report.processes.map(({ areas, pid }) => [pid, areas.map(({ kind, start }) => [kind, start])])).toEqual([
        [1, [["file", "0x400000"], ["heap", "0x1000000"], ["stack", "0x7fffffffe000"]]]
      ])
      const lines = linesOf((yield* memory("--search", "counter", "--context", "2", "--format", "json")).out)
      const hits = yield* Effect.forEach(lines, (line) => Schema.decode(Schema.parseJson(MemoryHit))(line))
      expect(hits.map(({ area, match, pid }) => [pid, area?.kind, new TextDecoder().decode(match)])).toEqual([
        [1, "heap", "counter"],
        [1, "stack", "counter"],
        [1, "stack", "counter"]
      ])
      expect([hits[0]?.before, hits[0]?.after]).toEqual([hex("3a22"), hex("222c")])
    }))

  // The clock has to go: whether an expression takes for ever is measured.
  it.live.each<readonly [ReadonlyArray<string>, number, string]>([
    [["--pid", "99"], 1, "Cannot find the memory of process 99 in the images in "],
    [["--search-regex", "("], 2, 'Cannot search for "(": Unterminated group'],
    [["--search-regex", "(c+)+d"], 2, 'Cannot search for "(c+)+d": it tries too many ways'],
    [["--search-bytes", "zz"], 2, 'Cannot search for "zz": it is not hexadecimal digits'],
    [["--search", ""], 2, 'Cannot search for "": it is empty'],
    [["--search", "a", "--search-regex", "a"], 2, "search for one thing"],
    [["--max", "1"], 2, "--context and --max are for a search"],
    [["--dump", "heap"], 2, "say whose memory to dump, with --pid"],
    [["--pid", "1", "--dump", "nowhere"], 2, 'cannot dump "nowhere": ']
  ])("refuses %j with %i", ([argv, code, message]) =>
    Effect.gen(function* () {
      const memory = yield* checkpointed
      const ran = yield* memory(...argv)
      expect(ran).toMatchObject({ code, out: "" })
      expect(ran.err.startsWith(`stasis: ${message}`)).toBe(true)
    }))
})

const Part = Schema.parseJson(Schema.Struct({ start: Schema.String, bytes: Schema.Uint8ArrayFromHex }))
