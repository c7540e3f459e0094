/** Pages files held against the page maps that name them: how long each has to be. */
import type { CoreEntry } from "../image/message/Core.ts"
import type { Contents } from "./Contents.ts"
import { ofSharedPages } from "./Loss.ts"
import type { Problem } from "./Verification.ts"

/**
 * What is wrong with the lengths of the pages files, of pages of `size` bytes. One that is not there is for the needed images to tell.
 */
export const wrong = (contents: Contents, size: number = pageSize(contents)): ReadonlyArray<Problem> => {
  const { names } = contents
  return [...pagesOf(contents)].flatMap(([file, { pages, shared }]) => {
    const found = names.get(file)
    const expected = pages * size
    return found === undefined || found === expected ? [] : [problem(file, found, expected, shared)]
  })
}

/**
 * The length of a page, in bytes: 4096, but on the processors where it may be another the one that fits most files. Of a dump before
 * the last one, which is memory alone, no image tells the processor.
 */
export const pageSize = (contents: Contents): number => {
  const march = [...contents.cores.values()][0]?.mtype
  if (!mayDiffer.has(march)) return 4096
  const fits = (size: number) =>
    [...pagesOf(contents)].filter(([file, { pages }]) => contents.names.get(file) === pages * size).length
  return [4096, 16384, 65536].reduce((best, size) => fits(size) > fits(best) ? size : best)
}

const mayDiffer: ReadonlySet<CoreEntry["mtype"] | undefined> = new Set([
  undefined,
  "AARCH64",
  "PPC64",
  "MIPS",
  "LOONGARCH64",
  "RISCV64"
])

interface Pages {
  readonly pages: number
  /** Only of shared memory. */
  readonly shared: boolean
}

const pagesOf = ({ pagemaps }: Contents): ReadonlyMap<string, Pages> => {
  const all = new Map<string, Pages>()
  for (const [map, { pagesId, present }] of pagemaps) {
    const file = `pages-${pagesId}.img`
    const shared = map.startsWith("pagemap-shmem-")
    const before = all.get(file) ?? { pages: 0, shared: true }
    all.set(file, { pages: before.pages + present, shared: before.shared && shared })
  }
  return all
}

const problem = (file: string, found: number, expected: number, shared: boolean): Problem => ({
  file,
  detail: `it has ${found} bytes, and the page maps say ${expected}`,
  ...(found > expected
    ? { fault: "too long", restore: "possible", consequence: "CRIU does not read beyond what it needs" }
    : shared
    ? { fault: "truncated", ...ofSharedPages }
    : { fault: "truncated", restore: "impossible", consequence: "CRIU would try to read what is not there for ever" })
})
