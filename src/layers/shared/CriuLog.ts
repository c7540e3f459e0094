/**
 * CRIU's log, read for the one line that says why it failed, and for the option that would cure it.
 *
 * Pure. Every row of the table is tried on lines that CRIU wrote, except those of `ShellJob`, `PidConflict` and
 * `Timeout`, which are read from its source.
 */
import type { FailureReason } from "../../domain/CheckpointError.ts"

/** Why CRIU failed. */
export interface Verdict {
  readonly reason: FailureReason
  /** What happened, in words for a person. */
  readonly detail: string
  /** What would cure it, where an option or a step does. */
  readonly hint?: string
}

/** How a log ends. `Broken`: CRIU itself was ended in the middle. */
export type Ending = "Succeeded" | "Failed" | "Broken"

/** Reads a log for the reason of a failure. */
export const classify = (log: string): Verdict => {
  const errors = log.split("\n").filter(isError)
  for (const line of errors) {
    for (const row of table) {
      const found = row.pattern.exec(line)
      if (found !== null) {
        const { detail, hint, reason } = row
        return { reason, detail: detail(found), ...(hint === undefined ? {} : { hint }) }
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

/** What it means that a descriptor is of a file on a mount that the container does not have. */
export const outside = (descriptor: number | string | undefined, path: string | undefined): Verdict => ({
  reason: "ExternalResource",
  detail: `its descriptor ${descriptor} is of "${path}", which lies outside of it`
})

/** How a log ends. */
export const ending = (log: string): Ending =>
  /Dumping finished successfully|Restore finished successfully|Pre-dumping finished successfully/.test(log)
    ? "Succeeded"
    : /(Dumping|Pre-dumping|Restoring) FAILED/.test(log)
    ? "Failed"
    : "Broken"

/** The last lines of a log. */
export const tail = (log: string, lines = 20): string => log.trimEnd().split("\n").slice(-lines).join("\n")

const isError = (line: string): boolean => /^\([\d.]+\)\s+(?:\w+: )?Error \(/.test(line) && !harmless.test(line)

/** It is written wherever the right to raise limits is missing, and is without consequence. */
const harmless = /Can't setup RLIMIT_\w+ for self/

/** Lines that only say that something before them failed. */
const isConsequence = (line: string): boolean =>
  /(Dumping|Pre-dumping|Restoring) FAILED|Dump (files|mm|task|core|fs|itimers)? ?\(pid: \d+\) failed|killed by signal|exited, status|cgroupd: recv req error/
    .test(line)

/** A line without its time and place in CRIU's source. */
const text = (line: string): string => line.replace(/^\([\d.]+\)\s+(?:\w+: )?Error \([^)]*\):\s*/, "").trim()

interface Row {
  readonly pattern: RegExp
  readonly reason: FailureReason
  readonly detail: (found: RegExpExecArray) => string
  readonly hint?: string
}

const table: ReadonlyArray<Row> = [
  {
    pattern: /Connected TCP socket, consider using/,
    reason: "EstablishedTcp",
    detail: () => "it has an established TCP connection",
    hint: 'use option "tcpEstablished" to keep it or "tcpClose" to drop it'
  },
  {
    pattern: /External socket is used\. Consider using/,
    reason: "ExternalUnixSocket",
    detail: () => "it has a unix socket whose other end is outside of it",
    hint: 'use option "externalUnixSockets", which keeps sockets of the datagram kind'
  },
  {
    pattern: /half of stream unix connection/,
    reason: "ExternalUnixSocket",
    detail: () => "it has a stream unix socket whose other end is outside of it, which CRIU cannot keep; close it first"
  },
  {
    pattern: /Some file locks are hold by dumping tasks/,
    reason: "FileLock",
    detail: () => "it holds file locks",
    hint: 'use option "fileLocks"'
  },
  {
    pattern: /Consider using --shell-job|Found dangling tty/,
    reason: "ShellJob",
    detail: () => "it is attached to a terminal from outside",
    hint: 'use option "shellJob"'
  },
  {
    pattern: /Can't dump ghost file (.*) of (\d+) size, increase limit/,
    reason: "GhostFile",
    detail: ([, path, size]) => `it holds a deleted file open that is larger than the limit (${path}, ${size} bytes)`,
    hint: 'use option "ghostLimit" with at least that many bytes'
  },
  {
    pattern: /Can't create link remap for (.*)\. Use/,
    reason: "LinkRemap",
    detail: ([, path]) => `it holds a file open whose name is gone (${path}) while another name of it is left`
  },
  {
    pattern: /No space left on device/,
    reason: "NoSpace",
    detail: () => "no space is left on the device of the checkpoint",
    hint: "make room or choose another checkpoint directory"
  },
  {
    pattern: /File (.*) has bad (size|mode) (\S+) \(expect (\S+)\)/,
    reason: "FileChanged",
    detail: ([, path, what, now, then]) =>
      `the file "${path}" that it holds open has changed since the checkpoint (${what} ${now}, was ${then})`,
    hint: "put the file back as it was"
  },
  {
    pattern: /File (.*) has bad build-ID/,
    reason: "FileChanged",
    detail: ([, path]) => `the program or library "${path}" has changed since the checkpoint`,
    hint: "put the file back as it was"
  },
  {
    pattern: /Can't open file (\S+) on restore|Can't open (?:file )?(\S+): No such file or directory/,
    reason: "FileMissing",
    detail: ([, path, other]) => `the file "${path ?? other}" that it holds open is gone`,
    hint: "put the file back as it was"
  },
  {
    pattern: /Pid (\d+) do(?:es)? not match expected|Can't fork for (\d+): File exists/,
    reason: "PidConflict",
    detail: ([, pid, other]) => `the process id ${pid ?? other} is in use`
  },
  {
    pattern: /Can't lookup mount=\d+ for fd=(\S+) path=(\S+)/,
    reason: "ExternalResource",
    detail: ([, fd, path]) => outside(fd, path).detail
  },
  {
    pattern: /mnt: \d+:(\S+) doesn't have a proper root mount/,
    reason: "ExternalResource",
    detail: ([, path]) => `its mount "${path}" comes from outside of it and is not in its specification`
  },
  {
    pattern: /zombie (\d+) \(comm (.+)\) found while seizing/,
    reason: "Traced",
    detail: ([, pid, name]) => `its process ${pid} (${name}) is traced by another program, such as another CRIU`
  },
  {
    pattern: /Timeout reached\. Try to interrupt/,
    reason: "Timeout",
    detail: () => "CRIU could not freeze its tasks in time",
    hint: 'use a longer "timeout"'
  },
  {
    pattern: /Unexpected rt vDSO area bounds|Can't get 1:16 opt/,
    reason: "KernelUnsupported",
    detail: () => "this CRIU is too old for this kernel",
    hint: "install a newer CRIU"
  },
  {
    pattern: /Can't get rlimit|PTRACE_SEIZE.*not permitted|Operation not permitted/,
    reason: "Permission",
    detail: () => "CRIU lacks a right that it needs"
  },
  {
    pattern: /cr-service\.c:\d+\): Can't send response: Broken pipe/,
    reason: "CriuKilled",
    detail: () => "the program that had started CRIU was ended in the middle by somebody else"
  }
]
