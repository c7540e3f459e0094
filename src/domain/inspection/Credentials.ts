/** Who a task is, and what it may do (credentials(7), capabilities(7)). */
import * as Schema from "effect/Schema"

/** Real, effective, saved, and the one for files. */
const Ids = Schema.Struct({
  real: Schema.Number,
  effective: Schema.Number,
  saved: Schema.Number,
  filesystem: Schema.Number
}).annotations({ identifier: "Ids" })

/** Who a task is. Ids are those of its user namespace. */
export const Credentials = Schema.Struct({
  user: Ids,
  group: Ids,
  /** Supplementary groups. */
  groups: Schema.Array(Schema.Number),
  /** By name, such as `CAP_NET_ADMIN`. */
  capabilities: Schema.Struct({
    effective: Schema.Array(Schema.String),
    permitted: Schema.Array(Schema.String),
    inheritable: Schema.Array(Schema.String),
    bounding: Schema.Array(Schema.String),
    ambient: Schema.Array(Schema.String)
  }),
  /** By name, such as `no-root`; a bit without a name is its number. */
  secureBits: Schema.Array(Schema.String),
  noNewPrivileges: Schema.Boolean,
  /** What the security module calls it: an SELinux context, or a profile of AppArmor. */
  label: Schema.optional(Schema.String)
}).annotations({ identifier: "Credentials" })
/** Who a task is. */
export type Credentials = typeof Credentials.Type
