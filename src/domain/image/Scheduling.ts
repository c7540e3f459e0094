/** How the kernel schedules a thread, in words (sched(7)). */

const policies: Readonly<Record<number, string>> = {
  0: "other",
  1: "fifo",
  2: "round-robin",
  3: "batch",
  5: "idle",
  6: "deadline"
}

/** The word for `sched_policy`; what has none is its number. */
export const policyOf = (policy: number): string => policies[policy] ?? `${policy}`
