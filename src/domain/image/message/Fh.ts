/** CRIU's `images/fh.proto`. */
import { define, optional, repeated, required, string, uint32, uint64, type Value } from "../Message.ts"

/** A message `fh_entry`. */
export const FhEntry = define("fh_entry", {
  bytes: required(1, uint32),
  type: required(2, uint32),
  handle: repeated(3, uint64),
  path: optional(4, string),
  mnt_id: optional(5, uint32)
})
/** A message `fh_entry`. */
export type FhEntry = Value<typeof FhEntry>

/** A message `irmap_cache_entry`. */
export const IrmapCacheEntry = define("irmap_cache_entry", {
  dev: required(1, uint32),
  inode: required(2, uint64),
  path: required(3, string)
})
/** A message `irmap_cache_entry`. */
export type IrmapCacheEntry = Value<typeof IrmapCacheEntry>
