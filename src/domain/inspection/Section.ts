/** The sections of an inspection: what of a checkpoint is to be looked into. The overview is always there. */
import * as Schema from "effect/Schema"

/** The sections, in the order in which they are shown. */
export const sections = [
  "processes",
  "memory",
  "files",
  "mounts",
  "namespaces",
  "cgroups",
  "statistics",
  "images"
] as const

/** A section of an inspection. */
export const Section = Schema.Literal(...sections).annotations({ identifier: "Section" })
/** A section of an inspection. */
export type Section = typeof Section.Type
