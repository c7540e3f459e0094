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

/** A message `plugins_entry`. */
export const PluginsEntry = define("plugins_entry", {
  plugins: repeated(12, string)
})
/** A message `plugins_entry`. */
export type PluginsEntry = Value<typeof PluginsEntry>

/** lsmtype. */
export const Lsmtype = enumeration({
  NO_LSM: 0,
  SELINUX: 1,
  APPARMOR: 2
})

/** A message `inventory_entry`. */
export const InventoryEntry = define("inventory_entry", {
  img_version: required(1, uint32),
  fdinfo_per_id: optional(2, bool),
  root_ids: optional(3, nested(TaskKobjIdsEntry)),
  ns_per_id: optional(4, bool),
  root_cg_set: optional(5, uint32),
  lsmtype: optional(6, Lsmtype),
  dump_uptime: optional(8, uint64),
  pre_dump_mode: optional(9, uint32),
  tcp_close: optional(10, bool),
  network_lock_method: optional(11, uint32),
  plugins_entry: optional(12, nested(PluginsEntry)),
  dump_criu_run_id: optional(13, string),
  allow_uprobes: optional(14, bool)
})
/** A message `inventory_entry`. */
export type InventoryEntry = Value<typeof InventoryEntry>
