/**
 * CRIU's log, read for the one line that says why it failed, and for the option that would cure it.
 *
 * Pure. Every row of the table is tried on lines that CRIU wrote, except that of `Timeout`, which is read from its source. Its
 * words are those of `Obstacle`, which a look beforehand shares.
 */
import * as Obstacle from "../../domain/Obstacle.ts"

/** Why CRIU failed. */
export type Verdict = Omit<Obstacle.Obstacle, "option">

/** How a log ends. `Broken`: CRIU itself was ended in the middle. */
export type Ending = "Succeeded" | "Failed" | "Broken"

/** Reads a log for the reason of a failure. */
export const classify = (log: string): Verdict => {
  const errors = log.split("\n").filter(isError)
  for (const line of errors) {
    for (const row of table) {
      const found = row.pattern.exec(line)
      if (found !== null) {
        const { option: _, ...verdict } = row.read(found)
        return verdict
      }
    }
  }
  const absent = /No ((?:inventory|pstree|core-\d+|mm-\d+)\.img) image/.exec(log)?.[1]
  if (absent !== undefined && errors.every(isConsequence)) {
    return { reason: "FileMissing", detail: `the checkpoint's image "${absent}" is missing` }
  }
  const last = errors.findLast((line) => !isConsequence(line)) ?? errors.at(-1)
  return { reason: "Unknown", detail: last === undefined ? "CRIU's log does not say why" : text(last) }
}

/** How a log ends. */
export const ending = (log: string): Ending =>
  /Dumping finished successfully|Restore finished successfully|Pre-dumping finished successfully/.test(log)
    ? "Succeeded"
    : /(Dumping|Pre-dumping|Restoring) FAILED/.test(log)
    ? "Failed"
    : "Broken"

/** The processes that a restore has made, as its log tells of each (CRIU's `fork_with_pid`): the pid as CRIU sees it, and in its namespace. */
export const made = (log: string): ReadonlyArray<{ readonly real: number; readonly virtual: number }> =>
  [...log.matchAll(/PID: real (\d+) virt (\d+)/g)].map(([, real, virtual]) => ({
    real: Number(real),
    virtual: Number(virtual)
  }))

/** The last lines of a log. */
export const tail = (log: string, lines = 20): string => log.trimEnd().split("\n").slice(-lines).join("\n")

const isError = (line: string): boolean => head.test(line) && !harmless.test(line)

/** The time, who writes, and the place in CRIU's source; what CRIU runs within a process may tell no time. */
const head = /^(?:\([\d.]+\))?\s*(?:pie: )?(?:\w+: )?Error \([^)]*\):\s*/

/** It is written wherever the right to raise limits is missing, and is without consequence. */
const harmless = /Can't setup RLIMIT_\w+ for self/

/** Lines that only say that something before them failed. */
const isConsequence = (line: string): boolean =>
  /(Dumping|Pre-dumping|Restoring) FAILED|Dump (files|mm|task|core|fs|itimers)? ?\(pid: \d+\) failed|killed by signal|exited, status|Unexpected EOF on \(empty-image\)|Unable to open fd=\d+ id=|cgroupd: recv req error/
    .test(line)

/** A line without its time and place in CRIU's source. */
const text = (line: string): string => line.replace(head, "").trim()

interface Row {
  readonly pattern: RegExp
  readonly read: (found: RegExpExecArray) => Obstacle.Obstacle
}

const table: ReadonlyArray<Row> = [
  { pattern: /Connected TCP socket, consider using/, read: () => Obstacle.establishedTcp() },
  { pattern: /In-flight connection/, read: () => Obstacle.waitingTcp() },
  { pattern: /External socket is used\. Consider using/, read: () => Obstacle.externalDatagram() },
  { pattern: /half of stream unix connection/, read: () => Obstacle.externalStream() },
  { pattern: /Unix socket \d+ without peer \d+/, read: () => Obstacle.foreignSocket() },
  {
    pattern: /unix: Can't connect \d+ socket: (.*)/,
    read: ([, why]) => ({
      reason: "ExternalUnixSocket",
      detail: `it had a unix socket whose other end was outside of it, and that cannot be reached (${why})`,
      hint: "start the other end again, bound to a whole path: CRIU finds no other"
    })
  },
  { pattern: /Can't retrieve FDs from socket/, read: () => Obstacle.untransferable() },
  { pattern: /Some file locks are hold by dumping tasks/, read: () => Obstacle.fileLock() },
  {
    pattern: /The root process (\d+) is not a session leader/,
    read: ([, pid]) => Obstacle.foreignSession(pid)
  },
  {
    pattern: /Found slave peer index \d+ without correspond master peer/,
    read: () => Obstacle.terminal()
  },
  {
    pattern: /inet: Unsupported proto 262 for socket|Unknown socket collected \((family \d+)\)/,
    read: ([, family = "multipath TCP"]) => Obstacle.unknownSocket(family)
  },
  {
    pattern: /Can't dump ghost file (.*) of (\d+) size, increase limit/,
    read: ([, path, size]) => Obstacle.ghostFile(path, size)
  },
  { pattern: /Can't create link remap for (.*)\. Use/, read: ([, path]) => Obstacle.lostName(path) },
  {
    pattern: /Can't dump file (\d+) of that type \[\d+\] \((.*)\)/,
    read: ([, fd, what]) => Obstacle.unknownDescriptor(fd, what)
  },
  {
    pattern: /Can't dump nested (\w+) namespace for (\d+)/,
    read: ([, kind, pid]) => Obstacle.nestedNamespace(pid, kind)
  },
  {
    pattern: /Task (\d+) with SysVIPC shmem map @\w+ doesn't live in IPC ns/,
    read: ([, pid]) => Obstacle.sharedMemory(pid)
  },
  {
    pattern: /No space left on device/,
    read: () => ({
      reason: "NoSpace",
      detail: "no space is left on the device of the checkpoint",
      hint: "make room or choose another checkpoint directory"
    })
  },
  {
    pattern: /File (.*) has bad (size|mode) (\S+) \(expect (\S+)\)/,
    read: ([, path, what, now, then]) => ({
      reason: "FileChanged",
      detail: `the file "${path}" that it holds open has changed since the checkpoint (${what} ${now}, was ${then})`,
      hint: "put the file back as it was"
    })
  },
  {
    pattern: /File (.*) has bad build-ID/,
    read: ([, path]) => ({
      reason: "FileChanged",
      detail: `the program or library "${path}" has changed since the checkpoint`,
      hint: "put the file back as it was"
    })
  },
  {
    pattern: /Can't open file (\S+) on restore|Can't open (?:file )?(\S+): No such file or directory/,
    read: ([, path, other]) => ({
      reason: "FileMissing",
      detail: `the file "${path ?? other}" that it holds open is gone`,
      hint: "put the file back as it was"
    })
  },
  {
    pattern: /unix: Can't bind id \w+ ino \d+ addr (\S+): No such file or directory/,
    read: ([, path]) => ({
      reason: "FileMissing",
      detail: `the folder of its socket "${path}" is gone`,
      hint: "put the folder back"
    })
  },
  {
    pattern: /fsnotify: Unable to open (\S+): No such file or directory/,
    read: ([, path]) => ({
      reason: "FileMissing",
      detail: `the file or folder "${path}" that it watches is gone`,
      hint: "put it back"
    })
  },
  {
    pattern: /Cgroup dir (\S+) doesn't exist|Can't move \d+ into (\S+)\/cgroup\.procs.*: No such file/,
    read: ([, path, other]) => ({
      reason: "FileMissing",
      detail: `the control group "${path ?? other}" that it was in is gone`,
      hint: 'make it again, or use option "manageCgroupsMode" with "ignore"'
    })
  },
  {
    pattern: /Can't fork for (\d+): File exists/,
    read: ([, pid]) => ({ reason: "PidConflict", detail: `the process id ${pid} is in use` })
  },
  {
    pattern: /Unable to create a thread: -17/,
    read: () => ({ reason: "PidConflict", detail: "the id of one of its threads is in use" })
  },
  {
    pattern: /inet: Connected TCP socket in image/,
    read: () => ({
      reason: "EstablishedTcp",
      detail: "it has a TCP connection that was established, or was about to be",
      hint: 'use option "tcpEstablished" to keep it or "tcpClose" to drop it'
    })
  },
  {
    pattern: /A session leader of (\d+)\(\d+\) is outside of its pid namespace/,
    read: ([, pid]) => ({
      reason: "ExternalResource",
      detail: `its process ${pid} belongs to a session of another pid namespace`,
      hint: "start it in a session of its own (setsid)"
    })
  },
  {
    pattern: /pidfd: pidfd pid (\d+) is not a part of process tree/,
    read: ([, pid]) => ({
      reason: "Unsupported",
      detail: `it has a pidfd of process ${pid}, which is outside of it`,
      hint: "close it first"
    })
  },
  {
    pattern: /tun: Net namespace is required to dump tun link/,
    read: () => ({
      reason: "Unsupported",
      detail: "it has a tun device and no network namespace of its own"
    })
  },
  {
    pattern: /can't dump unprivileged task whose \/proc doesn't belong to it/,
    read: () => ({
      reason: "Unsupported",
      detail: "it has a user and a pid namespace of its own, and the /proc of another",
      hint: "mount a /proc of its own in it"
    })
  },
  {
    pattern: /Unable to detach from (\d+): No such process/,
    read: ([, pid]) => ({ reason: "ContainerGone", detail: `its process ${pid} ended while it was being checkpointed` })
  },
  { pattern: /Can't lookup mount=\d+ for fd=(\S+) path=(\S+)/, read: ([, fd, path]) => Obstacle.outside(fd, path) },
  {
    pattern: /mnt: \d+:(\S+) doesn't have a proper root mount/,
    read: ([, path]) => ({
      reason: "ExternalResource",
      detail: `its mount "${path}" comes from outside of it and is not in its specification`
    })
  },
  {
    pattern: /zombie (\d+) \(comm (.+)\) found while seizing/,
    read: ([, pid, name]) => ({
      reason: "Traced",
      detail: `its process ${pid} (${name}) is traced by another program, such as another CRIU`
    })
  },
  {
    pattern: /Unseizable non-zombie (\d+) found/,
    read: ([, pid]) => ({
      reason: "Traced",
      detail: `its process ${pid} is traced by another program, such as a debugger`,
      hint: "end the tracing first"
    })
  },
  {
    pattern: /Timeout reached\. Try to interrupt/,
    read: () => ({
      reason: "Timeout",
      detail: "CRIU could not freeze its tasks in time",
      hint: 'use a longer "timeout"'
    })
  },
  {
    pattern: /Unexpected rt vDSO area bounds|Can't get 1:16 opt/,
    read: () => ({
      reason: "KernelUnsupported",
      detail: "this CRIU is too old for this kernel",
      hint: "install a newer CRIU"
    })
  },
  {
    pattern: /Can't open sysctl (\S+): Permission denied/,
    read: ([, setting]) => ({
      reason: "Permission",
      detail: `the setting "${setting}" of its IPC namespace may be written by root alone`,
      hint: "restore it as root"
    })
  },
  {
    pattern: /Can't get rlimit|PTRACE_SEIZE.*not permitted|Operation not permitted/,
    read: () => Obstacle.missingRight()
  },
  {
    pattern: /cr-service\.c:\d+\): Can't send response: Broken pipe/,
    read: () => ({
      reason: "CriuKilled",
      detail: "the program that had started CRIU was ended in the middle by somebody else"
    })
  }
]
