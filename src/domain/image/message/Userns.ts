/** CRIU's `images/userns.proto`. */
import { define, nested, repeated, required, uint32, type Value } from "../Message.ts"

/** A run of ids: from which one on in the namespace, from which one on outside, and how many. */
const UidGidExtent = define("uid_gid_extent", {
  first: required(1, uint32),
  lower_first: required(2, uint32),
  count: required(3, uint32)
})
/** A run of ids: from which one on in the namespace, from which one on outside, and how many. */
export type UidGidExtent = Value<typeof UidGidExtent>

/** How a user namespace maps users and groups. */
export const UsernsEntry = define("userns_entry", {
  uid_map: repeated(1, nested(UidGidExtent)),
  gid_map: repeated(2, nested(UidGidExtent))
})
/** How a user namespace maps users and groups. */
export type UsernsEntry = Value<typeof UsernsEntry>
