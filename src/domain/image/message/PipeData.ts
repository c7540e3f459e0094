/** CRIU's `images/pipe-data.proto`. */
import { define, optional, required, uint32, type Value } from "../Message.ts"

/** A message `pipe_data_entry`. */
export const PipeDataEntry = define("pipe_data_entry", {
  pipe_id: required(1, uint32),
  bytes: required(2, uint32),
  size: optional(3, uint32)
})
/** A message `pipe_data_entry`. */
export type PipeDataEntry = Value<typeof PipeDataEntry>
