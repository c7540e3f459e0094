/**
 * Processes as their `status` and namespaces show them, and what stands against a checkpoint in that: another program that
 * traces them, namespaces of their own, rights over them that are missing.
 */
import type { Resource } from "../../domain/Survey.ts"
import * as KernelFile from "./KernelFile.ts"
import * as Proc from "./Proc.ts"

/** A process. */
export interface Status {
  readonly pid: number
  readonly name: string
  readonly state: string
  readonly session: number
  /** The effective user. */
  readonly uid: number
  /** Real, effective and saved ids of user and group, as this process's user namespace has them. */
  readonly ids: ReadonlyArray<number>
  /** The pid of the program that traces it; 0 when none does. */
  readonly tracer: number
  readonly memory: Proc.Memory
}

/** A process; `undefined` when it has ended. */
export const of = (pid: number): Status | undefined => {
  const text = KernelFile.read(`/proc/${pid}/status`)
  const stat = Proc.stat(pid)
  return text === undefined || stat === undefined ? undefined : { pid, session: stat.session, ...parse(text) }
}

/** Reads a `status` file (proc_pid_status(5)). */
export const parse = (text: string): Omit<Status, "pid" | "session"> => {
  const ids = ["Uid", "Gid"].flatMap((name) => field(text, name).split(/\s+/).slice(0, 3).map(Number))
  return {
    name: field(text, "Name"),
    state: field(text, "State").slice(0, 1),
    uid: ids[1] ?? 0,
    ids,
    tracer: Number(field(text, "TracerPid")),
    memory: Proc.parseMemory(text)
  }
}

/** What of it a checkpoint may stumble over. */
export const resources = (processes: ReadonlyArray<Status>, root: number): ReadonlyArray<Resource> => [
  ...processes.flatMap(tracedBy),
  ...missingRights(processes),
  ...nested(processes, root),
  ...processes.flatMap(({ pid, session }): ReadonlyArray<Resource> =>
    pid === root && session !== pid ? [{ _tag: "ForeignSession", pid }] : []
  )
]

/** Those of other processes that a program traces. */
export const traced = (pids: ReadonlyArray<number>): ReadonlyArray<Resource> =>
  pids.flatMap((pid) => {
    const status = of(pid)
    return status === undefined ? [] : tracedBy(status)
  })

const tracedBy = ({ pid, tracer }: Status): ReadonlyArray<Resource> =>
  tracer === 0
    ? []
    : [{ _tag: "Traced", pid, tracer: KernelFile.read(`/proc/${tracer}/comm`)?.trim() ?? String(tracer) }]

/** Limits of another user's process are shown only to who may change them (prlimit(2)), and CRIU asks for them. */
const missingRights = (processes: ReadonlyArray<Status>): ReadonlyArray<Resource> => {
  const self = KernelFile.read("/proc/self/status")
  if (self === undefined || (BigInt(`0x${field(self, "CapEff") || "0"}`) >> sysResource) % 2n === 1n) return []
  const own = parse(self).ids
  const users = KernelFile.link("/proc/self/ns/user")
  return processes.flatMap(({ ids, pid }): ReadonlyArray<Resource> =>
    ids.some((id, at) => id !== own[at < 3 ? 0 : 3]) && KernelFile.link(`/proc/${pid}/ns/user`) === users
      ? [{ _tag: "MissingRight", pid, right: "CAP_SYS_RESOURCE", at: "checkpoint" }]
      : []
  )
}

const sysResource = 24n

/** CRIU keeps several mount and network namespaces, and one of each other kind. */
const nested = (processes: ReadonlyArray<Status>, root: number): ReadonlyArray<Resource> => {
  const own = kinds.map((kind) => KernelFile.link(`/proc/${root}/ns/${kind}`))
  return processes.flatMap(({ pid }) =>
    kinds.flatMap((kind, at): ReadonlyArray<Resource> => {
      const theirs = pid === root ? undefined : KernelFile.link(`/proc/${pid}/ns/${kind}`)
      return theirs === undefined || own[at] === undefined || theirs === own[at]
        ? []
        : [{ _tag: "NestedNamespace", pid, kind: kind.replace("_for_children", "") }]
    })
  )
}

const kinds = ["pid", "user", "ipc", "uts", "time_for_children", "cgroup"] as const

const field = (text: string, name: string): string => new RegExp(`^${name}:\\s*(.*)$`, "m").exec(text)?.[1] ?? ""
