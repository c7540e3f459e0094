/** CRIU's `images/ghost-file.proto`. */
import { Timeval } from "./Time.ts"
import { bool, define, nested, optional, required, string, uint32, uint64, type Value } from "../Message.ts"

/** A message `ghost_file_entry`. */
export const GhostFileEntry = define("ghost_file_entry", {
  uid: required(1, uint32),
  gid: required(2, uint32),
  mode: required(3, uint32),
  dev: optional(4, uint32),
  ino: optional(5, uint64),
  rdev: optional(6, uint32),
  atim: optional(7, nested(Timeval)),
  mtim: optional(8, nested(Timeval)),
  chunks: optional(9, bool),
  size: optional(10, uint64),
  symlnk_target: optional(11, string)
})
/** A message `ghost_file_entry`. */
export type GhostFileEntry = Value<typeof GhostFileEntry>

/** A message `ghost_chunk_entry`. */
export const GhostChunkEntry = define("ghost_chunk_entry", {
  len: required(1, uint64),
  off: required(2, uint64)
})
/** A message `ghost_chunk_entry`. */
export type GhostChunkEntry = Value<typeof GhostChunkEntry>
