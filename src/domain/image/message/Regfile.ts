/** CRIU's `images/regfile.proto`. */
import { FownEntry } from "./Fown.ts"
import {
  bool,
  define,
  nested,
  optional,
  repeated,
  required,
  sint32,
  string,
  uint32,
  uint64,
  type Value
} from "../Message.ts"

/** An open file, folder or device, or one that is mapped. */
export const RegFileEntry = define("reg_file_entry", {
  id: required(1, uint32),
  /** As in open(2); `OpenFlags.ts` has the words. */
  flags: required(2, uint32),
  /** Where it is read or written next, in bytes. */
  pos: required(3, uint64),
  fown: required(5, nested(FownEntry)),
  /** The path in the mount namespace; without a slash at its start in some releases. */
  name: required(6, string),
  /** The mount; absent where all is as on the host. */
  mnt_id: optional(7, sint32),
  /** In bytes, of those whose size a restore insists on. */
  size: optional(8, uint64),
  ext: optional(9, bool),
  mode: optional(10, uint32),
  build_id: repeated(11, uint32),
  checksum: optional(12, uint32),
  checksum_config: optional(13, uint32),
  checksum_parameter: optional(14, uint32)
})
/** An open file, folder or device, or one that is mapped. */
export type RegFileEntry = Value<typeof RegFileEntry>
