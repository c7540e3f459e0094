/** CRIU's `images/pipe-data.proto`. */
import { define, optional, required, uint32, type Value } from "../Message.ts"

/** What had been written to a pipe or fifo and not read; it follows. */
export const PipeDataEntry = define("pipe_data_entry", {
  pipe_id: required(1, uint32),
  /** How many. */
  bytes: required(2, uint32),
  /** How many bytes the pipe takes. */
  size: optional(3, uint32)
})
/** What had been written to a pipe or fifo and not read; it follows. */
export type PipeDataEntry = Value<typeof PipeDataEntry>
