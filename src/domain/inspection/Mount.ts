/** A mount of a mount namespace, as `/proc/PID/mountinfo` shows them. */
import * as Schema from "effect/Schema"

/** A mount. */
export const Mount = Schema.Struct({
  /** CRIU's id of the mount namespace. */
  namespace: Schema.Number,
  id: Schema.Number,
  /** The id of the mount that it is on; that is not among the mounts where this is the first one. */
  parent: Schema.Number,
  /** What of the file system is mounted: `/` for all of it. */
  root: Schema.String,
  mountpoint: Schema.String,
  source: Schema.String,
  /** Such as `tmpfs`; one without a name is its number. */
  type: Schema.String,
  /** In words, such as `read-only`; a bit without a name is its number. */
  flags: Schema.Array(Schema.String),
  /** The same of the file system, wherever it is mounted. */
  fileSystemFlags: Schema.Array(Schema.String),
  /** What else the file system was mounted with. */
  options: Schema.String,
  /** Whoever restores gives the mount: by this name, where it has one. */
  isExternal: Schema.Boolean,
  externalKey: Schema.optional(Schema.String),
  /** The ids of the groups of shared subtrees (mount_namespaces(7)). */
  shared: Schema.optional(Schema.Number),
  master: Schema.optional(Schema.Number)
}).annotations({ identifier: "Mount" })
/** A mount. */
export type Mount = typeof Mount.Type
