/** A thread of a process, from its `core` image. */
import type { TaskCoreEntry, ThreadCoreEntry } from "../image/message/Core.ts"
import type { SignalQueueEntry } from "../image/message/Siginfo.ts"
import * as Scheduling from "../image/Scheduling.ts"
import * as Signals from "../image/Signals.ts"
import type { Credentials } from "./Credentials.ts"
import { credentialsOf } from "./credentialsOf.ts"
import type { Thread } from "./Thread.ts"

/**
 * Puts a thread together.
 *
 * @param task of the first thread: the name and, in older images, more is there
 * @param ofProcess the credentials that need not be told again
 */
export const threadOf = (
  tid: number,
  core: ThreadCoreEntry | undefined,
  task: TaskCoreEntry | undefined,
  ofProcess: Credentials | undefined
): Thread => {
  const credentials = core?.creds === undefined || ofProcess === undefined ? undefined : credentialsOf(core.creds)
  return {
    tid,
    name: core?.comm ?? task?.comm ?? "",
    ...(core?.sched_policy === undefined ? {} : {
      scheduling: {
        policy: Scheduling.policyOf(core.sched_policy),
        nice: core.sched_nice ?? 0,
        priority: core.sched_prio ?? 0
      }
    }),
    seccomp: seccompOf(core, task),
    blocked: Signals.namesIn(core?.blk_sigset ?? task?.blk_sigset ?? 0n),
    pending: pendingIn(core?.signals_p),
    ...(credentials === undefined || isSame(credentials, ofProcess) ? {} : { credentials })
  }
}

/** The names of the signals in a queue. */
export const pendingIn = (queue: SignalQueueEntry | undefined): ReadonlyArray<string> =>
  (queue?.signals ?? []).map(({ siginfo }) => Signals.nameOf(Signals.numberIn(siginfo)))

/** In older images it is the process that has it. */
const seccompOf = (core: ThreadCoreEntry | undefined, task: TaskCoreEntry | undefined): string =>
  `${core?.seccomp_mode ?? task?.old_seccomp_mode ?? "disabled"}`

/** Both were made here, in one order. */
const isSame = (a: Credentials, b: Credentials | undefined): boolean => JSON.stringify(a) === JSON.stringify(b)
