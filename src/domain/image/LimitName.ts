/** The bounds on what a process may use, by name (getrlimit(2)). */

const names = "cpu fsize data stack core rss nproc nofile memlock as locks sigpending msgqueue nice rtprio rttime"
  .split(" ")

/** The name of a bound by its number; what has none is its number. */
export const nameOf = (resource: number): string => names[resource] ?? `${resource}`
