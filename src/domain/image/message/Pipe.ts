/** CRIU's `images/pipe.proto`. */
import { FownEntry } from "./Fown.ts"
import { define, nested, required, uint32, type Value } from "../Message.ts"

/** An open end of a pipe. */
export const PipeEntry = define("pipe_entry", {
  id: required(1, uint32),
  /** The same for all ends of a pipe. */
  pipe_id: required(2, uint32),
  /** As in open(2). */
  flags: required(3, uint32),
  fown: required(4, nested(FownEntry))
})
/** An open end of a pipe. */
export type PipeEntry = Value<typeof PipeEntry>
