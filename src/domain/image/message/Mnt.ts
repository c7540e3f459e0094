/** CRIU's `images/mnt.proto`. */
import { bool, define, optional, required, string, uint32, type Value } from "../Message.ts"

/** A mount. */
export const MntEntry = define("mnt_entry", {
  /** `FileSystemName.ts` has the names. */
  fstype: required(1, uint32),
  mnt_id: required(2, uint32),
  /** The device, its minor number in the lower 20 bits. */
  root_dev: required(3, uint32),
  parent_mnt_id: required(4, uint32),
  flags: required(5, uint32),
  root: required(6, string),
  /** The path in the mount namespace. */
  mountpoint: required(7, string),
  source: required(8, string),
  options: required(9, string),
  shared_id: optional(10, uint32),
  master_id: optional(11, uint32),
  with_plugin: optional(12, bool),
  ext_mount: optional(13, bool),
  fsname: optional(14, string),
  internal_sharing: optional(15, bool),
  deleted: optional(16, bool),
  sb_flags: optional(17, uint32),
  ext_key: optional(18, string)
})
/** A mount. */
export type MntEntry = Value<typeof MntEntry>
