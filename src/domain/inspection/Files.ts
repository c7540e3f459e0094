/** What processes have open: their descriptors, with what those refer to, locks, and files whose name was gone. */
import * as Schema from "effect/Schema"
import * as Event from "./EventFile.ts"
import * as Kernel from "./ObjectFile.ts"
import * as File from "./OpenFile.ts"
import * as Socket from "./Socket.ts"

/** What a descriptor refers to. */
export const OpenFile = Schema.Union(
  File.RegularFile,
  File.Pipe,
  Socket.UnixSocket,
  Socket.InternetSocket,
  Socket.NetlinkSocket,
  Socket.PacketSocket,
  Event.EventCounter,
  Event.EventPoll,
  Event.FileWatcher,
  Event.TimerFile,
  Event.SignalFile,
  File.Terminal,
  File.MemoryFile,
  Kernel.ProcessFile,
  Kernel.NamespaceFile,
  Kernel.BpfMap,
  Kernel.TunDevice,
  Kernel.OtherFile
).annotations({ identifier: "OpenFile" })
/** What a descriptor refers to. */
export type OpenFile = typeof OpenFile.Type

/** A descriptor. */
export const Descriptor = Schema.Struct({
  descriptor: Schema.Number,
  closeOnExec: Schema.Boolean,
  file: OpenFile
}).annotations({ identifier: "Descriptor" })
/** A descriptor. */
export type Descriptor = typeof Descriptor.Type

/** The descriptors of one process. */
export const FilesOfProcess = Schema.Struct({
  pid: Schema.Number,
  /** The process shares the table of this one; its descriptors are there. */
  sharedWith: Schema.optional(Schema.Number),
  descriptors: Schema.Array(Descriptor)
}).annotations({ identifier: "FilesOfProcess" })
/** The descriptors of one process. */
export type FilesOfProcess = typeof FilesOfProcess.Type

/** A lock on a file (fcntl(2), flock(2)). */
export const FileLock = Schema.Struct({
  pid: Schema.Number,
  descriptor: Schema.Number,
  path: Schema.optional(Schema.String),
  /** `posix`, `flock`, `open-file`, `lease`; one without a name is its number. */
  type: Schema.String,
  /** `read`, `write`; one without a name is its number. */
  access: Schema.String,
  start: Schema.Number,
  /** Absent where it reaches to the end of the file, wherever that is. */
  length: Schema.optional(Schema.Number)
}).annotations({ identifier: "FileLock" })
/** A lock on a file. */
export type FileLock = typeof FileLock.Type

/** A file whose name was gone while it was open or mapped. */
export const RemovedFile = Schema.Struct({
  /** The id of the open file. */
  id: Schema.Number,
  path: Schema.optional(Schema.String),
  /** `ghost`: the images bring it; `linked`: it has another name, which CRIU gave it; `process`: it is in `/proc`. */
  how: Schema.String,
  /** Of a ghost, in bytes. */
  size: Schema.optional(Schema.Number)
}).annotations({ identifier: "RemovedFile" })
/** A file whose name was gone. */
export type RemovedFile = typeof RemovedFile.Type

/** The section `files`. */
export const Files = Schema.Struct({
  processes: Schema.Array(FilesOfProcess),
  locks: Schema.Array(FileLock),
  removed: Schema.Array(RemovedFile)
}).annotations({ identifier: "Files" })
/** The section `files`. */
export type Files = typeof Files.Type
