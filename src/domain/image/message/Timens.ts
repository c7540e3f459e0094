/** CRIU's `images/timens.proto`. */
import { define, nested, required, uint64, type Value } from "../Message.ts"

/** A message `timespec`. */
export const Timespec = define("timespec", {
  tv_sec: required(1, uint64),
  tv_nsec: required(2, uint64)
})
/** A message `timespec`. */
export type Timespec = Value<typeof Timespec>

/** A message `timens_entry`. */
export const TimensEntry = define("timens_entry", {
  monotonic: required(1, nested(Timespec)),
  boottime: required(2, nested(Timespec))
})
/** A message `timens_entry`. */
export type TimensEntry = Value<typeof TimensEntry>
