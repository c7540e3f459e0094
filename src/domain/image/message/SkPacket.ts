/** CRIU's `images/sk-packet.proto`. */
import { define, nested, repeated, required, uint32, type Value } from "../Message.ts"

/** A message `scm_entry`. */
export const ScmEntry = define("scm_entry", {
  type: required(1, uint32),
  rights: repeated(2, uint32)
})
/** A message `scm_entry`. */
export type ScmEntry = Value<typeof ScmEntry>

/** A message `sk_packet_entry`. */
export const SkPacketEntry = define("sk_packet_entry", {
  id_for: required(1, uint32),
  length: required(2, uint32),
  scm: repeated(4, nested(ScmEntry))
})
/** A message `sk_packet_entry`. */
export type SkPacketEntry = Value<typeof SkPacketEntry>
