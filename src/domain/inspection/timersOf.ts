/** The timers that a process has armed, from its `core` image. */
import * as Clock from "../image/Clock.ts"
import type { ItimerEntry, PosixTimerEntry, TaskTimersEntry } from "../image/message/Timer.ts"
import * as Signals from "../image/Signals.ts"
import type { Timer } from "./Timer.ts"

/** The armed ones; those that stand still are left out. */
export const timersOf = ({ posix, prof, real, virt }: TaskTimersEntry): ReadonlyArray<Timer> =>
  [ofInterval("real", real), ofInterval("virtual", virt), ofInterval("profiling", prof), ...posix.map(ofPosix)]
    .filter(({ remainingMicros }) => remainingMicros !== 0)

/** Seconds and nanoseconds in microseconds. */
export const micros = (seconds: bigint, nanoseconds: bigint): number =>
  Number(seconds * 1_000_000n + nanoseconds / 1000n)

const ofInterval = (name: string, { isec, iusec, vsec, vusec }: ItimerEntry): Timer => ({
  name,
  remainingMicros: micros(vsec, vusec * 1000n),
  intervalMicros: micros(isec, iusec * 1000n)
})

const ofPosix = (timer: PosixTimerEntry): Timer => ({
  name: `posix ${timer.it_id}`,
  clock: Clock.nameOf(timer.clock_id),
  remainingMicros: micros(timer.vsec, timer.vnsec),
  intervalMicros: micros(timer.isec, timer.insec),
  ...(tellsNobody(timer) ? {} : { signal: Signals.nameOf(timer.si_signo) })
})

/** SIGEV_NONE: who made it asks it how it stands. */
const tellsNobody = ({ it_sigev_notify }: PosixTimerEntry): boolean => it_sigev_notify === 1
