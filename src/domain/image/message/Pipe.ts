/** CRIU's `images/pipe.proto`. */
import { FownEntry } from "./Fown.ts"
import { define, nested, required, uint32, type Value } from "../Message.ts"

/** A message `pipe_entry`. */
export const PipeEntry = define("pipe_entry", {
  id: required(1, uint32),
  pipe_id: required(2, uint32),
  flags: required(3, uint32),
  fown: required(4, nested(FownEntry))
})
/** A message `pipe_entry`. */
export type PipeEntry = Value<typeof PipeEntry>
