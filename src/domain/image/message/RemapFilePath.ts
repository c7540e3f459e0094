/** CRIU's `images/remap-file-path.proto`. */
import { define, enumeration, optional, required, uint32, type Value } from "../Message.ts"

/** How what has lost its name is brought back. */
const RemapType = enumeration({
  LINKED: 0,
  GHOST: 1,
  PROCFS: 2
})

/** A file that is not found by its name: it had been deleted, or is of a process that is gone. */
export const RemapFilePathEntry = define("remap_file_path_entry", {
  /** The open file. */
  orig_id: required(1, uint32),
  /** What it is brought back from: a ghost file, an open file, or a process. */
  remap_id: required(2, uint32),
  remap_type: optional(3, RemapType)
})
/** A file that is not found by its name: it had been deleted, or is of a process that is gone. */
export type RemapFilePathEntry = Value<typeof RemapFilePathEntry>
