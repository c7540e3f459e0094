/** The memory of two sides compared: what became of the areas of each pair of processes, and of their pages. */
import * as Effect from "effect/Effect"
import { compareMemory, type MemoryDifference, type MemoryPair } from "../domain/difference/compareMemory.ts"
import { comparePages, type PagesRead, type ReadSpan } from "./comparePages.ts"
import type { MemoryOfSide } from "./memoryOfSide.ts"
import type { MemoryProblem } from "./processMemory.ts"

/** What became of it. */
export interface MemoryDiffered extends MemoryDifference {
  /** In bytes; absent where the sides differ in it, and no page was compared. */
  readonly pageSize: number | undefined
  /** How much was read to be compared. */
  readonly readBytes: number
  /** What could not be read. */
  readonly failures: PagesRead<MemoryProblem>["failures"]
}

/** Compares the memory of processes that are paired; `keeps` where it is to be said which pages are not as they were. */
export const diffMemory = (
  before: MemoryOfSide,
  after: MemoryOfSide,
  pairs: ReadonlyArray<MemoryPair>,
  keeps: boolean
): Effect.Effect<MemoryDiffered> =>
  Effect.gen(function* () {
    const pageSize = before.pageSize ?? after.pageSize ?? 4096
    const isAlike = pageSize === (after.pageSize ?? pageSize)
    // Pages of two sizes are not the same pages: the areas are compared without them.
    const { finish, pages } = isAlike
      ? compareMemory(pageSize, before, after, pairs, keeps)
      : compareMemory(pageSize, withoutPages(before), withoutPages(after), pairs.map(emptied), keeps)
    const { bytes, failures } = yield* comparePages(
      pages.comparisons,
      { pageSize, before: reader(before), after: reader(after) },
      pages.tell
    )
    return { ...finish(), pageSize: isAlike ? pageSize : undefined, readBytes: bytes, failures }
  })

/** Files are named by their folders, which a chain knows by its depth. */
const reader = ({ folders, open }: MemoryOfSide): ReadSpan<MemoryProblem> => {
  const depths = new Map(folders.map((path, depth) => [path, depth]))
  return (file, offset, into) => {
    const slash = file.lastIndexOf("/")
    return open.readPages(depths.get(file.slice(0, slash)) ?? 0, file.slice(slash + 1), offset, into)
  }
}

const none = { ranges: [] }

const withoutPages = ({ folders }: MemoryOfSide) => ({ folders, shared: new Map() })

const emptied = ({ after, before }: MemoryPair): MemoryPair => ({
  before: before && { ...before, pages: none },
  after: after && { ...after, pages: none }
})
