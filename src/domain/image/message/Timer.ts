/** CRIU's `images/timer.proto`. */
import { define, int32, nested, optional, repeated, required, uint32, uint64, type Value } from "../Message.ts"

/** A timer of a process: how often it rings, and what was left until it would, both in seconds and microseconds. */
export const ItimerEntry = define("itimer_entry", {
  isec: required(1, uint64),
  iusec: required(2, uint64),
  vsec: required(3, uint64),
  vusec: required(4, uint64)
})
/** A timer of a process: how often it rings, and what was left until it would, both in seconds and microseconds. */
export type ItimerEntry = Value<typeof ItimerEntry>

/** A POSIX timer: how often it rings, and what was left until it would, both in seconds and nanoseconds. */
export const PosixTimerEntry = define("posix_timer_entry", {
  it_id: required(1, uint32),
  clock_id: required(2, uint32),
  si_signo: required(3, uint32),
  it_sigev_notify: required(4, uint32),
  sival_ptr: required(5, uint64),
  overrun: required(6, uint32),
  isec: required(7, uint64),
  insec: required(8, uint64),
  vsec: required(9, uint64),
  vnsec: required(10, uint64),
  notify_thread_id: optional(11, int32)
})
/** A POSIX timer: how often it rings, and what was left until it would, both in seconds and nanoseconds. */
export type PosixTimerEntry = Value<typeof PosixTimerEntry>

/** The timers of a process. */
export const TaskTimersEntry = define("task_timers_entry", {
  real: required(1, nested(ItimerEntry)),
  virt: required(2, nested(ItimerEntry)),
  prof: required(3, nested(ItimerEntry)),
  posix: repeated(4, nested(PosixTimerEntry))
})
/** The timers of a process. */
export type TaskTimersEntry = Value<typeof TaskTimersEntry>
