/** CRIU's `images/remap-file-path.proto`. */
import { define, enumeration, optional, required, uint32, type Value } from "../Message.ts"

/** remap type. */
export const RemapType = enumeration({
  LINKED: 0,
  GHOST: 1,
  PROCFS: 2
})

/** A message `remap_file_path_entry`. */
export const RemapFilePathEntry = define("remap_file_path_entry", {
  orig_id: required(1, uint32),
  remap_id: required(2, uint32),
  remap_type: optional(3, RemapType)
})
/** A message `remap_file_path_entry`. */
export type RemapFilePathEntry = Value<typeof RemapFilePathEntry>
