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

/** The mode and the owner of a folder or file of a control group. */
export const CgroupPerms = define("cgroup_perms", {
  mode: required(1, uint32),
  uid: required(2, uint32),
  gid: required(3, uint32)
})
/** The mode and the owner of a folder or file of a control group. */
export type CgroupPerms = Value<typeof CgroupPerms>

/** A file of a control group and what was in it, such as a limit. */
export const CgroupPropEntry = define("cgroup_prop_entry", {
  name: required(1, string),
  value: required(2, string),
  perms: optional(3, nested(CgroupPerms))
})
/** A file of a control group and what was in it, such as a limit. */
export type CgroupPropEntry = Value<typeof CgroupPropEntry>

/** A control group with its properties, and the groups within it. */
export const CgroupDirEntry: Message<CgroupDirEntry> = define("cgroup_dir_entry", {
  dir_name: required(1, string),
  children: repeated(2, nested((): Message<CgroupDirEntry> => CgroupDirEntry)),
  properties: repeated(3, nested(CgroupPropEntry)),
  dir_perms: optional(4, nested(CgroupPerms))
})
/** A control group with its properties, and the groups within it. */
export interface CgroupDirEntry extends Extensible {
  readonly dir_name: string
  readonly children: ReadonlyArray<CgroupDirEntry>
  readonly properties: ReadonlyArray<CgroupPropEntry>
  readonly dir_perms?: CgroupPerms
}

/** A hierarchy of control groups: the controllers that it has, and its groups. */
const CgControllerEntry = define("cg_controller_entry", {
  cnames: repeated(1, string),
  dirs: repeated(2, nested(CgroupDirEntry)),
  is_threaded: optional(3, bool)
})
/** A hierarchy of control groups: the controllers that it has, and its groups. */
export type CgControllerEntry = Value<typeof CgControllerEntry>

/** Which group of a hierarchy. */
const CgMemberEntry = define("cg_member_entry", {
  name: required(1, string),
  path: required(2, string),
  cgns_prefix: optional(3, uint32)
})

/** The groups, one of each hierarchy, that processes were in together. */
const CgSetEntry = define("cg_set_entry", {
  id: required(1, uint32),
  ctls: repeated(2, nested(CgMemberEntry))
})

/** The control groups of the processes. */
export const CgroupEntry = define("cgroup_entry", {
  sets: repeated(1, nested(CgSetEntry)),
  controllers: repeated(2, nested(CgControllerEntry))
})
/** The control groups of the processes. */
export type CgroupEntry = Value<typeof CgroupEntry>
