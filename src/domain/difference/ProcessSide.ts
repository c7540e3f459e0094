/** The memory of a process on one side, as it is compared. */
import type { MemoryArea } from "../memory/MemoryArea.ts"
import * as PageMap from "../memory/PageMap.ts"
import type { NamedArea } from "./pairAreas.ts"

/** The memory of a process on one side. */
export interface ProcessSide {
  readonly areas: ReadonlyArray<NamedArea>
  /** Where its pages are, shared ones included. */
  readonly pages: PageMap.PageMap
  /** The id of what an area shares with other processes. */
  readonly sharedId: (area: MemoryArea) => bigint | undefined
}

/** What an area shares with other processes, if anything: what is mapped privately is its process's own. */
export const sharedIdOf = ({ sharedId }: ProcessSide, area: MemoryArea): bigint | undefined =>
  area.protection.endsWith("s") ? sharedId(area) : undefined

/** The pages that are the process's own. */
export const ownPages = (side: ProcessSide): PageMap.PageMap => ({
  ranges: side.areas.flatMap((area) =>
    sharedIdOf(side, area) === undefined ? PageMap.within(side.pages, area.start, area.end) : []
  )
})
