/**
 * What stands against a checkpoint, in words: the same ones whether it was seen beforehand or read from CRIU's log.
 *
 * Pure. A detail begins with "it" or "its", for the container.
 */
import type { FailureReason } from "./CheckpointError.ts"
import type { CreateOptions } from "./CheckpointOptions.ts"

/** Why a checkpoint fails. */
export interface Obstacle {
  readonly reason: FailureReason
  /** What is so, in words for a person. */
  readonly detail: string
  /** What would cure it, where an option or a step does. */
  readonly hint?: string
  /** The option that would cure it. */
  readonly option?: keyof CreateOptions
}

/** A TCP connection with another end. */
export const establishedTcp = (connection?: string): Obstacle => ({
  reason: "EstablishedTcp",
  detail: `it has an established TCP connection${note(connection)}`,
  hint: 'use option "tcpEstablished" to keep it or "tcpClose" to drop it',
  option: "tcpEstablished"
})

/** A TCP connection that the program has not accepted yet. */
export const waitingTcp = (address?: string): Obstacle => ({
  reason: "EstablishedTcp",
  detail: `it has not yet accepted a TCP connection that waits for it${note(address)}`,
  hint: "try again when it has"
})

/** A datagram socket with its other end outside. */
export const externalDatagram = (name?: string): Obstacle => ({
  reason: "ExternalUnixSocket",
  detail: `it has a unix socket whose other end is outside of it${note(name)}`,
  hint: 'use option "externalUnixSockets", which keeps sockets of the datagram kind',
  option: "externalUnixSockets"
})

/** A stream socket with its other end outside. */
export const externalStream = (name?: string): Obstacle => ({
  reason: "ExternalUnixSocket",
  detail: `it has a stream unix socket whose other end is outside of it${note(name)}, which CRIU cannot keep; ` +
    "close it first"
})

/** A socket with its other end in a network namespace that CRIU does not look into. */
export const foreignSocket = (name?: string): Obstacle => ({
  reason: "ExternalUnixSocket",
  detail:
    `it has a unix socket whose other end is in another network namespace${note(name)}, which CRIU cannot keep; ` +
    "close it first"
})

/** A lock on a file. */
export const fileLock = (path?: string): Obstacle => ({
  reason: "FileLock",
  detail: `it holds file locks${path === undefined ? "" : ` on "${path}"`}`,
  hint: 'use option "fileLocks"',
  option: "fileLocks"
})

/** A lock that the restored program would believe to hold, and not have. */
export const lostLock = (path: string): Obstacle => ({
  reason: "LockLost",
  detail:
    `it holds a lock on the file "${path}" that it has mapped into its memory, as SQLite does in WAL mode: CRIU ` +
    "would report success and the restored program would not have the lock",
  hint: 'close the file first, or use option "force" to have the checkpoint all the same',
  option: "force"
})

/** A lease that cannot be taken again: at a restore the file is open more than once. */
export const lostLease = (path: string): Obstacle => ({
  reason: "LockLost",
  detail: `it has a lease on the file "${path}" that it has mapped into its memory: CRIU would report success and no ` +
    "restore of the checkpoint would",
  hint: 'close the file first, or use option "force" to have the checkpoint all the same',
  option: "force"
})

/** A terminal of somebody outside. */
export const terminal = (path?: string): Obstacle => ({
  reason: "ShellJob",
  detail: `it is attached to a terminal from outside${note(path)}`,
  hint: 'use option "shellJob"',
  option: "shellJob"
})

/** A session that goes on without the container. */
export const foreignSession = (pid?: number | string): Obstacle => ({
  reason: "ShellJob",
  detail: `its first process ${pid} belongs to a session from outside`,
  hint: 'use option "shellJob"',
  option: "shellJob"
})

/** A deleted file that is too large to be carried along. */
export const ghostFile = (path: string | undefined, bytes: number | string | undefined): Obstacle => ({
  reason: "GhostFile",
  detail: `it holds a deleted file open that is larger than the limit (${path}, ${bytes} bytes)`,
  hint: 'use option "ghostLimit" with at least that many bytes',
  option: "ghostLimit"
})

/** An open file that has lost the name that it was opened by, and has another one. */
export const lostName = (path: string | undefined): Obstacle => ({
  reason: "LinkRemap",
  detail: `it holds a file open whose name is gone (${path}) while another name of it is left`,
  option: "linkRemap"
})

/** A file on a mount that the container does not have. */
export const outside = (descriptor: number | string | undefined, path: string | undefined): Obstacle => ({
  reason: "ExternalResource",
  detail: `its descriptor ${descriptor} is of "${path}", which lies outside of it`
})

/** A descriptor that CRIU cannot put into a checkpoint. */
export const unknownDescriptor = (descriptor: number | string | undefined, what: string | undefined): Obstacle => ({
  reason: "Unsupported",
  detail: `its descriptor ${descriptor} is of a kind that CRIU does not know (${what})`,
  hint: "close it first"
})

/** A socket that CRIU cannot put into a checkpoint. */
export const unknownSocket = (kind: string): Obstacle => ({
  reason: "Unsupported",
  detail: `it has a socket of a kind that CRIU does not know (${kind})`,
  hint: "close it first"
})

/** A descriptor that CRIU cannot even be handed. */
export const untransferable = (): Obstacle => ({
  reason: "Unsupported",
  detail: "it has a descriptor of a kind that CRIU cannot be handed, such as io_uring",
  hint: "close it first"
})

/** A timer that CRIU restores unset when it fired while the program was frozen: tried with criu 4.2. */
export const repeatingTimer = (descriptor: number): Obstacle => ({
  reason: "Unsupported",
  detail:
    `its descriptor ${descriptor} is a timer that repeats: when it fires while the program is frozen, it never does ` +
    "again after a restore"
})

/** A semaphore that CRIU restores as a counter, without a word: tried with criu 4.2. */
export const eventSemaphore = (descriptor: number): Obstacle => ({
  reason: "Unsupported",
  detail:
    `its descriptor ${descriptor} is an eventfd that is a semaphore: CRIU would report success, and the next read ` +
    "of the restored program would take all events at once",
  hint: 'close it first, or use option "force" to have the checkpoint all the same',
  option: "force"
})

/** Only one program can trace a process: with another one at it, CRIU would freeze the container and wait in vain. */
export const traced = (pid: number, tracer: string): Obstacle =>
  tracer === "criu"
    ? { reason: "Busy", detail: "another program is checkpointing it", hint: "try again when that has ended" }
    : {
      reason: "Traced",
      detail: `its process ${pid} is traced by "${tracer}", such as a debugger`,
      hint: "end the tracing first"
    }

/** A namespace below the container's own. */
export const nestedNamespace = (pid: number | string | undefined, kind: string | undefined): Obstacle => ({
  reason: "Unsupported",
  detail: `its process ${pid} has a ${kind} namespace of its own, of which CRIU keeps only one`
})

/** System V shared memory that others see as well. */
export const sharedMemory = (pid: number | string | undefined): Obstacle => ({
  reason: "Unsupported",
  detail: `its process ${pid} has System V shared memory and no IPC namespace of its own`
})

/** A mount that CRIU would make again from the link itself: tried with criu 4.2, of folders and of files. */
export const linkedMount = (destination: string, source: string): Obstacle => ({
  reason: "ExternalResource",
  detail: `its mount "${destination}" comes from "${source}", which is a symbolic link: CRIU could not restore it`,
  hint: "make the container anew with the path that the link leads to"
})

/** A container that would take its checkpoint with it. */
export const removedWhenStopped: Obstacle = {
  reason: "Unsupported",
  detail: "its engine removes it as soon as it stops, and its checkpoints with it",
  hint: 'use option "leaveRunning", or make the container anew without that (docker run --rm)',
  option: "leaveRunning"
}

/** A right that CRIU lacks. */
export const missingRight = (right?: string): Obstacle => ({
  reason: "Permission",
  detail: `CRIU lacks a right that it needs${note(right)}`,
  ...(right === undefined ? {} : { hint: `run it as root with ${right}, or as the user of the processes` })
})

/** A right that a restore would lack: CRIU takes from processes again what was withheld from them. */
export const unrestorable = (pid: number, right: string): Obstacle => ({
  reason: "Permission",
  detail:
    `capabilities are withheld from its process ${pid}, and to withhold them again at a restore takes ${right}, ` +
    "which CRIU has not here",
  hint: `run it as root, or with ${right} as well`
})

/** A device that is too small; the sizes are in bytes. */
export const noRoom = (needed: number, free: number): Obstacle => ({
  reason: "NoSpace",
  detail: `it holds ${needed} bytes of memory and only ${free} bytes are free`,
  hint: "make room or choose another directory"
})

const note = (text: string | undefined): string => text === undefined ? "" : ` (${text})`
