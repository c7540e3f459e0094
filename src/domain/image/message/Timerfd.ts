/** CRIU's `images/timerfd.proto`. */
import { FownEntry } from "./Fown.ts"
import { define, nested, required, uint32, uint64, type Value } from "../Message.ts"

/** An open timerfd: how often it rings, and what was left until it would, both in seconds and nanoseconds. */
export const TimerfdEntry = define("timerfd_entry", {
  id: required(1, uint32),
  flags: required(2, uint32),
  fown: required(3, nested(FownEntry)),
  clockid: required(4, uint32),
  ticks: required(5, uint64),
  settime_flags: required(6, uint32),
  vsec: required(7, uint64),
  vnsec: required(8, uint64),
  isec: required(9, uint64),
  insec: required(10, uint64)
})
/** An open timerfd: how often it rings, and what was left until it would, both in seconds and nanoseconds. */
export type TimerfdEntry = Value<typeof TimerfdEntry>
