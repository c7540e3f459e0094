/** CRIU's `images/sk-packet.proto`. */
import { define, nested, repeated, required, uint32, type Value } from "../Message.ts"

/** Descriptors that were sent along. */
const ScmEntry = define("scm_entry", {
  type: required(1, uint32),
  rights: repeated(2, uint32)
})

/** What had been sent to a socket and not received; it follows. */
export const SkPacketEntry = define("sk_packet_entry", {
  /** The socket, by its id. */
  id_for: required(1, uint32),
  /** In bytes. */
  length: required(2, uint32),
  scm: repeated(4, nested(ScmEntry))
})
/** What had been sent to a socket and not received; it follows. */
export type SkPacketEntry = Value<typeof SkPacketEntry>
