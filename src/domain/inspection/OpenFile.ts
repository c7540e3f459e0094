/** Open files that hold or carry bytes: those with a name, pipes, terminals, and files in memory; what every open file has. */
import * as Schema from "effect/Schema"

/** A descriptor of a process. */
export const Holder = Schema.Struct({ pid: Schema.Number, descriptor: Schema.Number }).annotations({
  identifier: "Holder"
})
/** A descriptor of a process. */
export type Holder = typeof Holder.Type

/** What every open file has. */
export const common = {
  /** CRIU's id of it: descriptors with one id share position and flags. */
  id: Schema.Number
}

/** How a file was opened. */
export const opened = {
  ...common,
  /** `read`, `write`, `read-write`, or `none` of a path alone. */
  access: Schema.String,
  /** In words, such as `append`; what has none is left out. */
  flags: Schema.Array(Schema.String)
}

/** A file, folder or device with a name. */
export const RegularFile = Schema.Struct({
  kind: Schema.Literal("regular"),
  ...opened,
  path: Schema.String,
  /** `file`, `folder`, `character-device`, `block-device`, `fifo`, `socket`; absent where the image does not tell. */
  type: Schema.optional(Schema.String),
  /** Permissions in octal, such as `0644`. */
  permissions: Schema.optional(Schema.String),
  position: Schema.Number,
  /** As it was at the dump; a restore fails where it is another one. */
  size: Schema.optional(Schema.Number),
  /** The id of the mount that it is on. */
  mount: Schema.optional(Schema.Number),
  /** The name was gone: the images bring the file, or another name of it. */
  isRemoved: Schema.Boolean
}).annotations({ identifier: "RegularFile" })
/** A file, folder or device with a name. */
export type RegularFile = typeof RegularFile.Type

/** One end of a pipe, or of a fifo, which is a pipe with a name. */
export const Pipe = Schema.Struct({
  kind: Schema.Literal("pipe", "fifo"),
  ...opened,
  /** The id of the pipe: its ends have the same. */
  pipe: Schema.Number,
  /** Of a fifo. */
  path: Schema.optional(Schema.String),
  /** What was written and not read, in bytes. */
  buffered: Schema.Number,
  /** The descriptors of its other ends; those of the same end, shared, are not among them. */
  peers: Schema.Array(Holder)
}).annotations({ identifier: "Pipe" })
/** One end of a pipe. */
export type Pipe = typeof Pipe.Type

/** A terminal, or the master of one. */
export const Terminal = Schema.Struct({
  kind: Schema.Literal("terminal"),
  ...opened,
  /** `pty`, `console`, `vt`, `current`, `external`, `serial`. */
  type: Schema.optional(Schema.String),
  /** Its path, such as `/dev/pts/0`. */
  path: Schema.optional(Schema.String),
  /** The number of a pseudoterminal. */
  index: Schema.optional(Schema.Number),
  /** The session that it controls; zero where there is none. */
  session: Schema.optional(Schema.Number),
  /** The group in its foreground. */
  foreground: Schema.optional(Schema.Number),
  rows: Schema.optional(Schema.Number),
  columns: Schema.optional(Schema.Number)
}).annotations({ identifier: "Terminal" })
/** A terminal. */
export type Terminal = typeof Terminal.Type

/** A file in memory (memfd_create(2)). */
export const MemoryFile = Schema.Struct({
  kind: Schema.Literal("memfd"),
  ...opened,
  name: Schema.optional(Schema.String),
  position: Schema.Number,
  size: Schema.optional(Schema.Number),
  /** By name, such as `write`. */
  seals: Schema.Array(Schema.String),
  /** The id of the shared memory with its content. */
  sharedMemory: Schema.optional(Schema.Number)
}).annotations({ identifier: "MemoryFile" })
/** A file in memory. */
export type MemoryFile = typeof MemoryFile.Type
