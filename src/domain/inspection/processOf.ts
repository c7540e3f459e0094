/** A process, put together from its images. What one of them would say that is not there is left out. */
import type { CgroupEntry } from "../image/message/Cgroup.ts"
import type { CoreEntry, TaskCoreEntry, TaskKobjIdsEntry } from "../image/message/Core.ts"
import type { FsEntry } from "../image/message/Fs.ts"
import type { PstreeEntry } from "../image/message/Pstree.ts"
import * as LimitName from "../image/LimitName.ts"
import * as NamespaceType from "../image/NamespaceType.ts"
import * as Signals from "../image/Signals.ts"
import * as TaskState from "../image/TaskState.ts"
import { credentialsOf } from "./credentialsOf.ts"
import type { MemoryUse } from "./MemoryUse.ts"
import type { Limit, Process, Variable } from "./Process.ts"
import { pendingIn, threadOf } from "./threadOf.ts"
import { timersOf } from "./timersOf.ts"

/** The images of a process, as far as they could be read. */
export interface ProcessImages {
  readonly entry: PstreeEntry
  readonly core: CoreEntry | undefined
  /** Of the threads besides the first, by their ids. */
  readonly threads: ReadonlyMap<number, CoreEntry>
  readonly ids: TaskKobjIdsEntry | undefined
  readonly fs: FsEntry | undefined
  readonly memory: MemoryUse | undefined
  /** The id of the file that it runs. */
  readonly executableId: number | undefined
  /** From its memory. */
  readonly commandLine: ReadonlyArray<string> | undefined
  readonly environment: ReadonlyArray<Variable> | undefined
}

/** What processes refer to. */
export interface Referred {
  /** The path of an open file, by its id. */
  readonly pathOf: (fileId: number) => string | undefined
  readonly cgroups: CgroupEntry | undefined
}

/** Puts a process together. */
export const processOf = (images: ProcessImages, { cgroups, pathOf }: Referred): Process => {
  const { core, entry, executableId, fs, ids } = images
  const task = core?.tc
  const creds = core?.thread_core?.creds
  const credentials = creds === undefined ? undefined : credentialsOf(creds)
  const ended = task !== undefined && isZombie(task)
  return {
    pid: entry.pid,
    parent: entry.ppid,
    group: entry.pgid,
    session: entry.sid,
    name: task?.comm ?? "",
    state: task === undefined ? "unknown" : stateOf(task),
    ...(task?.stop_signo === undefined || task.stop_signo === 0 ? {} : { stoppedBy: Signals.nameOf(task.stop_signo) }),
    ...(ended ? endOf(task.exit_code) : {}),
    // Of one that has ended CRIU writes the id outside of its namespace.
    threads: (ended ? [] : entry.threads).map((tid) =>
      tid === entry.pid
        ? threadOf(tid, core?.thread_core, task, undefined)
        : threadOf(tid, images.threads.get(tid)?.thread_core, undefined, credentials)
    ),
    ...optional("commandLine", images.commandLine),
    ...optional("environment", images.environment),
    ...optional("memory", images.memory),
    ...optional("executable", executableId === undefined ? undefined : pathOf(executableId)),
    ...optional("workingDirectory", fs === undefined ? undefined : pathOf(fs.cwd_id)),
    ...optional("root", fs === undefined ? undefined : pathOf(fs.root_id)),
    ...optional("umask", fs?.umask === undefined ? undefined : fs.umask.toString(8).padStart(4, "0")),
    ...optional("credentials", credentials),
    pending: pendingIn(task?.signals_s),
    ...dispositionsOf(task),
    timers: task?.timers === undefined ? [] : timersOf(task.timers),
    limits: (task?.rlimits?.rlimits ?? []).map(limitOf),
    ...optional("oomScoreAdjustment", task?.oom_score_adj),
    isSubreaper: task?.child_subreaper ?? false,
    ...optional("cgroup", cgroupOf(core?.thread_core?.cg_set ?? task?.cg_set, cgroups)),
    namespaces: Object.fromEntries(ids === undefined ? [] : NamespaceType.idsOf(ids))
  }
}

/** The value under its key, where there is one. */
const optional = <K extends string, A>(key: K, value: A | undefined): { readonly [P in K]?: A } =>
  // The compiler cannot see that a computed key of a union of one is that key.
  (value === undefined ? {} : { [key]: value }) as { readonly [P in K]?: A }

/** Whether a process has ended: CRIU writes every one that has as dead, and a zombie is what the others see of it. */
export const isZombie = ({ task_state }: TaskCoreEntry): boolean => {
  const state = TaskState.of(task_state)
  return state === "dead" || state === "zombie"
}

const stateOf = (task: TaskCoreEntry): string => {
  const state = TaskState.of(task.task_state)
  return isZombie(task) ? "zombie" : state === "alive" ? "running" : state === "unknown" ? `${task.task_state}` : state
}

/** As wait(2) has it. */
const endOf = (status: number): Pick<Process, "exitCode" | "killedBy"> =>
  (status & 0x7f) === 0 ? { exitCode: (status >> 8) & 0xff } : { killedBy: Signals.nameOf(status & 0x7f) }

/** There are none of the two signals that nobody can handle. */
const dispositionsOf = (task: TaskCoreEntry | undefined): Pick<Process, "handled" | "ignored"> => {
  const signals = Array.from({ length: 64 }, (_, index) => index + 1).filter((signal) => signal !== 9 && signal !== 19)
  const named = (task?.sigactions ?? []).map(({ sigaction }, index) => [signals[index] ?? 0, sigaction] as const)
  const those = (holds: (action: bigint) => boolean) =>
    named.filter(([, action]) => holds(action)).map(([signal]) => Signals.nameOf(signal))
  return { ignored: those((action) => action === 1n), handled: those((action) => action > 1n) }
}

const unlimited = 2n ** 64n - 1n

const limitOf = ({ cur, max }: { readonly cur: bigint; readonly max: bigint }, resource: number): Limit => ({
  name: LimitName.nameOf(resource),
  ...(cur === unlimited ? {} : { soft: Number(cur) }),
  ...(max === unlimited ? {} : { hard: Number(max) })
})

const cgroupOf = (set: number | undefined, cgroups: CgroupEntry | undefined): string | undefined => {
  const members = cgroups?.sets.find(({ id }) => id === set)?.ctls ?? []
  return (members.find(({ name }) => name === "") ?? members[0])?.path
}
