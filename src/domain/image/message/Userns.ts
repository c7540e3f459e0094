/** CRIU's `images/userns.proto`. */
import { define, nested, repeated, required, uint32, type Value } from "../Message.ts"

/** A message `uid_gid_extent`. */
export const UidGidExtent = define("uid_gid_extent", {
  first: required(1, uint32),
  lower_first: required(2, uint32),
  count: required(3, uint32)
})
/** A message `uid_gid_extent`. */
export type UidGidExtent = Value<typeof UidGidExtent>

/** A message `userns_entry`. */
export const UsernsEntry = define("userns_entry", {
  uid_map: repeated(1, nested(UidGidExtent)),
  gid_map: repeated(2, nested(UidGidExtent))
})
/** A message `userns_entry`. */
export type UsernsEntry = Value<typeof UsernsEntry>
