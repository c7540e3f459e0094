// A chain of dumps is whole with its parents, and damaged where one of them lacks what is built on.
import * as NodeFs from "node:fs"
import * as NodePath from "node:path"
import process from "node:process"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as ImageFile from "../../src/domain/image/ImageFile.ts"
import { kinds } from "../../src/domain/image/kinds.ts"
import type { PagemapEntry } from "../../src/domain/image/message/Pagemap.ts"
import { verifyFolder } from "../images/verifyFolder.ts"

const links = ["chain-1", "chain-2", "chain-3"]

const copied = Effect.acquireRelease(
  Effect.sync(() => {
    const directory = NodeFs.mkdtempSync("/tmp/stasis-chain-")
    for (const name of links) {
      const from = new URL(`../golden/${name}`, import.meta.url).pathname
      NodeFs.cpSync(from, `${directory}/${name}`, { recursive: true, verbatimSymlinks: true })
    }
    return directory
  }),
  (directory) => Effect.sync(() => NodeFs.rmSync(directory, { recursive: true }))
)

const map = "pagemap-187.img"

/** The entries of a page map, and the file in which those of them lie that are present. */
const read = (folder: string) => {
  const { entries, head } = Either.getOrThrow(ImageFile.read(kinds.pagemap, NodeFs.readFileSync(`${folder}/${map}`)))
  const count = ({ compat_nr_pages, nr_pages }: PagemapEntry) => Number(nr_pages ?? compat_nr_pages)
  return {
    entries: entries.map(({ value }) => value),
    head,
    pages: `${folder}/pages-${head?.value.pages_id}.img`,
    count
  }
}

/** Makes a folder one of a machine with pages of 64 KiB: no image of a dump before the last one tells which it is. */
const enlarge = (folder: string) => {
  for (const name of NodeFs.readdirSync(folder)) {
    const path = `${folder}/${name}`
    if (/^pages-/.test(name)) NodeFs.truncateSync(path, NodeFs.statSync(path).size * 16)
    if (/^pagemap-/.test(name)) {
      const { entries, head } = Either.getOrThrow(ImageFile.read(kinds.pagemap, NodeFs.readFileSync(path)))
      const larger = entries.map(({ value }) => ({ value: { ...value, vaddr: value.vaddr * 16n } }))
      NodeFs.writeFileSync(path, ImageFile.write(kinds.pagemap, larger, head))
    }
    if (/^core-/.test(name)) {
      const [core] = Either.getOrThrow(ImageFile.values(kinds.core, NodeFs.readFileSync(path)))
      if (core !== undefined) {
        NodeFs.writeFileSync(path, ImageFile.write(kinds.core, [{ value: { ...core, mtype: "AARCH64" } }]))
      }
    }
  }
}

/** Takes the pages out of a parent that a child has from it, of the first such run; gives its address. */
const forget = (parent: string, child: string): string => {
  const wanted = read(child).entries.find(({ flags = 0 }) => (flags & 1) !== 0)?.vaddr ?? 0n
  const { count, entries, head, pages } = read(parent)
  const end = (entry: PagemapEntry) => entry.vaddr + BigInt(count(entry) * 4096)
  const lost = entries.find((entry) => entry.vaddr <= wanted && wanted < end(entry))
  const kept = entries.filter((entry) => entry !== lost)
  const present = kept.reduce((sum, entry) => sum + ((entry.flags ?? 0) & 4 ? count(entry) : 0), 0)
  NodeFs.writeFileSync(`${parent}/${map}`, ImageFile.write(kinds.pagemap, kept.map((value) => ({ value })), head))
  // Of the map and the file, nothing else than the gap is wrong.
  NodeFs.truncateSync(pages, present * 4096)
  return wanted.toString(16)
}

/** What is wrong with the last of a chain, after something was done to it. */
const foundAfter = (damage: (chain: string) => void) =>
  Effect.gen(function* () {
    const chain = yield* copied
    damage(chain)
    const { problems, restore } = yield* verifyFolder(`${chain}/chain-3`)
    return { restore, files: problems.map(({ detail, fault, file }) => [file, fault, detail] as const) }
  })

describe("a chain of dumps", () => {
  it.scopedLive("is whole, each link of it", () =>
    Effect.gen(function* () {
      const chain = yield* copied
      for (const name of links) {
        expect(yield* verifyFolder(`${chain}/${name}`)).toMatchObject({ verdict: "whole", problems: [] })
      }
    }))

  it.scopedLive("is whole by a path from where one stands", () =>
    Effect.gen(function* () {
      const chain = yield* copied
      const path = NodePath.relative(process.cwd(), `${chain}/chain-3`)
      expect(path).toMatch(/^\.\./)
      expect(yield* verifyFolder(path)).toMatchObject({ path: `${chain}/chain-3`, problems: [] })
    }))

  it.scopedLive("is whole with larger pages as well, of which those before the last dump do not tell", () =>
    Effect.gen(function* () {
      const chain = yield* copied
      for (const link of links) enlarge(`${chain}/${link}`)
      for (const before of ["chain-1", "chain-2"]) NodeFs.rmSync(`${chain}/${before}/core-187.img`)
      const { problems } = yield* verifyFolder(`${chain}/chain-3`)
      expect(problems.map(({ detail, file }) => [file, detail])).toEqual([])
    }))

  it.scopedLive("has pages as large as those of the last dump", () =>
    Effect.gen(function* () {
      const chain = yield* copied
      for (const link of links) enlarge(`${chain}/${link}`)
      // As long as it would be with small pages.
      const { pages } = read(`${chain}/chain-1`)
      const bytes = NodeFs.statSync(pages).size / 16
      NodeFs.truncateSync(pages, bytes)
      expect((yield* verifyFolder(`${chain}/chain-3`)).problems).toMatchObject([
        { file: "parent/parent/pages-2.img", fault: "truncated" }
      ])
    }))

  it.scopedLive("is followed as CRIU follows it, through links to links", () =>
    Effect.gen(function* () {
      const chain = yield* copied
      // From the folder that is linked to, a step up is not the folder of the link.
      NodeFs.mkdirSync(`${chain}/else/where`, { recursive: true })
      NodeFs.renameSync(`${chain}/chain-3`, `${chain}/else/where/chain-3`)
      NodeFs.symlinkSync("else/where", `${chain}/linked`)
      NodeFs.rmSync(`${chain}/else/where/chain-3/parent`)
      NodeFs.symlinkSync("../../second", `${chain}/else/where/chain-3/parent`)
      NodeFs.symlinkSync("../chain-2", `${chain}/else/second`)
      expect((yield* verifyFolder(`${chain}/linked/chain-3`)).problems).toEqual([])
    }))

  it.scopedLive("of which a parent cannot be looked into is not said to lack it", () =>
    Effect.gen(function* () {
      const chain = yield* copied
      // A name that is too long: that nothing is there is not what the disk says.
      NodeFs.rmSync(`${chain}/chain-3/parent`)
      NodeFs.symlinkSync(`../${"x".repeat(300)}`, `${chain}/chain-3/parent`)
      const found = yield* Effect.either(verifyFolder(`${chain}/chain-3`))
      expect(Either.isLeft(found) && found.left._tag).toBe("StorageFailed")
    }))

  it.scopedLive.each<
    readonly [what: string, damage: (chain: string) => void, file: string, fault: string, detail: RegExp]
  >([
    [
      "the link",
      (chain) => NodeFs.rmSync(`${chain}/chain-3/parent`),
      "parent",
      "missing",
      /^memory of .* is in a parent/
    ],
    [
      "the parent",
      (chain) => NodeFs.rmSync(`${chain}/chain-2`, { recursive: true }),
      "parent",
      "missing",
      /^it leads to ".*chain-2", where nothing is$/
    ],
    [
      "the parent's parent",
      (chain) => NodeFs.rmSync(`${chain}/chain-1`, { recursive: true }),
      "parent/parent",
      "missing",
      /^it leads to ".*chain-1", where nothing is$/
    ],
    [
      "its page map",
      (chain) => NodeFs.rmSync(`${chain}/chain-2/${map}`),
      `parent/${map}`,
      "missing",
      /^pagemap-187\.img builds on it, and it is not there$/
    ],
    [
      "a pages file of its parent",
      (chain) => NodeFs.rmSync(read(`${chain}/chain-1`).pages),
      "parent/parent/pages-2.img",
      "missing",
      /^it is called for by pagemap-187\.img/
    ],
    [
      "the end of a pages file of its parent",
      (chain) => NodeFs.truncateSync(read(`${chain}/chain-1`).pages, 4096),
      "parent/parent/pages-2.img",
      "truncated",
      /^it has 4096 bytes, and the page maps say \d+$/
    ]
  ])("shows that %s is gone", ([, damage, file, fault, detail]) =>
    Effect.gen(function* () {
      const { files, restore } = yield* foundAfter(damage)
      expect([restore, files]).toEqual(["impossible", [[file, fault, expect.stringMatching(detail)]]])
    }))

  it.scopedLive.each([
    ["chain-2", "chain-3", `parent/${map}`],
    ["chain-1", "chain-2", `parent/parent/${map}`]
  ])("shows that %s lacks a page that %s has from it", ([parent, child, file]) =>
    Effect.gen(function* () {
      let address = ""
      const { files, restore } = yield* foundAfter((chain) => {
        address = forget(`${chain}/${parent}`, `${chain}/${child}`)
      })
      expect(restore).toBe("impossible")
      expect(files).toEqual([
        [file, "incomplete", expect.stringMatching(new RegExp(`^it lacks the page at 0x${address}, which `))]
      ])
    }))

  it.scopedLive("that leads in a circle comes to an end", () =>
    Effect.gen(function* () {
      const { files } = yield* foundAfter((chain) => {
        NodeFs.rmSync(`${chain}/chain-2/parent`)
        NodeFs.symlinkSync("../chain-3", `${chain}/chain-2/parent`)
      })
      expect(files).toContainEqual(["parent/parent", "missing", "the links lead in a circle"])
    }))
})
