/** CRIU's `images/timens.proto`. */
import { define, nested, required, uint64, type Value } from "../Message.ts"

/** A time, with nanoseconds. */
const Timespec = define("timespec", {
  tv_sec: required(1, uint64),
  tv_nsec: required(2, uint64)
})
/** A time, with nanoseconds. */
export type Timespec = Value<typeof Timespec>

/** The clocks of a time namespace as they stood. */
export const TimensEntry = define("timens_entry", {
  monotonic: required(1, nested(Timespec)),
  boottime: required(2, nested(Timespec))
})
/** The clocks of a time namespace as they stood. */
export type TimensEntry = Value<typeof TimensEntry>
