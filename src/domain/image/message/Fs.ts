/** CRIU's `images/fs.proto`. */
import { define, optional, required, uint32, type Value } from "../Message.ts"

/** A message `fs_entry`. */
export const FsEntry = define("fs_entry", {
  cwd_id: required(1, uint32),
  root_id: required(2, uint32),
  umask: optional(3, uint32)
})
/** A message `fs_entry`. */
export type FsEntry = Value<typeof FsEntry>
