// The memory of a chain of dumps, of whose pages test/golden/README.md says where each lies.
import { cpSync, mkdtempSync, rmSync, symlinkSync } from "node:fs"
import { tmpdir } from "node:os"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import { describe, expect, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import * as PageMap from "../../src/domain/memory/PageMap.ts"
import { Images } from "../../src/effects/Images.ts"
import { openMemory, type ProcessMemory } from "../../src/effects/processMemory.ts"
import { readRange } from "../../src/effects/readMemory.ts"
import { searchMemory } from "../../src/effects/searchMemory.ts"
import * as ImageFolders from "../../src/layers/shared/ImageFolders.ts"
import * as NodeDisk from "../../src/layers/shared/NodeDisk.ts"

const images = Layer.provide(ImageFolders.layer, Layer.merge(NodeFileSystem.layer, NodeDisk.layer))
const golden = (name: string) => new URL(`../golden/${name}`, import.meta.url).pathname
const open = (path: string) => Effect.flatMap(Images, (port) => port.open(path))

const pid = 187
const pageSize = 4096
const ledger = 0x7f851715e000n
const board = 0x7f851715a000n
const addressOf = (page: number, start = ledger) => start + BigInt(page * pageSize)

/** What pages from an address on hold: the first line of each, or why it is not there. */
const pagesAt = (memory: ProcessMemory, start: bigint, count: number) =>
  Effect.map(
    Stream.runCollect(readRange(memory, { start, end: start + BigInt(count * pageSize) })),
    (parts) => {
      const pages = new Map<number, string>()
      for (const part of parts) {
        const end = part._tag === "Known" ? part.start + BigInt(part.bytes.length) : part.end
        for (let at = part.start; at < end; at += BigInt(pageSize)) {
          const line = part._tag === "Known"
            ? String.fromCharCode(...part.bytes.subarray(Number(at - part.start)).subarray(0, 64)).replace(/\n.*/s, "")
            : part.why
          pages.set(Number(at - start) / pageSize, line)
        }
      }
      return pages
    }
  )

/** Of each step that wrote pages of the ledger and is last for them, which ones at the last dump. */
const written: ReadonlyArray<ReadonlyArray<number>> = [[0, 1, 3, 4, 5, 6, 7, 30], [40, 51], [2, 52]]

const found = (path: string, text: string) => {
  const problems: Array<string> = []
  let unknown = 0
  return Effect.gen(function* () {
    const hits = searchMemory(yield* open(path), { text }, {
      chunk: 8192,
      onProblem: (problem) => Effect.sync(() => void problems.push(problem._tag)),
      onEnd: (end) =>
        Effect.sync(() => {
          unknown = end.unknown
        })
    })
    const addresses = Chunk.toReadonlyArray(yield* Stream.runCollect(hits)).map(({ address }) => BigInt(address))
    return { addresses, problems, unknown }
  })
}

describe("a chain of dumps", () => {
  it.scopedLive("has every page as it was at the last dump, wherever it lies", () =>
    Effect.gen(function* () {
      const memory = yield* openMemory(yield* open(golden("chain-3")), pid)
      expect(memory.problems).toEqual([])
      const pages = yield* pagesAt(memory, ledger, 64)
      expect(pages.size).toBe(64)
      const steps = new Map(written.flatMap((of, step) => of.map((page) => [page, step] as const)))
      for (const [page, line] of pages) {
        const step = steps.get(page)
        const absent = page === 8 || page === 9 ? "nothing is mapped there" : "never written to"
        expect([page, line]).toEqual([page, step === undefined ? absent : `the ledger, page ${page}, step ${step}`])
        const place = PageMap.at(memory.pages, addressOf(page))?.place
        // The last dump is the first of the chain.
        expect([page, place?._tag === "Dumped" ? place.depth : undefined]).toEqual([
          page,
          step === undefined ? undefined : 2 - step
        ])
      }
      expect([...(yield* pagesAt(memory, board, 4)).values()]).toEqual([
        "the board, page 0, step 0",
        "the board, page 1, step 1",
        "the board, page 2, step 2",
        "never written to"
      ])
    }).pipe(Effect.provide(images)))

  it.effect("is as it was at each dump before", () =>
    Effect.scoped(Effect.gen(function* () {
      const two: Array<string | undefined> = []
      for (const name of ["chain-1", "chain-2", "chain-3"]) {
        const pages = yield* pagesAt(yield* openMemory(yield* open(golden(name)), pid), ledger, 64)
        two.push(pages.get(2), pages.get(8), pages.get(20))
      }
      const line = (page: number, step: number) => `the ledger, page ${page}, step ${step}`
      expect(two).toEqual([
        ...[line(2, 0), line(8, 0), line(20, 0)],
        ...[line(2, 1), line(8, 0), "never written to"],
        ...[line(2, 2), "nothing is mapped there", "never written to"]
      ])
    })).pipe(Effect.provide(images)))

  it.effect("is searched with what lies in a parent, and without what is no longer there", () =>
    Effect.gen(function* () {
      const all = yield* found(golden("chain-3"), "the ledger, page ")
      expect(all).toEqual({
        addresses: written.flat().sort((a, b) => a - b).map((page) => addressOf(page)),
        problems: [],
        unknown: 0
      })
      expect((yield* found(golden("chain-3"), "the ledger, page 20")).addresses).toEqual([])
      expect((yield* found(golden("chain-1"), "the ledger, page 20")).addresses).toEqual([addressOf(20)])
      // Its bytes lie in two folders, one behind the other in memory.
      const across = `\0the ledger, page 2, step 2`
      expect((yield* found(golden("chain-3"), across)).addresses).toEqual([addressOf(2) - 1n])
    }).pipe(Effect.provide(images)))
})

describe("a chain that is broken", () => {
  const makeFolder = Effect.acquireRelease(
    Effect.sync(() => mkdtempSync(`${tmpdir()}/stasis-`)),
    (path) => Effect.sync(() => rmSync(path, { recursive: true }))
  )

  /** Copies dumps, and has them build on what is given. */
  const copied = (path: string, parents: Readonly<Record<string, string>>) =>
    Effect.sync(() => {
      for (const [name, parent] of Object.entries(parents)) {
        cpSync(golden(name), `${path}/${name}`, { recursive: true })
        rmSync(`${path}/${name}/parent`, { force: true })
        symlinkSync(`../${parent}`, `${path}/${name}/parent`)
      }
    })

  it.scopedLive("by a parent that is gone still has its own pages", () =>
    Effect.gen(function* () {
      const path = yield* makeFolder
      yield* copied(path, { "chain-3": "chain-2" })
      const memory = yield* openMemory(yield* open(`${path}/chain-3`), pid)
      expect(memory.problems.map(({ _tag, path: where }) => [_tag, where])).toEqual([
        ["ImagesNotFound", `${path}/chain-2`]
      ])
      const pages = yield* pagesAt(memory, ledger, 64)
      expect([0, 2, 20, 40, 52].map((page) => pages.get(page))).toEqual([
        "its parent is not there",
        "the ledger, page 2, step 2",
        "never written to",
        "its parent is not there",
        "the ledger, page 52, step 2"
      ])
      const { addresses, problems, unknown } = yield* found(`${path}/chain-3`, "the ledger, page ")
      expect([addresses, problems]).toEqual([[addressOf(2), addressOf(52)], ["ImagesNotFound"]])
      expect(unknown).toBeGreaterThanOrEqual(10 * pageSize)
    }).pipe(Effect.provide(images)))

  it.scopedLive("by a loop still has the pages that it leads to", () =>
    Effect.gen(function* () {
      const path = yield* makeFolder
      yield* copied(path, { "chain-3": "chain-2", "chain-2": "chain-3" })
      const memory = yield* openMemory(yield* open(`${path}/chain-3`), pid)
      expect(memory.problems.map((problem) => [problem._tag, problem.path, "file" in problem ? problem.file : ""]))
        .toEqual([["ImageUnreadable", `${path}/chain-2`, "parent"]])
      const pages = yield* pagesAt(memory, ledger, 64)
      expect([0, 2, 40, 51].map((page) => pages.get(page))).toEqual([
        "its parent is not there",
        "the ledger, page 2, step 2",
        "the ledger, page 40, step 1",
        "the ledger, page 51, step 1"
      ])
      const { addresses, problems } = yield* found(`${path}/chain-3`, "the ledger, page ")
      expect([addresses, problems]).toEqual([[2, 40, 51, 52].map((page) => addressOf(page)), ["ImageUnreadable"]])
    }).pipe(Effect.provide(images)))
})
