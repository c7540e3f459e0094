/** CRIU's `images/pagemap.proto`. */
import { bool, define, optional, required, uint32, uint64, type Value } from "../Message.ts"

/** A message `pagemap_head`. */
export const PagemapHead = define("pagemap_head", {
  pages_id: required(1, uint32)
})
/** A message `pagemap_head`. */
export type PagemapHead = Value<typeof PagemapHead>

/** A message `pagemap_entry`. */
export const PagemapEntry = define("pagemap_entry", {
  vaddr: required(1, uint64),
  compat_nr_pages: required(2, uint32),
  in_parent: optional(3, bool),
  flags: optional(4, uint32),
  nr_pages: optional(5, uint64)
})
/** A message `pagemap_entry`. */
export type PagemapEntry = Value<typeof PagemapEntry>
