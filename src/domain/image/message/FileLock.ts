/** CRIU's `images/file-lock.proto`. */
import { define, int32, int64, required, uint32, type Value } from "../Message.ts"

/** A lock that a process holds on a file. */
export const FileLockEntry = define("file_lock_entry", {
  /** 1 is of a process (POSIX), 2 of an open file (flock), 1024 of an open file (OFD). */
  flag: required(1, uint32),
  type: required(2, uint32),
  pid: required(3, int32),
  fd: required(4, int32),
  start: required(5, int64),
  /** Zero is up to the end of the file, however long it grows. */
  len: required(6, int64)
})
/** A lock that a process holds on a file. */
export type FileLockEntry = Value<typeof FileLockEntry>
