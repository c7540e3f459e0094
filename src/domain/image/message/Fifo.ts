/** CRIU's `images/fifo.proto`. */
import { define, optional, required, uint32, type Value } from "../Message.ts"

/** A message `fifo_entry`. */
export const FifoEntry = define("fifo_entry", {
  id: required(1, uint32),
  pipe_id: required(2, uint32),
  regf_id: optional(3, uint32)
})
/** A message `fifo_entry`. */
export type FifoEntry = Value<typeof FifoEntry>
