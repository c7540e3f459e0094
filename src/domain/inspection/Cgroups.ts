/** The cgroups of the processes, with the properties that a restore gives them (cgroups(7)). */
import * as Schema from "effect/Schema"

/** The cgroups that some processes are in: one of each hierarchy. */
const CgroupSet = Schema.Struct({
  id: Schema.Number,
  /** The pids of those in it. */
  processes: Schema.Array(Schema.Number),
  members: Schema.Array(
    Schema.Struct({
      /** The controllers of the hierarchy; empty for the unified one. */
      hierarchy: Schema.String,
      path: Schema.String
    })
  )
}).annotations({ identifier: "CgroupSet" })

/** A folder of a hierarchy. */
export const CgroupFolder = Schema.Struct({
  /** The controllers of the hierarchy; none for the unified one. */
  controllers: Schema.Array(Schema.String),
  path: Schema.String,
  /** Names with their values, such as `memory.max`. */
  properties: Schema.Array(Schema.Struct({ name: Schema.String, value: Schema.String }))
}).annotations({ identifier: "CgroupFolder" })
/** A folder of a hierarchy. */
export type CgroupFolder = typeof CgroupFolder.Type

/** The section `cgroups`. */
export const Cgroups = Schema.Struct({
  sets: Schema.Array(CgroupSet),
  folders: Schema.Array(CgroupFolder)
}).annotations({ identifier: "Cgroups" })
/** The section `cgroups`. */
export type Cgroups = typeof Cgroups.Type
