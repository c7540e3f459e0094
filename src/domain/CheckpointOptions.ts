/**
 * What a caller may ask of the operations: plain data that can be sent over a wire.
 *
 * Names and meanings are runc's. Whether a runtime has an option is for its layer to say; what only one
 * world understands is in a type of its own ({@link OciRestoreOptions}, {@link CriuRestoreOptions}).
 */
import * as Schema from "effect/Schema"
import { CheckpointName } from "./CheckpointName.ts"

/**
 * `full` syncs a checkpoint before it is published; `none` leaves that to the kernel: a loss of power within the next half minute
 * may then leave it whole, damaged, or as a folder of its name that is no checkpoint.
 */
export const Durability = Schema.Literal("full", "none")
/** `full` syncs a checkpoint before it is published; `none` leaves that to the kernel. */
export type Durability = typeof Durability.Type

/** How CRIU treats cgroups (`criu --manage-cgroups`). */
export const ManageCgroupsMode = Schema.Literal("soft", "full", "strict", "ignore")
/** How CRIU treats cgroups. */
export type ManageCgroupsMode = typeof ManageCgroupsMode.Type

const flag = Schema.optional(Schema.Boolean)

/** What CRIU is asked for at the dump and, for the same processes, again at the restore. */
const criuFields = {
  /** Keep established TCP connections (they live only if their other end is still there). */
  tcpEstablished: flag,
  /** Drop established TCP connections: the restored program sees them closed. */
  tcpClose: flag,
  /** Allow datagram unix sockets whose other end is outside the container. */
  externalUnixSockets: flag,
  /** Allow processes that are attached to a terminal from outside. */
  shellJob: flag,
  /** Keep file locks. */
  fileLocks: flag,
  /** Allow open files whose name is gone while another name of them is left. */
  linkRemap: flag,
  /** The largest deleted-but-open file to carry along, in bytes (CRIU's own default is 1 MiB). */
  ghostLimit: Schema.optional(Schema.Int.pipe(Schema.nonNegative())),
  manageCgroupsMode: Schema.optional(ManageCgroupsMode),
  /** Namespaces that are restored empty; CRIU knows `network`. */
  emptyNamespaces: Schema.optional(Schema.Array(Schema.String))
}

const commonFields = {
  /** The checkpoint directory, absolute; the container's own when absent. */
  checkpointDir: Schema.optional(Schema.String),
  /** Wait for other operations on the container (the default), or fail with `CheckpointBusy`. */
  wait: flag,
  /** The longest wait for other operations and for CRIU to collect the tasks, in milliseconds. */
  timeout: Schema.optional(Schema.Int.pipe(Schema.positive()))
}

/** Options of `create`. */
export const CreateOptions = Schema.Struct({
  ...commonFields,
  ...criuFields,
  /** Let the container go on afterwards; by default it is stopped. */
  leaveRunning: flag,
  durability: Schema.optional(Durability),
  /** The name of the container's last checkpoint, in the same directory, that this one builds on: what changed since is kept. */
  parentPath: Schema.optional(CheckpointName),
  /** Copy the memory of the running container first, so that it is frozen for less time. */
  preDump: flag,
  /** Record a digest of every file of the checkpoint, so that each byte can be verified. */
  seal: flag,
  /**
   * Checkpoint it whatever was found beforehand: what CRIU refuses fails as ever, and what it gets wrong without a word is restored
   * broken.
   */
  force: flag
})
/** Options of `create`. */
export type CreateOptions = typeof CreateOptions.Type

/** What only the OCI runtimes understand at a restore. */
export const OciRestoreOptions = Schema.Struct({
  /** The bundle to restore into; the container's original one when absent. */
  bundle: Schema.optional(Schema.String),
  /** The socket that is handed the container's terminal. */
  consoleSocket: Schema.optional(Schema.String),
  /** A file that is given the restored init's pid. */
  pidFile: Schema.optional(Schema.String),
  /** Where the container's standard output and error go: a file's path; nowhere when absent. */
  stdout: Schema.optional(Schema.String),
  stderr: Schema.optional(Schema.String)
})
/** What only the OCI runtimes understand at a restore. */
export type OciRestoreOptions = typeof OciRestoreOptions.Type

/** What only CRIU's own world, that of plain processes, understands at a restore. */
export const CriuRestoreOptions = Schema.Struct({
  /** Restore into a pid namespace of its own, where the old process ids are free whatever runs on the machine. */
  newPids: flag,
  /** The terminal, by its path, that a process which was attached to one is given. */
  terminal: Schema.optional(Schema.String)
})
/** What only CRIU's own world, that of plain processes, understands at a restore. */
export type CriuRestoreOptions = typeof CriuRestoreOptions.Type

/** Options of `restore`. What CRIU was asked for at the dump is asked for again where nothing is said here. */
export const RestoreOptions = Schema.Struct({
  ...commonFields,
  ...criuFields,
  /** Start the processes at once and bring their memory in behind them; the restore has ended when all of it is in. */
  lazyPages: flag,
  /** Roll a running container back: it is checkpointed first, and returned to when the restore fails. */
  replace: flag,
  oci: Schema.optional(OciRestoreOptions),
  criu: Schema.optional(CriuRestoreOptions)
})
/** Options of `restore`. */
export type RestoreOptions = typeof RestoreOptions.Type

/** Options of `list`, `names`, `get`. */
export const ReadOptions = Schema.Struct({ checkpointDir: commonFields.checkpointDir })
/** Options of `list`, `names`, `get`. */
export type ReadOptions = typeof ReadOptions.Type

/** Options of `remove`. */
export const RemoveOptions = Schema.Struct({ ...commonFields, durability: Schema.optional(Durability) })
/** Options of `remove`. */
export type RemoveOptions = typeof RemoveOptions.Type

/** Options of `seal`. */
export const SealOptions = Schema.Struct({
  ...commonFields,
  durability: Schema.optional(Durability),
  /** Seal it anew even where its files are not what was sealed, or its seal does not read. */
  force: flag
})
/** Options of `seal`. */
export type SealOptions = typeof SealOptions.Type

/** What is asked of CRIU, as one value: the part that dump and restore share. */
export const CriuOptions = Schema.Struct(criuFields)
/** What is asked of CRIU, as one value: the part that dump and restore share. */
export type CriuOptions = typeof CriuOptions.Type

/** The part of the options that CRIU is asked for. */
export const criuOptions = (options: CreateOptions | RestoreOptions): CriuOptions => {
  const chosen: { -readonly [K in keyof CriuOptions]: CriuOptions[K] } = {}
  if (options.tcpEstablished !== undefined) chosen.tcpEstablished = options.tcpEstablished
  if (options.tcpClose !== undefined) chosen.tcpClose = options.tcpClose
  if (options.externalUnixSockets !== undefined) chosen.externalUnixSockets = options.externalUnixSockets
  if (options.shellJob !== undefined) chosen.shellJob = options.shellJob
  if (options.fileLocks !== undefined) chosen.fileLocks = options.fileLocks
  if (options.linkRemap !== undefined) chosen.linkRemap = options.linkRemap
  if (options.ghostLimit !== undefined) chosen.ghostLimit = options.ghostLimit
  if (options.manageCgroupsMode !== undefined) chosen.manageCgroupsMode = options.manageCgroupsMode
  if (options.emptyNamespaces !== undefined) chosen.emptyNamespaces = options.emptyNamespaces
  return chosen
}
