/** CRIU's `images/fifo.proto`. */
import { define, optional, required, uint32, type Value } from "../Message.ts"

/** An open fifo; by `regf_id` it is a regular file of that id too, which has its name. */
export const FifoEntry = define("fifo_entry", {
  id: required(1, uint32),
  pipe_id: required(2, uint32),
  regf_id: optional(3, uint32)
})
/** An open fifo; by `regf_id` it is a regular file of that id too, which has its name. */
export type FifoEntry = Value<typeof FifoEntry>
