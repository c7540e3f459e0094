/** CRIU's `images/siginfo.proto`. */
import { bytes, define, nested, repeated, required, type Value } from "../Message.ts"

/** A message `siginfo_entry`. */
export const SiginfoEntry = define("siginfo_entry", {
  siginfo: required(1, bytes)
})
/** A message `siginfo_entry`. */
export type SiginfoEntry = Value<typeof SiginfoEntry>

/** A message `signal_queue_entry`. */
export const SignalQueueEntry = define("signal_queue_entry", {
  signals: repeated(1, nested(SiginfoEntry))
})
/** A message `signal_queue_entry`. */
export type SignalQueueEntry = Value<typeof SignalQueueEntry>
