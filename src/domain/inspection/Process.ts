/** A process as the images have it. */
import * as Schema from "effect/Schema"
import { Credentials } from "./Credentials.ts"
import { MemoryUse } from "./MemoryUse.ts"
import { Thread } from "./Thread.ts"
import { Timer } from "./Timer.ts"

/** A bound on what a process may use (getrlimit(2)); absent where there is none. */
export const Limit = Schema.Struct({
  /** Such as `nofile`. */
  name: Schema.String,
  soft: Schema.optional(Schema.Number),
  hard: Schema.optional(Schema.Number)
}).annotations({ identifier: "Limit" })
/** A bound on what a process may use. */
export type Limit = typeof Limit.Type

/** A variable of the environment; its value is there only when it was asked for. */
export const Variable = Schema.Struct({
  name: Schema.String,
  value: Schema.optional(Schema.String)
}).annotations({ identifier: "Variable" })
/** A variable of the environment. */
export type Variable = typeof Variable.Type

/** A process. Pids are those of the images: the innermost namespace's, as CRIU saw it. */
export const Process = Schema.Struct({
  pid: Schema.Number,
  /** Zero where it is not among the processes. */
  parent: Schema.Number,
  group: Schema.Number,
  session: Schema.Number,
  /** As `/proc/PID/comm` had it; empty where its image does not read. */
  name: Schema.String,
  /** `running` is whatever runs or sleeps; `unknown` where its image does not read; one without a name is its number. */
  state: Schema.String,
  /** Of a stopped one: the signal that stopped it, by name. */
  stoppedBy: Schema.optional(Schema.String),
  /** Of a zombie that ended by itself. */
  exitCode: Schema.optional(Schema.Number),
  /** Of a zombie that a signal ended, by name. */
  killedBy: Schema.optional(Schema.String),
  threads: Schema.Array(Thread),
  /** From its memory; absent where that is not in the images. */
  commandLine: Schema.optional(Schema.Array(Schema.String)),
  /** From its memory; absent where that is not in the images. */
  environment: Schema.optional(Schema.Array(Variable)),
  /** What it shares with others included; absent where its areas do not read. */
  memory: Schema.optional(MemoryUse),
  executable: Schema.optional(Schema.String),
  workingDirectory: Schema.optional(Schema.String),
  root: Schema.optional(Schema.String),
  /** In octal, such as `0022`. */
  umask: Schema.optional(Schema.String),
  credentials: Schema.optional(Credentials),
  /** Signals by name that were sent to the process and not taken. */
  pending: Schema.Array(Schema.String),
  /** Signals by name that it ignores. */
  ignored: Schema.Array(Schema.String),
  /** Signals by name that it handles. */
  handled: Schema.Array(Schema.String),
  timers: Schema.Array(Timer),
  limits: Schema.Array(Limit),
  oomScoreAdjustment: Schema.optional(Schema.Number),
  /** Whether orphans below it become its children. */
  isSubreaper: Schema.Boolean,
  /** The path of its cgroup in the unified hierarchy, else in the first one; absent where that is not in the images. */
  cgroup: Schema.optional(Schema.String),
  /** CRIU's ids of its namespaces by their kind, such as `pid`; processes with one id share it. */
  namespaces: Schema.Record({ key: Schema.String, value: Schema.Number })
}).annotations({ identifier: "Process" })
/** A process. */
export type Process = typeof Process.Type
