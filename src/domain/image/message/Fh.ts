/** CRIU's `images/fh.proto`. */
import { define, optional, repeated, required, string, uint32, uint64, type Value } from "../Message.ts"

/** A file by the handle that its file system knows it by, and by its path where CRIU found one. */
export const FhEntry = define("fh_entry", {
  bytes: required(1, uint32),
  type: required(2, uint32),
  handle: repeated(3, uint64),
  path: optional(4, string),
  mnt_id: optional(5, uint32)
})
/** A file by the handle that its file system knows it by, and by its path where CRIU found one. */
export type FhEntry = Value<typeof FhEntry>

/** The path of a file, which CRIU found by its number. */
export const IrmapCacheEntry = define("irmap_cache_entry", {
  dev: required(1, uint32),
  inode: required(2, uint64),
  path: required(3, string)
})
/** The path of a file, which CRIU found by its number. */
export type IrmapCacheEntry = Value<typeof IrmapCacheEntry>
