/**
 * The page map that images come to (`criu/include/pagemap.h`, `criu/pagemap.c`): those of one folder, and those of the folders that
 * they build on.
 *
 * A pagemap tells which pages there are, in the order of their addresses; only those that are present have their bytes in the pages
 * file, one behind the other.
 */
import * as Either from "effect/Either"
import type { PagemapEntry } from "../image/message/Pagemap.ts"
import * as PageMap from "./PageMap.ts"

/** A pagemap of one folder, and the pages file that it means. */
export interface DumpedPages {
  readonly entries: ReadonlyArray<PagemapEntry>
  /** The pages file. */
  readonly file: string
  /** Its length; absent where it is not there. */
  readonly bytes: number | undefined
}

/** The size of a page of a machine that nothing tells of, in bytes. */
export const commonPageSize = 4096

/**
 * How large a page is, in bytes, from the length of a pages file and how many pages it has; `undefined` where these do not tell it,
 * as of a file that is cut off.
 */
export const pageSizeOf = ({ bytes, entries }: DumpedPages): number | undefined => {
  const pages = entries.reduce((sum, entry) => sum + (isPresent(entry) ? countOf(entry) : 0n), 0n)
  return bytes === undefined || pages === 0n
    ? undefined
    : pageSizes.find((size) => pages * BigInt(size) === BigInt(bytes))
}

/**
 * How large a page is, in bytes, as the kernel told a program at its start: kinds and values in turn, of which `AT_PAGESZ` is one
 * (getauxval(3)).
 */
export const toldPageSize = (auxiliary: ReadonlyArray<bigint>): number | undefined => {
  const at = auxiliary.findIndex((kind, index) => index % 2 === 0 && kind === 6n)
  return at < 0 ? undefined : pageSizes.find((size) => BigInt(size) === auxiliary[at + 1])
}

/**
 * The page map of a folder.
 *
 * @param depth the place of the folder in the chain
 * @param parent what the folders that it builds on have, or why that is not known
 * @returns the reason where the pagemap cannot be right: it is out of order, or goes beyond all memory
 */
export const pageMapOf = (
  { bytes, entries, file }: DumpedPages,
  pageSize: number,
  depth: number,
  parent: Either.Either<PageMap.PageMap, string>
): Either.Either<PageMap.PageMap, string> => {
  const ranges: Array<PageMap.PageRange> = []
  const add = (range: PageMap.PageRange) => {
    const last = ranges.at(-1)
    if (last !== undefined && PageMap.follows(last, range)) ranges[ranges.length - 1] = { ...last, end: range.end }
    else ranges.push(range)
  }
  const size = BigInt(pageSize)
  // No part of a page counts: what is cut off is not as it was.
  const there = bytes === undefined ? 0 : bytes - (bytes % pageSize)
  let last = 0n
  let offset = 0
  for (const [index, entry] of entries.entries()) {
    const start = entry.vaddr
    const length = countOf(entry) * size
    const end = start + length
    if (start < last) return Either.left(`entry ${index} of its pagemap is out of order`)
    if (end > memoryEnd) return Either.left(`entry ${index} of its pagemap goes beyond all memory`)
    last = end
    if (length === 0n) continue
    if (isPresent(entry)) {
      const next = offset + Number(length)
      if (!Number.isSafeInteger(next)) return Either.left(`entry ${index} of its pagemap goes beyond any file`)
      const known = Math.max(0, Math.min(next, there) - offset)
      const middle = start + BigInt(known)
      if (known > 0) add({ start, end: middle, place: { _tag: "Dumped", depth, file, offset } })
      if (middle < end) {
        const reason = bytes === undefined ? `there is no ${file}` : `${file} ends before it`
        add({ start: middle, end, place: { _tag: "Missing", reason } })
      }
      offset = next
    } else if (isLazy(entry)) add({ start, end, place: { _tag: "Lazy" } })
    else if (isInParent(entry)) { for (const range of inParent(parent, start, end)) add(range) }
  }
  return Either.right({ ranges })
}

/** What a parent has of a range of addresses, with what it does not have. */
const inParent = (
  parent: Either.Either<PageMap.PageMap, string>,
  start: bigint,
  end: bigint
): ReadonlyArray<PageMap.PageRange> => {
  if (Either.isLeft(parent)) return [{ start, end, place: { _tag: "Missing", reason: parent.left } }]
  const found: Array<PageMap.PageRange> = []
  const lack = (from: bigint, to: bigint) => {
    if (from < to) {
      found.push({ start: from, end: to, place: { _tag: "Missing", reason: "the parent does not have it" } })
    }
  }
  let from = start
  for (const range of PageMap.within(parent.right, start, end)) {
    lack(from, range.start)
    found.push(range)
    from = range.end
  }
  lack(from, end)
  return found
}

/** CRIU 4.2 counts in another field than those before. */
const countOf = ({ compat_nr_pages, nr_pages }: PagemapEntry): bigint => nr_pages ?? BigInt(compat_nr_pages)

/** Older images have no flags: there, whatever is not in the parent is present. */
const isPresent = ({ flags, in_parent }: PagemapEntry): boolean =>
  flags === undefined ? in_parent !== true : (flags & 4) !== 0
const isLazy = ({ flags }: PagemapEntry): boolean => flags !== undefined && (flags & 2) !== 0
const isInParent = ({ flags, in_parent }: PagemapEntry): boolean =>
  flags === undefined ? in_parent === true : (flags & 1) !== 0

/** Those of the machines that CRIU runs on. */
const pageSizes = [4096, 16_384, 65_536]

/** 2 ** 64. */
const memoryEnd = 1n << 64n
