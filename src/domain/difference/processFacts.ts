/** The values of a process that may change, but for its descriptors and its memory. */
import type { Credentials } from "../inspection/Credentials.ts"
import type { Process } from "../inspection/Process.ts"
import type { Thread } from "../inspection/Thread.ts"
import type { Facts } from "./Change.ts"

/**
 * The values of a process. What changes by itself is not among them: the time until a timer fires. Neither is the environment, whose
 * values are nobody's business.
 */
export const factsOf = (process: Process): Facts => {
  const { cgroup, executable, group, name, parent, root, session, state, umask, workingDirectory } = process
  return {
    name,
    state,
    stoppedBy: process.stoppedBy,
    exitCode: process.exitCode,
    killedBy: process.killedBy,
    commandLine: process.commandLine,
    executable,
    workingDirectory,
    root,
    umask,
    parent,
    group,
    session,
    ...(process.credentials === undefined ? {} : credentialFacts(process.credentials)),
    threads: process.threads.map(({ name, tid }) => `${tid} ${name}`),
    ...threadFacts(process.threads),
    pending: process.pending,
    ignored: process.ignored,
    handled: process.handled,
    timers: process.timers.map(({ intervalMicros, name }) => `${name} every ${intervalMicros}`),
    limits: process.limits.map(({ hard, name, soft }) => `${name} ${soft ?? "unlimited"} ${hard ?? "unlimited"}`),
    oomScoreAdjustment: process.oomScoreAdjustment,
    isSubreaper: process.isSubreaper,
    cgroup
  }
}

const credentialFacts = (
  { capabilities, group, groups, label, noNewPrivileges, secureBits, user }: Credentials
): Facts => ({
  userId: ids(user),
  groupId: ids(group),
  groups: groups.map(String),
  effectiveCapabilities: capabilities.effective,
  permittedCapabilities: capabilities.permitted,
  inheritableCapabilities: capabilities.inheritable,
  boundingCapabilities: capabilities.bounding,
  ambientCapabilities: capabilities.ambient,
  secureBits,
  noNewPrivileges,
  label
})

/** One number where all four are the same. */
const ids = ({ effective, filesystem, real, saved }: Credentials["user"]): string =>
  new Set([real, effective, saved, filesystem]).size === 1
    ? `${real}`
    : `${real} (effective ${effective}, saved ${saved}, filesystem ${filesystem})`

/** What is the same for all threads most often: that of each where it is not. */
const threadFacts = (threads: ReadonlyArray<Thread>): Facts => ({
  seccomp: alike(threads, ({ seccomp }) => seccomp),
  scheduling: alike(
    threads,
    ({ scheduling }) => scheduling === undefined ? "" : `${scheduling.policy} ${scheduling.nice} ${scheduling.priority}`
  ),
  blocked: alike(threads, ({ blocked }) => blocked.join(" "))
})

const alike = (threads: ReadonlyArray<Thread>, of: (thread: Thread) => string): ReadonlyArray<string> =>
  new Set(threads.map(of)).size <= 1
    ? threads.slice(0, 1).map(of)
    : threads.map((thread) => `${thread.tid} ${of(thread)}`)
