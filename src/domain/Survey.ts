/**
 * What was seen of the processes of a live container, as plain data: who they are, and what they hold that a checkpoint
 * may stumble over.
 *
 * It says what is there. What that means for a checkpoint is in `Preflight.ts`.
 */

/** How closely processes are looked at: `quick` starts no program and is done in a few milliseconds. */
export type Depth = "quick" | "whole"

/** What was seen. */
export interface Survey {
  readonly depth: Depth
  readonly processes: ReadonlyArray<Process>
  readonly resources: ReadonlyArray<Resource>
  /** What could not be looked at, in words for a person. */
  readonly unseen: ReadonlyArray<string>
  /** The memory that a checkpoint holds, about, in bytes. */
  readonly bytes: number
}

/** A process. */
export interface Process {
  readonly pid: number
  readonly name: string
  readonly session: number
  /** Its effective user, as this machine's first user namespace has it. */
  readonly uid: number
  /** One letter, see proc_pid_stat(5). */
  readonly state: string
}

/** Something that a process holds. */
export type Resource =
  | TcpConnection
  | UnixSocket
  | FileLock
  | DeletedFile
  | Terminal
  | ForeignSession
  | OutsideFile
  | Device
  | HalfPipe
  | ForeignDescriptor
  | RepeatingTimer
  | EventSemaphore
  | Traced
  | NestedNamespace
  | SharedMemory
  | MissingRight
  | LinkedMount
  | RemovedWhenStopped

interface Held {
  readonly pid: number
}

interface HeldOpen extends Held {
  readonly descriptor: number
}

/** A TCP socket that is neither closed nor waits for connections only. */
export interface TcpConnection extends HeldOpen {
  readonly _tag: "TcpConnection"
  /** `Accepting`: it listens, and connections wait to be accepted. `Connected`: any state with another end. */
  readonly state: "Connected" | "Accepting"
  /** Address and port. */
  readonly local: string
  readonly remote: string
}

/** A unix socket with another end. */
export interface UnixSocket extends HeldOpen {
  readonly _tag: "UnixSocket"
  readonly type: "stream" | "datagram" | "seqpacket"
  /** Where the other end is: `elsewhere` is outside, and in a network namespace that the container does not have. */
  readonly peer: "inside" | "outside" | "elsewhere"
  /** The name of either end, where one has one. */
  readonly path?: string
}

/** A lock on a file. */
export interface FileLock extends HeldOpen {
  readonly _tag: "FileLock"
  readonly kind: "POSIX" | "FLOCK" | "OFD" | "LEASE"
  readonly path: string
  /** The same process has the file in its memory (`mmap`), in whatever way; looked up for POSIX locks and leases only. */
  readonly mapped: boolean
}

/** A file that is open or mapped, and whose name is gone. */
export interface DeletedFile extends Held {
  readonly _tag: "DeletedFile"
  /** Absent where the file is mapped only. */
  readonly descriptor?: number
  readonly path: string
  /** What it takes on its device. */
  readonly bytes: number
  /** Other names that it still has. */
  readonly links: number
}

/** A terminal. */
export interface Terminal extends HeldOpen {
  readonly _tag: "Terminal"
  readonly path: string
  /** Where the program is that shows it. */
  readonly from: "inside" | "outside"
}

/** The first process belongs to a session that somebody outside leads. */
export interface ForeignSession extends Held {
  readonly _tag: "ForeignSession"
}

/** A file or folder on a mount that the container does not have. */
export interface OutsideFile extends HeldOpen {
  readonly _tag: "OutsideFile"
  readonly path: string
}

/** A device that CRIU does not know. */
export interface Device extends HeldOpen {
  readonly _tag: "Device"
  readonly path: string
  readonly major: number
  readonly minor: number
}

/** A pipe of which no other process of the container has the other end. */
export interface HalfPipe extends HeldOpen {
  readonly _tag: "HalfPipe"
  readonly end: "read" | "write"
}

/** A descriptor of a kind that CRIU does not know, such as `io_uring` or a socket of the family `vsock`. */
export interface ForeignDescriptor extends HeldOpen {
  readonly _tag: "ForeignDescriptor"
  /** The kind, as the kernel names it. */
  readonly kind: string
}

/** A timerfd that fires again and again. */
export interface RepeatingTimer extends HeldOpen {
  readonly _tag: "RepeatingTimer"
}

/** An eventfd each read of which takes one event (`EFD_SEMAPHORE`). */
export interface EventSemaphore extends HeldOpen {
  readonly _tag: "EventSemaphore"
}

/** Another program traces the process. */
export interface Traced extends Held {
  readonly _tag: "Traced"
  /** The name of that program. */
  readonly tracer: string
}

/** A namespace other than the container's first process has, of a kind that CRIU has only one of. */
export interface NestedNamespace extends Held {
  readonly _tag: "NestedNamespace"
  /** As below `/proc/<pid>/ns`. */
  readonly kind: string
}

/** System V shared memory of the machine's own IPC namespace. */
export interface SharedMemory extends Held {
  readonly _tag: "SharedMemory"
}

/** A right over the process that CRIU needs and would not have. */
export interface MissingRight extends Held {
  readonly _tag: "MissingRight"
  /** As in capabilities(7). */
  readonly right: string
  /** When it is needed. */
  readonly at: "checkpoint" | "restore"
}

/** A mount whose source, as the container was given it, is a symbolic link. */
export interface LinkedMount extends Held {
  readonly _tag: "LinkedMount"
  /** Where it is in the container. */
  readonly destination: string
  readonly source: string
}

/** Its engine removes the container, and what is kept in its root, as soon as it stops. */
export interface RemovedWhenStopped extends Held {
  readonly _tag: "RemovedWhenStopped"
}
