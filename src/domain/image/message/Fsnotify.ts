/** CRIU's `images/fsnotify.proto`. */
import { FhEntry } from "./Fh.ts"
import { FownEntry } from "./Fown.ts"
import {
  define,
  enumeration,
  nested,
  optional,
  repeated,
  required,
  string,
  uint32,
  uint64,
  type Value
} from "../Message.ts"

/** A file or folder that an inotify watches. */
export const InotifyWdEntry = define("inotify_wd_entry", {
  id: required(1, uint32),
  i_ino: required(2, uint64),
  mask: required(3, uint32),
  ignored_mask: required(4, uint32),
  s_dev: required(5, uint32),
  wd: required(6, uint32),
  f_handle: required(7, nested(FhEntry))
})
/** A file or folder that an inotify watches. */
export type InotifyWdEntry = Value<typeof InotifyWdEntry>

/** An open inotify. */
export const InotifyFileEntry = define("inotify_file_entry", {
  id: required(1, uint32),
  flags: required(2, uint32),
  fown: required(4, nested(FownEntry)),
  wd: repeated(5, nested(InotifyWdEntry))
})
/** An open inotify. */
export type InotifyFileEntry = Value<typeof InotifyFileEntry>

/** A file or folder that a fanotify watches. */
const FanotifyInodeMarkEntry = define("fanotify_inode_mark_entry", {
  i_ino: required(1, uint64),
  f_handle: required(2, nested(FhEntry))
})

/** A mount that a fanotify watches. */
const FanotifyMountMarkEntry = define("fanotify_mount_mark_entry", {
  mnt_id: required(1, uint32),
  path: optional(2, string)
})

/** What a fanotify watches. */
const MarkType = enumeration({
  INODE: 1,
  MOUNT: 2
})

/** What a fanotify watches, and for which events. */
export const FanotifyMarkEntry = define("fanotify_mark_entry", {
  id: required(1, uint32),
  type: required(2, MarkType),
  mflags: required(3, uint32),
  mask: required(4, uint32),
  ignored_mask: required(5, uint32),
  s_dev: required(6, uint32),
  ie: optional(7, nested(FanotifyInodeMarkEntry)),
  me: optional(8, nested(FanotifyMountMarkEntry))
})
/** What a fanotify watches, and for which events. */
export type FanotifyMarkEntry = Value<typeof FanotifyMarkEntry>

/** An open fanotify. */
export const FanotifyFileEntry = define("fanotify_file_entry", {
  id: required(1, uint32),
  flags: required(2, uint32),
  fown: required(3, nested(FownEntry)),
  faflags: required(4, uint32),
  evflags: required(5, uint32),
  mark: repeated(6, nested(FanotifyMarkEntry))
})
/** An open fanotify. */
export type FanotifyFileEntry = Value<typeof FanotifyFileEntry>
