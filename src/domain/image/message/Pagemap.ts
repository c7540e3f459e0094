/** CRIU's `images/pagemap.proto`. */
import { bool, define, optional, required, uint32, uint64, type Value } from "../Message.ts"

/** Which pages file the pages of a page map lie in. */
export const PagemapHead = define("pagemap_head", {
  pages_id: required(1, uint32)
})
/** Which pages file the pages of a page map lie in. */
export type PagemapHead = Value<typeof PagemapHead>

/** A run of pages: where they were in memory, and where they are now. */
export const PagemapEntry = define("pagemap_entry", {
  /** The address of the first page, in bytes; of shared memory, the distance from its start. */
  vaddr: required(1, uint64),
  /** How many pages, unless `nr_pages` is there, which CRIU 4.2 brought: then that counts. */
  compat_nr_pages: required(2, uint32),
  /** By releases that wrote no `flags`. */
  in_parent: optional(3, bool),
  /** 1: they are in the parent. 2: they are fetched when needed. 4: they are in the pages file, next in turn. */
  flags: optional(4, uint32),
  nr_pages: optional(5, uint64)
})
/** A run of pages: where they were in memory, and where they are now. */
export type PagemapEntry = Value<typeof PagemapEntry>
