/** The memory of processes by the kind of its areas, without what is in it. */
import * as Schema from "effect/Schema"
import { AreaKind } from "../memory/AreaKind.ts"
import { MemoryUse } from "./MemoryUse.ts"

/** Areas of one kind. */
export const MemoryOfKind = Schema.Struct({
  ...MemoryUse.fields,
  kind: AreaKind,
  areas: Schema.Number
}).annotations({ identifier: "MemoryOfKind" })
/** Areas of one kind. */
export type MemoryOfKind = typeof MemoryOfKind.Type

/** The memory of one process. */
export const MemoryOfProcess = Schema.Struct({
  pid: Schema.Number,
  /** What it shares with others included. */
  total: MemoryUse,
  kinds: Schema.Array(MemoryOfKind)
}).annotations({ identifier: "MemoryOfProcess" })
/** The memory of one process. */
export type MemoryOfProcess = typeof MemoryOfProcess.Type

/** Memory that several processes may have, whose content lies apart from theirs. */
export const SharedMemory = Schema.Struct({
  /** Its id, as areas and memfds have it. */
  id: Schema.Number,
  /** The pids of those that have it mapped. */
  processes: Schema.Array(Schema.Number),
  dumped: MemoryUse.fields.dumped,
  parent: MemoryUse.fields.parent,
  lazy: MemoryUse.fields.lazy,
  missing: MemoryUse.fields.missing
}).annotations({ identifier: "SharedMemory" })
/** Memory that several processes may have. */
export type SharedMemory = typeof SharedMemory.Type

/** The section `memory`. Everything is in bytes. */
export const Memory = Schema.Struct({
  /** Of those that have memory: a zombie has none. */
  processes: Schema.Array(MemoryOfProcess),
  shared: Schema.Array(SharedMemory)
}).annotations({ identifier: "Memory" })
/** The section `memory`. */
export type Memory = typeof Memory.Type
