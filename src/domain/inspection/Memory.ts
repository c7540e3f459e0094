/** The memory of processes by the kind of its areas, without what is in it. */
import * as Schema from "effect/Schema"
import { MemoryUse } from "./MemoryUse.ts"

/** Areas of one kind. */
export const MemoryOfKind = Schema.Struct({
  ...MemoryUse.fields,
  /** `heap`, `stack`, `anonymous`, `file`, `shared`, `vdso`, … */
  kind: Schema.String,
  areas: Schema.Number
}).annotations({ identifier: "MemoryOfKind" })
/** Areas of one kind. */
export type MemoryOfKind = typeof MemoryOfKind.Type

/** The memory of one process. */
export const MemoryOfProcess = Schema.Struct({
  pid: Schema.Number,
  /** The process has no memory of its own: it shares that of this one. */
  sharedWith: Schema.optional(Schema.Number),
  total: MemoryUse,
  kinds: Schema.Array(MemoryOfKind)
}).annotations({ identifier: "MemoryOfProcess" })
/** The memory of one process. */
export type MemoryOfProcess = typeof MemoryOfProcess.Type

/** Memory that several processes may have, whose content lies apart from theirs. */
export const SharedMemory = Schema.Struct({
  /** Its id, as areas and memfds have it. */
  id: Schema.Number,
  size: Schema.optional(Schema.Number),
  /** The processes that have it mapped. */
  processes: Schema.Array(Schema.Number),
  dumped: Schema.Number,
  inParent: Schema.Number
}).annotations({ identifier: "SharedMemory" })
/** Memory that several processes may have. */
export type SharedMemory = typeof SharedMemory.Type

/** The section `memory`. Everything is in bytes. */
export const Memory = Schema.Struct({
  processes: Schema.Array(MemoryOfProcess),
  shared: Schema.Array(SharedMemory)
}).annotations({ identifier: "Memory" })
/** The section `memory`. */
export type Memory = typeof Memory.Type
