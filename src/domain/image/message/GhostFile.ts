/** CRIU's `images/ghost-file.proto`. */
import { Timeval } from "./Time.ts"
import { bool, define, nested, optional, required, string, uint32, uint64, type Value } from "../Message.ts"

/** A file that had lost its name; its content follows, whole or in chunks. */
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
  /** In bytes; missing where the content is whole. */
  size: optional(10, uint64),
  symlnk_target: optional(11, string)
})
/** A file that had lost its name; its content follows, whole or in chunks. */
export type GhostFileEntry = Value<typeof GhostFileEntry>

/** A part of the content of such a file, which follows; what lies between the parts is zeros. */
export const GhostChunkEntry = define("ghost_chunk_entry", {
  /** In bytes. */
  len: required(1, uint64),
  /** In bytes from the start of the file. */
  off: required(2, uint64)
})
/** A part of the content of such a file, which follows; what lies between the parts is zeros. */
export type GhostChunkEntry = Value<typeof GhostChunkEntry>
