/**
 * What can go wrong: one tagged, serialisable class for one condition, with the data that a program
 * needs and a message that a person can act on.
 *
 * A message says what could not be done, the value in quotes, and the reason, without a trailing period;
 * where a condition is the seed's, the message is the seed's. HTTP statuses are in {@link httpStatus}.
 */
import * as Schema from "effect/Schema"

/** A name that no checkpoint may have. */
export class InvalidCheckpointName extends Schema.TaggedError<InvalidCheckpointName>()("InvalidCheckpointName", {
  checkpoint: Schema.String,
  allowed: Schema.String,
  reason: Schema.Literal("Pattern", "Length", "TrailingDot")
}) {
  override get message(): string {
    switch (this.reason) {
      case "Pattern":
        return `Invalid checkpoint ID (${this.checkpoint}), only ${this.allowed} are allowed`
      case "Length":
        return `Invalid checkpoint ID (${this.checkpoint}), it is ${this.checkpoint.length} bytes long and at most 255 are allowed`
      case "TrailingDot":
        return `Invalid checkpoint ID (${this.checkpoint}), it must not end in a dot`
    }
  }
}

/** A folder that cannot serve as a checkpoint directory. */
export class InvalidCheckpointDirectory
  extends Schema.TaggedError<InvalidCheckpointDirectory>()("InvalidCheckpointDirectory", {
    directory: Schema.String,
    reason: Schema.Literal(
      "Relative",
      "ParentComponent",
      "Root",
      "Malformed",
      "TooLong",
      "Missing",
      "NotADirectory",
      "SymbolicLink",
      "Unreadable",
      "NotAllowed"
    )
  }) {
  override get message(): string {
    return `Cannot use checkpoint directory "${this.directory}": ${directoryReasons[this.reason]}`
  }
}

const directoryReasons: Record<InvalidCheckpointDirectory["reason"], string> = {
  Relative: "it is a relative path, give an absolute one",
  ParentComponent: 'it contains "..", give the path without it',
  Root: "it is the root of the file system, give a folder below it",
  Malformed: "it contains a NUL character or half of a character",
  TooLong: "it is longer than the file system allows",
  Missing: "there is no such folder",
  NotADirectory: "it is not a folder",
  SymbolicLink: "it is a symbolic link, give the folder that it leads to",
  Unreadable: "permission to read it is missing",
  NotAllowed: "it, or a folder on the way to it, can be changed by another user"
}

/** An option that this runtime, this CRIU or this kernel does not have. */
export class OptionUnsupported extends Schema.TaggedError<OptionUnsupported>()("OptionUnsupported", {
  option: Schema.String,
  runtime: Schema.String,
  detail: Schema.String,
  supportedBy: Schema.Array(Schema.String)
}) {
  override get message(): string {
    const by = this.supportedBy.length === 0 ? "" : ` (supported by: ${this.supportedBy.join(", ")})`
    return `Cannot use option "${this.option}" with ${this.runtime}: ${this.detail}${by}`
  }
}

/** No container has this id, name, or id prefix. */
export class ContainerNotFound extends Schema.TaggedError<ContainerNotFound>()("ContainerNotFound", {
  container: Schema.String
}) {
  override get message(): string {
    return `No such container: ${this.container}`
  }
}

/** A prefix that more than one container id starts with. */
export class AmbiguousContainer extends Schema.TaggedError<AmbiguousContainer>()("AmbiguousContainer", {
  container: Schema.String,
  matches: Schema.Array(Schema.String)
}) {
  override get message(): string {
    return `Multiple IDs found with provided prefix: ${this.container} (${this.matches.join(", ")})`
  }
}

/** The container is not there to be frozen. */
export class ContainerNotRunning extends Schema.TaggedError<ContainerNotRunning>()("ContainerNotRunning", {
  container: Schema.String,
  state: Schema.String
}) {
  override get message(): string {
    return `Container ${this.container} not running`
  }
}

/** A name that no process tree may be given. */
export class InvalidContainerName extends Schema.TaggedError<InvalidContainerName>()("InvalidContainerName", {
  container: Schema.String,
  allowed: Schema.String
}) {
  override get message(): string {
    return `Cannot name a process tree "${this.container}": only ${this.allowed} are allowed, at most 128 of them`
  }
}

/** A process tree that lives has the name already, or the processes have another name. */
export class ContainerExists extends Schema.TaggedError<ContainerExists>()("ContainerExists", {
  container: Schema.String,
  /** The root process of the tree that has the name. */
  pid: Schema.Number,
  reason: Schema.Literal("NameTaken", "Tracked")
}) {
  override get message(): string {
    return this.reason === "NameTaken"
      ? `Cannot name a process tree "${this.container}": process ${this.pid} has that name and lives, choose another name ` +
        "or untrack it first"
      : `Cannot track process ${this.pid}: it is tracked as "${this.container}" already, use that name or untrack it first`
  }
}

/** A running container stands where the restored one would. */
export class ContainerRunning extends Schema.TaggedError<ContainerRunning>()("ContainerRunning", {
  container: Schema.String
}) {
  override get message(): string {
    return `Cannot restore container "${this.container}": it is running, stop it first or restore with replace`
  }
}

/** The checkpoint is of another container that had the same id. */
export class ContainerMismatch extends Schema.TaggedError<ContainerMismatch>()("ContainerMismatch", {
  container: Schema.String,
  checkpoint: Schema.String,
  recorded: Schema.String,
  found: Schema.String
}) {
  override get message(): string {
    return `Cannot restore checkpoint "${this.checkpoint}" into container "${this.container}": it was made of another ` +
      `container of that id (${this.recorded}, now ${this.found}), remove that container or name the bundle to restore into`
  }
}

/** The name is taken. */
export class CheckpointExists extends Schema.TaggedError<CheckpointExists>()("CheckpointExists", {
  container: Schema.String,
  checkpoint: Schema.String,
  directory: Schema.String
}) {
  override get message(): string {
    return `Cannot checkpoint container ${this.container}: checkpoint with name "${this.checkpoint}" already exists in ` +
      `"${this.directory}", choose another name or remove it first`
  }
}

/** There is no checkpoint of this name, or what is there is no checkpoint. */
export class CheckpointNotFound extends Schema.TaggedError<CheckpointNotFound>()("CheckpointNotFound", {
  container: Schema.String,
  checkpoint: Schema.String,
  directory: Schema.String,
  detail: Schema.optional(Schema.String)
}) {
  override get message(): string {
    return `Checkpoint "${this.checkpoint}" of container "${this.container}" not found in "${this.directory}"` +
      (this.detail === undefined ? "" : `: ${this.detail}`)
  }
}

/** The checkpoint is there but not whole. */
export class CheckpointDamaged extends Schema.TaggedError<CheckpointDamaged>()("CheckpointDamaged", {
  container: Schema.String,
  checkpoint: Schema.String,
  path: Schema.String,
  detail: Schema.String
}) {
  override get message(): string {
    return `Cannot restore checkpoint "${this.checkpoint}" of container "${this.container}": it is damaged, ` +
      `${this.detail} (in "${this.path}")`
  }
}

/** A checkpoint is not sealed: what is damaged must not look whole for ever after. */
export class SealRefused extends Schema.TaggedError<SealRefused>()("SealRefused", {
  container: Schema.String,
  checkpoint: Schema.String,
  path: Schema.String,
  /** `Damaged`: an image is; `SealBroken`: the files are not those of the seal that it has. */
  reason: Schema.Literal("Damaged", "SealBroken"),
  detail: Schema.String
}) {
  override get message(): string {
    const why = this.reason === "Damaged"
      ? `it is damaged, ${this.detail}`
      : `it is not what was sealed, ${this.detail}; use option "force" to seal it as it is`
    return `Cannot seal checkpoint "${this.checkpoint}" of container "${this.container}": ${why} (in "${this.path}")`
  }
}

/** A path leads to no folder of CRIU's images. */
export class ImagesNotFound extends Schema.TaggedError<ImagesNotFound>()("ImagesNotFound", {
  path: Schema.String,
  reason: Schema.String
}) {
  override get message(): string {
    return `Cannot find images of CRIU in "${this.path}": ${this.reason}`
  }
}

/** An image that is needed is not there, or cannot be what its name says. */
export class ImageUnreadable extends Schema.TaggedError<ImageUnreadable>()("ImageUnreadable", {
  /** The folder. */
  path: Schema.String,
  file: Schema.String,
  reason: Schema.String
}) {
  override get message(): string {
    return `Cannot read the image "${this.file}" in "${this.path}": ${this.reason}`
  }
}

/** No process of these images has this pid, or it has no memory of its own, as a zombie. */
export class ProcessNotFound extends Schema.TaggedError<ProcessNotFound>()("ProcessNotFound", {
  /** The folder. */
  path: Schema.String,
  pid: Schema.Number,
  /** Those that there are. */
  pids: Schema.Array(Schema.Number)
}) {
  override get message(): string {
    const there = this.pids.length === 0 ? "there is none" : `there are ${this.pids.slice(0, 20).join(", ")}` +
      (this.pids.length > 20 ? ` and ${this.pids.length - 20} more` : "")
    return `Cannot find the memory of process ${this.pid} in the images in "${this.path}": ${there}`
  }
}

/** What memory is to be searched for cannot be searched for. */
export class InvalidPattern extends Schema.TaggedError<InvalidPattern>()("InvalidPattern", {
  pattern: Schema.String,
  reason: Schema.String
}) {
  override get message(): string {
    return `Cannot search for "${this.pattern}": ${this.reason}`
  }
}

/** Another operation holds the container or the checkpoint, and the caller asked not to wait; or a checkpoint builds on it. */
export class CheckpointBusy extends Schema.TaggedError<CheckpointBusy>()("CheckpointBusy", {
  container: Schema.String,
  checkpoint: Schema.optional(Schema.String),
  /** The checkpoints that build on it, where that is why. */
  children: Schema.optional(Schema.Array(Schema.String))
}) {
  override get message(): string {
    if (this.children !== undefined) {
      return `Cannot remove checkpoint "${this.checkpoint}" of container "${this.container}": ` +
        `${this.children.map((child) => `"${child}"`).join(", ")} build on it, remove those first`
    }
    const what = this.checkpoint === undefined ? "" : ` or its checkpoint "${this.checkpoint}"`
    return `Container "${this.container}"${what} is held by another operation, try again later or wait for it`
  }
}

/**
 * The container was dumped and stopped, but the checkpoint could not be published: the one copy of the
 * container lies at `path`, and `recover` publishes it.
 */
export class CheckpointUnpublished extends Schema.TaggedError<CheckpointUnpublished>()("CheckpointUnpublished", {
  container: Schema.String,
  checkpoint: Schema.String,
  path: Schema.String,
  detail: Schema.String
}) {
  override get message(): string {
    return `Container ${this.container} was checkpointed and stopped, but checkpoint "${this.checkpoint}" could not be ` +
      `published: ${this.detail}; it is whole in "${this.path}", mend the cause and run recover`
  }
}

/** A program that the operation stands on is missing, or too old for this kernel. */
export class RuntimeUnavailable extends Schema.TaggedError<RuntimeUnavailable>()("RuntimeUnavailable", {
  runtime: Schema.String,
  program: Schema.String,
  detail: Schema.String,
  remedy: Schema.String
}) {
  override get message(): string {
    return `Cannot use "${this.program}": ${this.detail}; ${this.remedy}`
  }
}

/** Why a runtime failed, read from CRIU's log; `Unknown` where the log does not say. */
export const FailureReason = Schema.Literal(
  "EstablishedTcp",
  "ExternalUnixSocket",
  "FileLock",
  "ShellJob",
  "GhostFile",
  "LinkRemap",
  "NoSpace",
  "FileChanged",
  "FileMissing",
  "PidConflict",
  "ExternalResource",
  "Unsupported",
  "LockLost",
  "NamespaceMissing",
  "Permission",
  "Traced",
  "Busy",
  "KernelUnsupported",
  "CriuKilled",
  "ContainerGone",
  "Timeout",
  "ConsoleMissing",
  "MemoryLost",
  "Unknown"
)
/** Why a runtime failed. */
export type FailureReason = typeof FailureReason.Type

/** The runtime or CRIU could not do its part. The container goes on as it was, unless `detail` says otherwise. */
export class RuntimeFailed extends Schema.TaggedError<RuntimeFailed>()("RuntimeFailed", {
  operation: Schema.Literal(
    "checkpoint",
    "restore",
    "pre-dump",
    "pause",
    "resume",
    "stop",
    "inspect",
    "unlock the network of"
  ),
  container: Schema.String,
  runtime: Schema.String,
  reason: FailureReason,
  detail: Schema.String,
  /** The option that would cure it, where one exists. */
  hint: Schema.optional(Schema.String),
  /** The last lines of CRIU's log. */
  log: Schema.optional(Schema.String)
}) {
  override get message(): string {
    const hint = this.hint === undefined ? "" : `; ${this.hint}`
    return `Cannot ${this.operation} container ${this.container}: ${this.detail}${hint}`
  }
}

/** Why our own reading or writing failed. */
export const StorageReason = Schema.Literal(
  "NoSpace",
  "PermissionDenied",
  "ReadOnly",
  "NotFound",
  "AlreadyExists",
  "CrossDevice",
  "Device",
  "Insecure",
  "Other"
)
/** Why our own reading or writing failed. */
export type StorageReason = typeof StorageReason.Type

/** Our own reading or writing failed. */
export class StorageFailed extends Schema.TaggedError<StorageFailed>()("StorageFailed", {
  operation: Schema.String,
  path: Schema.String,
  reason: StorageReason,
  detail: Schema.String
}) {
  override get message(): string {
    return `Cannot ${this.operation} "${this.path}": ${this.detail}`
  }
}

/** A bound on time that the caller set has passed. */
export class TimedOut extends Schema.TaggedError<TimedOut>()("TimedOut", {
  operation: Schema.String,
  container: Schema.String,
  milliseconds: Schema.Number
}) {
  override get message(): string {
    return `Cannot ${this.operation} container ${this.container}: it took longer than ${this.milliseconds} ms`
  }
}

/** When a hook is run: before the freeze, after the dump, after the restore. */
export const HookName = Schema.Literal("beforeFreeze", "afterDump", "afterRestore")
/** When a hook is run. */
export type HookName = typeof HookName.Type

/**
 * A hook failed or took too long. Before the freeze, that cancels the checkpoint; after the dump and after the restore, it undoes
 * nothing and is a warning.
 */
export class HookFailed extends Schema.TaggedError<HookFailed>()("HookFailed", {
  hook: HookName,
  container: Schema.String,
  checkpoint: Schema.String,
  reason: Schema.Literal("Failed", "TimedOut"),
  /** What the hook failed with, on one line; how long it was given. */
  detail: Schema.String
}) {
  override get message(): string {
    const what = `hook "${this.hook}" ${this.reason === "Failed" ? "failed" : "took too long"} (${this.detail})`
    switch (this.hook) {
      case "beforeFreeze":
        return `Cannot checkpoint container "${this.container}" as "${this.checkpoint}": ${what}; it was not frozen, ` +
          "mend the hook or leave it out"
      case "afterDump":
        return `Cannot tell container "${this.container}" of the end of checkpoint "${this.checkpoint}": ${what}; ` +
          "do by hand what it was to do"
      case "afterRestore":
        return `Cannot tell container "${this.container}" of its restore from "${this.checkpoint}": ${what}; ` +
          "do by hand what it was to do"
    }
  }
}

/** The event log could not be written or read. */
export class EventLogFailed extends Schema.TaggedError<EventLogFailed>()("EventLogFailed", {
  operation: Schema.Literal("append", "read", "follow"),
  path: Schema.String,
  detail: Schema.String
}) {
  override get message(): string {
    return `Cannot ${this.operation} the event log "${this.path}": ${this.detail}`
  }
}

/** Every failure of this library, as a schema that encodes to plain data. */
export const CheckpointError = Schema.Union(
  InvalidCheckpointName,
  InvalidCheckpointDirectory,
  OptionUnsupported,
  ContainerNotFound,
  AmbiguousContainer,
  ContainerNotRunning,
  ContainerRunning,
  ContainerMismatch,
  InvalidContainerName,
  ContainerExists,
  CheckpointExists,
  CheckpointNotFound,
  CheckpointDamaged,
  SealRefused,
  ImagesNotFound,
  ImageUnreadable,
  ProcessNotFound,
  InvalidPattern,
  CheckpointBusy,
  CheckpointUnpublished,
  RuntimeUnavailable,
  RuntimeFailed,
  StorageFailed,
  TimedOut,
  HookFailed,
  EventLogFailed
)
/** Every failure of this library. */
export type CheckpointError = typeof CheckpointError.Type

/** The HTTP status of a failure, by the table of the design. */
export const httpStatus = (error: CheckpointError): number =>
  error._tag === "StorageFailed" && error.reason === "NoSpace"
    ? 507
    : error._tag === "HookFailed" && error.reason === "TimedOut"
    ? 504
    : statuses[error._tag]

const statuses: Record<CheckpointError["_tag"], number> = {
  InvalidCheckpointName: 400,
  InvalidCheckpointDirectory: 400,
  OptionUnsupported: 400,
  ContainerNotFound: 404,
  AmbiguousContainer: 400,
  ContainerNotRunning: 409,
  ContainerRunning: 409,
  ContainerMismatch: 409,
  InvalidContainerName: 400,
  ContainerExists: 409,
  CheckpointExists: 409,
  CheckpointNotFound: 404,
  CheckpointDamaged: 500,
  SealRefused: 409,
  ImagesNotFound: 404,
  ImageUnreadable: 500,
  ProcessNotFound: 404,
  InvalidPattern: 400,
  CheckpointBusy: 409,
  CheckpointUnpublished: 500,
  RuntimeUnavailable: 503,
  RuntimeFailed: 500,
  StorageFailed: 500,
  TimedOut: 504,
  HookFailed: 500,
  EventLogFailed: 500
}
