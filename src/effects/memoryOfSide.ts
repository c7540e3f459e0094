/** All memory of one side of a difference: that of each process, with the names of its files, and that of what they share. */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type * as Scope from "effect/Scope"
import type { MemorySide } from "../domain/difference/compareMemory.ts"
import { ownPages, type ProcessSide, sharedIdOf } from "../domain/difference/ProcessSide.ts"
import * as PageMap from "../domain/memory/PageMap.ts"
import type { ImageFolder, Images } from "./Images.ts"
import { readFileNames } from "./fileNames.ts"
import { memoryOf, openMemories, type OpenMemory, pidsOf } from "./processMemory.ts"
import type { MemoryProblem } from "./processMemory.ts"

/**
 * The memory of a process, as it is compared. Its pages are its own ones and those that it maps privately: those of what it shares
 * are kept once for all who share it.
 */
interface SideProcess extends ProcessSide {
  /** Where its code and its stack began. */
  readonly program: { readonly code: bigint; readonly stack: bigint }
}

/** All memory of one side. */
export interface MemoryOfSide extends MemorySide {
  readonly open: OpenMemory
  /** By their pids. */
  readonly processes: ReadonlyMap<number, SideProcess>
  /** In bytes; absent where there are no pages. */
  readonly pageSize: number | undefined
  readonly problems: ReadonlyArray<MemoryProblem>
}

/** Opens the memory of a folder for as long as the scope; what cannot be read is left out, and named. */
export const memoryOfSide = (folder: ImageFolder): Effect.Effect<MemoryOfSide, never, Images | Scope.Scope> =>
  Effect.gen(function* () {
    const open = yield* openMemories(folder)
    // The inspection of the same images names a file of theirs that does not read.
    const names = yield* Effect.orElseSucceed(readFileNames(folder), () => new Map<number, string>())
    const nameOf = (id: number | undefined) => (id === undefined ? undefined : names.get(id))
    const processes = new Map<number, SideProcess>()
    const shared = new Map<bigint, PageMap.PageMap>()
    const problems: Array<MemoryProblem> = []
    let pageSize: number | undefined
    for (const pid of pidsOf(folder)) {
      const read = yield* Effect.either(memoryOf(open, pid))
      if (Either.isLeft(read)) {
        problems.push(read.left)
        continue
      }
      const { areas, mm, pages, sharedId } = read.right
      const side = { areas: areas.map((area) => ({ ...area, name: nameOf(area.fileId) })), pages, sharedId }
      const program = { code: mm.mm_start_code, stack: mm.mm_start_stack }
      processes.set(pid, { ...side, pages: ownPages(side), program })
      problems.push(...read.right.problems)
      if (pages.ranges.length > 0) pageSize ??= read.right.pageSize
      for (const area of side.areas) {
        const id = sharedIdOf(side, area)
        if (id === undefined) continue
        const { pages, unread } = yield* open.sharedPages(id)
        // What is mapped of it is all that is known to be there.
        if (unread !== undefined) {
          const mapped = PageMap.missing(area.offset, area.offset + area.end - area.start, unread)
          shared.set(id, PageMap.over(shared.get(id) ?? PageMap.empty, { ranges: [mapped] }))
        } else shared.set(id, pages)
      }
    }
    const folders = open.chain.folders.map(({ path }) => path)
    return { open, folders, processes, shared, pageSize, problems }
  })
