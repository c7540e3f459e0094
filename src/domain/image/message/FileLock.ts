/** CRIU's `images/file-lock.proto`. */
import { define, int32, int64, required, uint32, type Value } from "../Message.ts"

/** A message `file_lock_entry`. */
export const FileLockEntry = define("file_lock_entry", {
  flag: required(1, uint32),
  type: required(2, uint32),
  pid: required(3, int32),
  fd: required(4, int32),
  start: required(5, int64),
  len: required(6, int64)
})
/** A message `file_lock_entry`. */
export type FileLockEntry = Value<typeof FileLockEntry>
