/** CRIU's `images/sk-unix.proto`. */
import { FownEntry } from "./Fown.ts"
import { SkOptsEntry, SkShutdown } from "./SkOpts.ts"
import { bool, bytes, define, nested, optional, required, sint32, string, uint32, type Value } from "../Message.ts"

/** The mode and the owner of the file of a socket. */
const FilePermsEntry = define("file_perms_entry", {
  mode: required(1, uint32),
  uid: required(2, uint32),
  gid: required(3, uint32)
})

/** An open unix socket. */
export const UnixSkEntry = define("unix_sk_entry", {
  id: required(1, uint32),
  ino: required(2, uint32),
  /** `SocketState.ts` has the words of this and the next. */
  type: required(3, uint32),
  state: required(4, uint32),
  flags: required(5, uint32),
  uflags: required(6, uint32),
  backlog: required(7, uint32),
  /** The inode of the socket at the other end; zero where there is none. */
  peer: required(8, uint32),
  fown: required(9, nested(FownEntry)),
  opts: required(10, nested(SkOptsEntry)),
  /** A path or a name that is none; `SocketAddress.ts` has the text. */
  name: required(11, bytes),
  shutdown: optional(12, SkShutdown),
  file_perms: optional(13, nested(FilePermsEntry)),
  name_dir: optional(14, string),
  deleted: optional(15, bool),
  ns_id: optional(16, uint32),
  mnt_id: optional(17, sint32)
})
/** An open unix socket. */
export type UnixSkEntry = Value<typeof UnixSkEntry>
