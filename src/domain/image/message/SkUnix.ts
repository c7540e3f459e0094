/** CRIU's `images/sk-unix.proto`. */
import { FownEntry } from "./Fown.ts"
import { SkOptsEntry, SkShutdown } from "./SkOpts.ts"
import { bool, bytes, define, nested, optional, required, sint32, string, uint32, type Value } from "../Message.ts"

/** A message `file_perms_entry`. */
export const FilePermsEntry = define("file_perms_entry", {
  mode: required(1, uint32),
  uid: required(2, uint32),
  gid: required(3, uint32)
})
/** A message `file_perms_entry`. */
export type FilePermsEntry = Value<typeof FilePermsEntry>

/** A message `unix_sk_entry`. */
export const UnixSkEntry = define("unix_sk_entry", {
  id: required(1, uint32),
  ino: required(2, uint32),
  type: required(3, uint32),
  state: required(4, uint32),
  flags: required(5, uint32),
  uflags: required(6, uint32),
  backlog: required(7, uint32),
  peer: required(8, uint32),
  fown: required(9, nested(FownEntry)),
  opts: required(10, nested(SkOptsEntry)),
  name: required(11, bytes),
  shutdown: optional(12, SkShutdown),
  file_perms: optional(13, nested(FilePermsEntry)),
  name_dir: optional(14, string),
  deleted: optional(15, bool),
  ns_id: optional(16, uint32),
  mnt_id: optional(17, sint32)
})
/** A message `unix_sk_entry`. */
export type UnixSkEntry = Value<typeof UnixSkEntry>
