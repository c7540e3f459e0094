/** CRIU's `images/cgroup.proto`. */
import {
  bool,
  define,
  type Extensible,
  type Message,
  nested,
  optional,
  repeated,
  required,
  string,
  uint32,
  type Value
} from "../Message.ts"

/** A message `cgroup_perms`. */
export const CgroupPerms = define("cgroup_perms", {
  mode: required(1, uint32),
  uid: required(2, uint32),
  gid: required(3, uint32)
})
/** A message `cgroup_perms`. */
export type CgroupPerms = Value<typeof CgroupPerms>

/** A message `cgroup_prop_entry`. */
export const CgroupPropEntry = define("cgroup_prop_entry", {
  name: required(1, string),
  value: required(2, string),
  perms: optional(3, nested(CgroupPerms))
})
/** A message `cgroup_prop_entry`. */
export type CgroupPropEntry = Value<typeof CgroupPropEntry>

/** A message `cgroup_dir_entry`. */
export const CgroupDirEntry: Message<CgroupDirEntry> = define("cgroup_dir_entry", {
  dir_name: required(1, string),
  children: repeated(2, nested((): Message<CgroupDirEntry> => CgroupDirEntry)),
  properties: repeated(3, nested(CgroupPropEntry)),
  dir_perms: optional(4, nested(CgroupPerms))
})
/** A message `cgroup_dir_entry`. */
export interface CgroupDirEntry extends Extensible {
  readonly dir_name: string
  readonly children: ReadonlyArray<CgroupDirEntry>
  readonly properties: ReadonlyArray<CgroupPropEntry>
  readonly dir_perms?: CgroupPerms
}

/** A message `cg_controller_entry`. */
export const CgControllerEntry = define("cg_controller_entry", {
  cnames: repeated(1, string),
  dirs: repeated(2, nested(CgroupDirEntry)),
  is_threaded: optional(3, bool)
})
/** A message `cg_controller_entry`. */
export type CgControllerEntry = Value<typeof CgControllerEntry>

/** A message `cg_member_entry`. */
export const CgMemberEntry = define("cg_member_entry", {
  name: required(1, string),
  path: required(2, string),
  cgns_prefix: optional(3, uint32)
})
/** A message `cg_member_entry`. */
export type CgMemberEntry = Value<typeof CgMemberEntry>

/** A message `cg_set_entry`. */
export const CgSetEntry = define("cg_set_entry", {
  id: required(1, uint32),
  ctls: repeated(2, nested(CgMemberEntry))
})
/** A message `cg_set_entry`. */
export type CgSetEntry = Value<typeof CgSetEntry>

/** A message `cgroup_entry`. */
export const CgroupEntry = define("cgroup_entry", {
  sets: repeated(1, nested(CgSetEntry)),
  controllers: repeated(2, nested(CgControllerEntry))
})
/** A message `cgroup_entry`. */
export type CgroupEntry = Value<typeof CgroupEntry>
