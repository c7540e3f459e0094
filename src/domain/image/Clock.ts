/** The clocks of the kernel by name (clock_gettime(2)). */

const names: Readonly<Record<number, string>> = {
  0: "realtime",
  1: "monotonic",
  2: "process-cpu",
  3: "thread-cpu",
  4: "monotonic-raw",
  5: "realtime-coarse",
  6: "monotonic-coarse",
  7: "boottime",
  8: "realtime-alarm",
  9: "boottime-alarm",
  11: "tai"
}

/** The name of a clock; what has none is its number. */
export const nameOf = (clock: number): string => names[clock] ?? `${clock}`
