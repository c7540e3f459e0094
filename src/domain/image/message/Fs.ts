/** CRIU's `images/fs.proto`. */
import { define, optional, required, uint32, type Value } from "../Message.ts"

/** Where in the file system a process is, by ids of open files. */
export const FsEntry = define("fs_entry", {
  cwd_id: required(1, uint32),
  root_id: required(2, uint32),
  umask: optional(3, uint32)
})
/** Where in the file system a process is, by ids of open files. */
export type FsEntry = Value<typeof FsEntry>
