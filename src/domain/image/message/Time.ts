/** CRIU's `images/time.proto`. */
import { define, required, uint64, type Value } from "../Message.ts"

/** A time, with microseconds. */
export const Timeval = define("timeval", {
  tv_sec: required(1, uint64),
  tv_usec: required(2, uint64)
})
/** A time, with microseconds. */
export type Timeval = Value<typeof Timeval>
