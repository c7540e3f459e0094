/** CRIU's `images/inventory.proto`. */
import { TaskKobjIdsEntry } from "./Core.ts"
import {
  bool,
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

/** The plugins of CRIU's that the dump needed. */
const PluginsEntry = define("plugins_entry", {
  plugins: repeated(12, string)
})

/** The security modules of the kernel. */
const Lsmtype = enumeration({
  NO_LSM: 0,
  SELINUX: 1,
  APPARMOR: 2
})

/** The dump as a whole: which format it has, and how it was made. */
export const InventoryEntry = define("inventory_entry", {
  /** 1 where images have the number of their kind alone, 2 since. */
  img_version: required(1, uint32),
  fdinfo_per_id: optional(2, bool),
  /** Of CRIU itself: a process with other ids has namespaces of its own. */
  root_ids: optional(3, nested(TaskKobjIdsEntry)),
  ns_per_id: optional(4, bool),
  root_cg_set: optional(5, uint32),
  lsmtype: optional(6, Lsmtype),
  /** Of the machine at the dump; may be missing. */
  dump_uptime: optional(8, uint64),
  pre_dump_mode: optional(9, uint32),
  tcp_close: optional(10, bool),
  network_lock_method: optional(11, uint32),
  plugins_entry: optional(12, nested(PluginsEntry)),
  /** Of CRIU's run, by newer releases. */
  dump_criu_run_id: optional(13, string),
  allow_uprobes: optional(14, bool)
})
/** The dump as a whole: which format it has, and how it was made. */
export type InventoryEntry = Value<typeof InventoryEntry>
