/**
 * Processes as `/proc` shows them: which incarnation a pid is, whether it lives, what it holds in memory.
 *
 * It looks and never acts. Every answer may be old when it is given.
 */
import * as Effect from "effect/Effect"
import type { ProcessIdentity } from "../../domain/Container.ts"
import * as KernelFile from "./KernelFile.ts"

/** A process as its `stat` line shows it. */
export interface Stat {
  /** One letter, see proc_pid_stat(5); `Z` and `X` have ended. */
  readonly state: string
  readonly session: number
  /** Clock ticks since boot. */
  readonly startTime: number
}

/** Reads a `stat` line (proc_pid_stat(5)): the command in it may hold spaces and parentheses. */
export const parseStat = (line: string): Stat | undefined => {
  const fields = line.slice(line.lastIndexOf(")") + 2).split(" ")
  const [state] = fields
  const session = Number(fields[3])
  const startTime = Number(fields[19])
  return state === undefined || state === "" || !Number.isFinite(startTime) ? undefined : { state, session, startTime }
}

/** A process; `undefined` when there is none of this pid. */
export const stat = (pid: number): Stat | undefined => {
  const line = pid > 0 ? KernelFile.read(`/proc/${pid}/stat`) : undefined
  return line === undefined ? undefined : parseStat(line)
}

/** Whether this is the pid of a process; `/proc` also has folders for the ids of threads, and does not list them. */
export const isProcess = (pid: number): boolean =>
  new RegExp(`^Tgid:\\s+${pid}$`, "m").test(KernelFile.read(`/proc/${pid}/status`) ?? "")

/** Whether the process of this pid still is the one that started then, and has not ended. */
export const isAlive = (pid: number, startTime: number): boolean => {
  const found = stat(pid)
  return found !== undefined && found.startTime === startTime && found.state !== "Z" && found.state !== "X"
}

/** The incarnation of a process that started at a known time. */
export const identify = (pid: number, startTime: number): ProcessIdentity => {
  const bootId = KernelFile.read("/proc/sys/kernel/random/boot_id")?.trim()
  return { pid, startTime, ...(bootId === undefined ? {} : { bootId }) }
}

/** Waits until a process has ended; whether it did within about ten seconds. */
export const awaitEnd = (pid: number, startTime: number): Effect.Effect<boolean> =>
  Effect.gen(function* () {
    for (let turn = 0; turn < 1000; turn++) {
      if (!isAlive(pid, startTime)) return true
      yield* Effect.sleep(turn < 20 ? 2 : 10)
    }
    return false
  })

/** Waits until no process of a session is left; whether that was so within about a minute. */
export const awaitSession = (session: number): Effect.Effect<boolean> =>
  Effect.gen(function* () {
    for (let turn = 0; turn < 2400; turn++) {
      if (inSession(session).length === 0) return true
      yield* Effect.sleep(25)
    }
    return false
  })

/**
 * The memory of processes that a checkpoint of them holds, in bytes: what is their own, and the largest of what
 * they share. Pages of files are not dumped and not counted.
 */
export const residentBytes = (pids: ReadonlyArray<number>): number =>
  sumMemory(pids.map((pid) => parseMemory(KernelFile.read(`/proc/${pid}/status`) ?? "")))

/** What a process has in memory, in bytes. */
export interface Memory {
  readonly own: number
  /** With other processes, some of which may be among those that are counted with it. */
  readonly shared: number
}

/** What processes have in memory together, as {@link residentBytes} counts it. */
export const sumMemory = (all: ReadonlyArray<Memory>): number =>
  all.reduce((sum, one) => sum + one.own, 0) + all.reduce((most, one) => Math.max(most, one.shared), 0)

/** The processes that a process has started and that are still there, and those that these have started. */
export const descendants = (pid: number): ReadonlyArray<number> => {
  const threads = KernelFile.names(`/proc/${pid}/task`) ?? []
  const children = threads.flatMap((thread) =>
    (KernelFile.read(`/proc/${pid}/task/${thread}/children`) ?? "").split(" ").filter((one) => one !== "").map(Number)
  )
  return children.flatMap((child) => [child, ...descendants(child)])
}

/** Reads anonymous and shared memory of a `status` file, in bytes. */
export const parseMemory = (status: string): Memory => ({
  own: kibibytes(status, "RssAnon"),
  shared: kibibytes(status, "RssShmem")
})

/** The first of these processes that another one traces, and that one's name; `undefined` when none is traced. */
export const findTraced = (
  pids: ReadonlyArray<number>
): { readonly pid: number; readonly tracer: string } | undefined => {
  for (const pid of pids) {
    const tracer = Number(/^TracerPid:\s+(\d+)$/m.exec(KernelFile.read(`/proc/${pid}/status`) ?? "")?.[1] ?? 0)
    if (tracer !== 0) return { pid, tracer: KernelFile.read(`/proc/${tracer}/comm`)?.trim() ?? String(tracer) }
  }
  return undefined
}

/** Clock ticks since the machine's start, a hundred a second, as those of {@link Stat.startTime}. */
export const ticks = (): number => Number(KernelFile.read("/proc/uptime")?.split(" ")[0] ?? 0) * 100

/** The pids of a process, in the pid namespace of this one first and in its own last; empty when there is none. */
export const pidsInNamespaces = (pid: number): ReadonlyArray<number> =>
  (/^NSpid:\s+(.*)$/m.exec(KernelFile.read(`/proc/${pid}/status`) ?? "")?.[1] ?? "").split(/\s+/).filter((one) =>
    one !== ""
  ).map(Number)

/** Whether a process is in the pid namespace of this one and runs as root, or as this one does: what else there is may call itself anything. */
export const isTrusted = (pid: number): boolean => {
  const uid = userOf(pid)
  return pidsInNamespaces(pid).length === 1 && (uid === "0" || (uid !== undefined && uid === userOf("self")))
}

/** The arguments of a process, its program's name first; empty when it has ended. */
export const argumentsOf = (pid: number): ReadonlyArray<string> =>
  (KernelFile.read(`/proc/${pid}/cmdline`) ?? "").split("\0").filter((one) => one !== "")

/** The pids of all processes. */
export const all = (): ReadonlyArray<number> =>
  (KernelFile.names("/proc") ?? []).filter((name) => /^\d+$/.test(name)).map(Number)

/** Whether the kernel's files may be read at all: Deno lets a program that may not do everything read none of them. */
export const isReadable = (): boolean => KernelFile.read("/proc/self/stat") !== undefined

/** The id, as this process sees it, that root of a process's user namespace has; `undefined` when that cannot be seen. */
export const mappedRoot = (pid: number, map: "uid_map" | "gid_map"): number | undefined =>
  parseMappedRoot(KernelFile.read(`/proc/${pid}/${map}`) ?? "")

/** Reads a map of user_namespaces(7) for what its id 0 is outside. */
export const parseMappedRoot = (map: string): number | undefined => {
  const found = /^\s*0\s+(\d+)\s+\d+\s*$/m.exec(map)?.[1]
  return found === undefined ? undefined : Number(found)
}

/** The kernel's release, e.g. `6.12.43`. */
export const kernelRelease = (): string | undefined => KernelFile.read("/proc/sys/kernel/osrelease")?.trim()

/** Whether a process is in the same network namespace as this one; `undefined` when that cannot be seen. */
export const sharesNetwork = (pid: number): boolean | undefined => sharesNamespace(pid, "net")

/** Whether a process is in the same namespace of a kind (namespaces(7)) as this one; `undefined` when that cannot be seen. */
export const sharesNamespace = (pid: number, kind: "net" | "mnt" | "pid"): boolean | undefined => {
  const theirs = KernelFile.link(`/proc/${pid}/ns/${kind}`)
  const ours = KernelFile.link(`/proc/self/ns/${kind}`)
  return theirs === undefined || ours === undefined ? undefined : theirs === ours
}

/** The living processes of a session. */
export const inSession = (session: number): ReadonlyArray<number> =>
  (KernelFile.names("/proc") ?? []).flatMap((name) => {
    const found = /^\d+$/.test(name) ? stat(Number(name)) : undefined
    return found?.session === session && found.state !== "Z" && found.state !== "X" ? [Number(name)] : []
  })

/** The user that a process runs as (its effective one). */
const userOf = (pid: number | "self"): string | undefined =>
  /^Uid:\s+\d+\s+(\d+)/m.exec(KernelFile.read(`/proc/${pid}/status`) ?? "")?.[1]

const kibibytes = (status: string, field: string): number => {
  const found = new RegExp(`^${field}:\\s+(\\d+) kB$`, "m").exec(status)
  return found?.[1] === undefined ? 0 : Number(found[1]) * 1024
}
