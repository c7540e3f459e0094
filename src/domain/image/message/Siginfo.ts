/** CRIU's `images/siginfo.proto`. */
import { bytes, define, nested, repeated, required, type Value } from "../Message.ts"

/** A signal that was sent and not taken, as the kernel's `siginfo_t`. */
export const SiginfoEntry = define("siginfo_entry", {
  siginfo: required(1, bytes)
})
/** A signal that was sent and not taken, as the kernel's `siginfo_t`. */
export type SiginfoEntry = Value<typeof SiginfoEntry>

/** The signals that were sent and not taken. */
export const SignalQueueEntry = define("signal_queue_entry", {
  signals: repeated(1, nested(SiginfoEntry))
})
/** The signals that were sent and not taken. */
export type SignalQueueEntry = Value<typeof SignalQueueEntry>
