/** What the images of a checkpoint come to: how many of what, and how much. */
import * as Schema from "effect/Schema"
import { MemoryUse } from "./MemoryUse.ts"

/** The overview. What could not be counted, because its image does not read, is left out of the counts and named a problem. */
export const Overview = Schema.Struct({
  /** The folder of the images. */
  path: Schema.String,
  /** The version of the layout of the images: 1 up to CRIU 1.8, 2 since; more fields come without a new one. */
  imageVersion: Schema.optional(Schema.Number),
  /** The run of CRIU that made them. */
  runId: Schema.optional(Schema.String),
  /** The machine that the processes ran on, such as `X86_64`. */
  machine: Schema.optional(Schema.String),
  /** The security module of that machine: `none`, `selinux`, `apparmor`. */
  securityModule: Schema.optional(Schema.String),
  /** The process that the others descend from. */
  root: Schema.optional(Schema.Struct({ pid: Schema.Number, name: Schema.String })),
  /** Zombies included. */
  processes: Schema.Number,
  threads: Schema.Number,
  /** Descriptors of all processes; a table that several processes share counts once. */
  descriptors: Schema.Number,
  /** What the descriptors, areas of memory and folders of the processes refer to, sockets included; one that is shared counts once. */
  files: Schema.Number,
  sockets: Schema.Number,
  /** Of all processes; memory that they share is in `size` for each of them, and in the rest once. */
  memory: MemoryUse,
  /** The files in the folder. */
  images: Schema.Struct({ files: Schema.Number, bytes: Schema.Number }),
  /** The folder of the images that these build on. */
  parent: Schema.optional(Schema.String),
  /** How long the processes stood still, in microseconds. */
  frozenMicros: Schema.optional(Schema.Number)
}).annotations({ identifier: "Overview" })
/** The overview. */
export type Overview = typeof Overview.Type
