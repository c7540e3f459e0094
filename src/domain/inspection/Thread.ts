/** A thread of a process: what is its own and not its process's. */
import * as Schema from "effect/Schema"
import { Credentials } from "./Credentials.ts"

/** How a thread gets the processor (sched(7)). */
const Scheduling = Schema.Struct({
  /** `other`, `fifo`, `round-robin`, `batch`, `idle`, `deadline`; one without a name is its number. */
  policy: Schema.String,
  nice: Schema.Number,
  /** Of the real-time policies; zero of the others. */
  priority: Schema.Number
}).annotations({ identifier: "Scheduling" })

/** A thread. */
export const Thread = Schema.Struct({
  /** Of the first thread the pid. */
  tid: Schema.Number,
  name: Schema.String,
  scheduling: Schema.optional(Scheduling),
  /** `disabled`, `strict`, `filter`; one without a name is its number. */
  seccomp: Schema.String,
  /** Signals by name that it does not take now. */
  blocked: Schema.Array(Schema.String),
  /** Signals by name that were sent to it alone and not taken. */
  pending: Schema.Array(Schema.String),
  /** Where they are others than those of the process. */
  credentials: Schema.optional(Credentials)
}).annotations({ identifier: "Thread" })
/** A thread. */
export type Thread = typeof Thread.Type
