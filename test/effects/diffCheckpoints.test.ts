import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import * as PageCount from "../../src/domain/difference/PageCount.ts"
import { diffImages, type DiffOptions } from "../../src/effects/diffCheckpoints.ts"
import { Images } from "../../src/effects/Images.ts"
import { area, type BuiltFolder, type BuiltMemory, type BuiltPages, imagesOf, sharedArea } from "./builtImages.ts"

const size = 4096
const base = 0x7f0000000000n

const diff = (
  folders: ReadonlyArray<BuiltFolder>,
  [before, after]: readonly [string, string],
  options: DiffOptions = {},
  reads?: (file: string, bytes: number) => void
) =>
  Effect.gen(function* () {
    const images = yield* Images
    const found = (path: string) => Effect.map(images.open(path), (folder) => ({ folder, checkpoint: undefined }))
    return yield* diffImages(yield* found(before), yield* found(after), options)
  }).pipe(Effect.provide(imagesOf(folders, reads)))

/** What one page of a side is: the letter of its content, in these images or in their parent; `?` is left to be fetched. */
type Page = { readonly is: BuiltPages["is"]; readonly letter: string } | undefined

/** The pagemap and the pages file of pages, the first of which has this address. */
const memoryOf = (pages: ReadonlyArray<Page>, start: bigint): BuiltMemory => ({
  pages: pages.flatMap((page, index) =>
    page === undefined ? [] : [{ address: start + BigInt(index * size), count: 1, is: page.is }]
  ),
  contents: contentsOf(pages.flatMap((page) => page?.is === "present" ? [page.letter] : []))
})

/** The letter decides the last byte of the page. */
const contentsOf = (letters: ReadonlyArray<string>): Uint8Array => {
  const bytes = new Uint8Array(letters.length * size)
  letters.forEach((letter, index) => bytes[index * size + size - 1] = letter.charCodeAt(0))
  return bytes
}

const own = (text: string): ReadonlyArray<Page> =>
  Array.from(text, (letter): Page => letter === "." ? undefined : { is: letter === "?" ? "lazy" : "present", letter })

const folder = (path: string, text: string, start = base): BuiltFolder => ({
  path,
  processes: [{ pid: 1, areas: [area(start, start + BigInt(text.length * size))], ...memoryOf(own(text), start) }]
})

describe("the pages of two checkpoints", () => {
  it.effect("are equal, different, on one side, or unknown; on neither side they are not counted", () =>
    Effect.gen(function* () {
      const found = yield* diff([folder("/a", "aab.c..?"), folder("/b", "aax.cd.a")], ["/a", "/b"], { pages: true })
      const counts = { equal: 3, different: 1, onlyBefore: 0, onlyAfter: 1, unknown: 1 }
      expect(found.memory).toMatchObject({
        pageSize: size,
        pages: counts,
        kinds: [{ kind: "anonymous", pages: counts }]
      })
      expect(found.processes[0]?.areas[0]?.ranges).toEqual([
        { start: "0x7f0000002000", pages: 1, is: "different" },
        { start: "0x7f0000005000", pages: 1, is: "onlyAfter" },
        { start: "0x7f0000007000", pages: 1, is: "unknown" }
      ])
      expect(found.isEqual).toBe(false)
      expect(found.problems.filter(({ file }) => /^(mm|page|inventory|pstree)/.test(file))).toEqual([])
    }))

  it.effect("of an area that grew at either end are compared by their addresses", () =>
    Effect.gen(function* () {
      const lower = folder("/b", "nabn", base - BigInt(size))
      const found = yield* diff([folder("/a", "ab"), lower], ["/a", "/b"])
      expect(found.processes).toMatchObject([{
        fate: "changed",
        areas: [{
          fate: "changed",
          before: { start: "0x7f0000000000", bytes: 2 * size },
          after: { start: "0x7efffffff000", bytes: 4 * size },
          pages: { equal: 2, different: 0, onlyBefore: 0, onlyAfter: 2, unknown: 0 }
        }]
      }])
    }))

  it.effect("are not read where both have them from the same place of a parent", () =>
    Effect.gen(function* () {
      const child = (path: string, last: string): BuiltFolder => ({
        path,
        parent: "/parent",
        processes: [{
          pid: 1,
          areas: [area(base, base + BigInt(3 * size))],
          pages: [
            { address: base, count: 2, is: "inParent" },
            { address: base + BigInt(2 * size), count: 1, is: "present" }
          ],
          contents: contentsOf([last])
        }]
      })
      const read: Array<string> = []
      const folders = [folder("/parent", "abz"), child("/a", "c"), child("/b", "d")]
      const found = yield* diff(folders, ["/a", "/b"], {}, (file) => read.push(file))
      expect(found.memory.pages).toEqual({ equal: 2, different: 1, onlyBefore: 0, onlyAfter: 0, unknown: 0 })
      expect(read.sort()).toEqual(["/a/pages-1.img", "/b/pages-1.img"])
      // The parent itself has other contents in one of them.
      const older = yield* diff(folders, ["/parent", "/b"])
      expect(older.memory.pages).toEqual({ equal: 2, different: 1, onlyBefore: 0, onlyAfter: 0, unknown: 0 })
    }))

  it.effect("of memory that processes share count for each of them, and once in all", () =>
    Effect.gen(function* () {
      const shared = (path: string, id: bigint, text: string): BuiltFolder => {
        const process = (pid: number, start: bigint, offset: number, pages: number) => ({
          pid,
          areas: [sharedArea(start, start + BigInt(pages * size), id, BigInt(offset * size))],
          pages: [],
          contents: new Uint8Array()
        })
        return {
          path,
          processes: [process(1, base, 0, 4), process(2, base + 0x100000n, 2, 2)],
          shared: new Map([[id, memoryOf(own(text), 0n)]])
        }
      }
      const read: Array<number> = []
      // Its id is another one after a restore.
      const folders = [shared("/a", 7n, "ab.d"), shared("/b", 9n, "abcx")]
      const found = yield* diff(folders, ["/a", "/b"], { pages: true }, (_, bytes) => read.push(bytes))
      expect(found.memory.pages).toEqual({ equal: 2, different: 1, onlyBefore: 0, onlyAfter: 1, unknown: 0 })
      expect(found.processes.map(({ areas, pages, pid }) => [pid, pages, areas[0]?.ranges])).toEqual([
        [1, { equal: 2, different: 1, onlyBefore: 0, onlyAfter: 1, unknown: 0 }, [
          { start: "0x7f0000002000", pages: 1, is: "onlyAfter" },
          { start: "0x7f0000003000", pages: 1, is: "different" }
        ]],
        [2, { equal: 0, different: 1, onlyBefore: 0, onlyAfter: 1, unknown: 0 }, [
          { start: "0x7f0000100000", pages: 1, is: "onlyAfter" },
          { start: "0x7f0000101000", pages: 1, is: "different" }
        ]]
      ])
      expect(read.reduce((sum, bytes) => sum + bytes, 0)).toBeLessThanOrEqual((3 + 4) * size)
    }))

  it.effect("of two sizes are not compared, and that is said", () =>
    Effect.gen(function* () {
      const large: BuiltFolder = {
        path: "/b",
        processes: [{
          pid: 1,
          areas: [area(base, base + 0x20000n)],
          pages: [{ address: base, count: 1, is: "present" }],
          contents: new Uint8Array(65_536)
        }]
      }
      const found = yield* diff([folder("/a", "ab"), large], ["/a", "/b"])
      expect(found.memory).toEqual({ pages: PageCount.none, kinds: [], readBytes: 0 })
      expect(found.problems).toContainEqual({
        side: "after",
        file: "pagemap",
        reason: "its pages are of 65536 bytes, and those before of 4096: they are not compared"
      })
    }))
})

describe("the processes of two checkpoints", () => {
  it.effect("are told apart where a pid was reused", () =>
    Effect.gen(function* () {
      const other = folder("/b", "ab")
      const reused = { ...other, processes: other.processes.map((process) => ({ ...process, stack: 2n })) }
      const found = yield* diff([folder("/a", "abc"), reused], ["/a", "/b"])
      expect(found.processes.map(({ fate, pages, pid }) => [pid, fate, pages.onlyBefore, pages.onlyAfter])).toEqual([
        [1, "went", 3, 0],
        [1, "appeared", 0, 2]
      ])
    }))

  it.effect("of one checkpoint are equal to themselves", () =>
    Effect.gen(function* () {
      const found = yield* diff([folder("/a", "ab?")], ["/a", "/a"])
      expect(found).toMatchObject({ isEqual: true, processes: [], memory: { readBytes: 0 } })
      expect(found.memory.pages).toEqual({ equal: 2, different: 0, onlyBefore: 0, onlyAfter: 0, unknown: 1 })
    }))
})

/** Each page of a chain of folders: what each folder says of it, the eldest first. */
const chains = FastCheck.integer({ min: 1, max: 3 }).chain((depth) =>
  FastCheck.array(
    FastCheck.array(FastCheck.constantFrom(".", ".", "^", "?", "a", "b"), { minLength: depth, maxLength: depth }),
    { minLength: 1, maxLength: 40 }
  ).map((columns) => ({ depth, columns }))
)

interface Chain {
  readonly depth: number
  readonly columns: ReadonlyArray<ReadonlyArray<string>>
}

const foldersOf = (name: string, { columns, depth }: Chain): ReadonlyArray<BuiltFolder> =>
  Array.from({ length: depth }, (_, level): BuiltFolder => ({
    path: `/${name}${level}`,
    ...(level === 0 ? {} : { parent: `/${name}${level - 1}` }),
    processes: [{
      pid: 1,
      areas: [area(base, base + BigInt(columns.length * size))],
      ...memoryOf(
        columns.map((column): Page => {
          const letter = column[level] ?? "."
          return letter === "."
            ? undefined
            : { is: letter === "^" ? "inParent" : letter === "?" ? "lazy" : "present", letter }
        }),
        base
      )
    }]
  }))

/** What a page comes to: its letter, `?` where nobody has it, or nothing. */
const contentOf = (column: ReadonlyArray<string>): string => {
  const letter = column.at(-1) ?? "?"
  if (letter !== "^") return letter
  const below = contentOf(column.slice(0, -1))
  return column.length === 1 || below === "." ? "?" : below
}

const naive = (before: Chain, after: Chain): PageCount.PageCount => {
  const counts = { ...PageCount.none }
  for (let page = 0; page < Math.max(before.columns.length, after.columns.length); page++) {
    const [one, other] = [before, after].map(({ columns }) => contentOf(columns[page] ?? ["."]))
    if (one === "." && other === ".") continue
    const fate = one === "."
      ? "onlyAfter"
      : other === "."
      ? "onlyBefore"
      : one === "?" || other === "?"
      ? "unknown"
      : one === other
      ? "equal"
      : "different"
    counts[fate]++
  }
  return counts
}

describe("the pages of two chains", () => {
  it.effect.prop(
    "are counted as a comparison page by page counts them",
    [chains, chains],
    ([before, after]) =>
      Effect.gen(function* () {
        const folders = [...foldersOf("a", before), ...foldersOf("b", after)]
        const found = yield* diff(folders, [`/a${before.depth - 1}`, `/b${after.depth - 1}`])
        expect(found.memory.pages).toEqual(naive(before, after))
      }),
    // It takes seconds, and more where the machine is busy.
    { fastCheck: { numRuns: 200 }, timeout: 60_000 }
  )
})
