/**
 * A container's control group: whether it stands still, and which processes are in it.
 *
 * It reads both versions of the kernel's interface, and changes nothing but by {@link freeze}, {@link thaw}, {@link kill},
 * {@link keepFrozen} and {@link bringBack}.
 */
import process from "node:process"
import * as KernelFile from "./KernelFile.ts"

/** The cgroup of a process that can be frozen, as a folder: the one tree of version 2, else the freezer's of version 1. */
export const of = (pid: number): string | undefined => {
  const lines = (KernelFile.read(`/proc/${pid}/cgroup`) ?? "").split("\n")
  const unified = lines.find((line) => line.startsWith("0::"))?.slice(3)
  if (unified !== undefined && KernelFile.exists(`/sys/fs/cgroup${unified}/cgroup.freeze`)) {
    return `/sys/fs/cgroup${unified}`
  }
  const freezer = lines.find((line) => line.split(":")[1] === "freezer")?.split(":").slice(2).join(":")
  return freezer === undefined || !KernelFile.exists(`/sys/fs/cgroup/freezer${freezer}/freezer.state`)
    ? undefined
    : `/sys/fs/cgroup/freezer${freezer}`
}

/** Whether a cgroup is frozen or about to be (version 2: `cgroup.freeze`; version 1: `freezer.state`). */
export const isFrozen = (path: string): boolean => {
  const version2 = KernelFile.read(`${path}/cgroup.freeze`)
  if (version2 !== undefined) return version2.trim() === "1"
  const version1 = KernelFile.read(`${path}/freezer.state`)?.trim()
  return version1 === "FROZEN" || version1 === "FREEZING"
}

/** The nearest cgroup that is frozen, of a cgroup and those that it is in; `undefined` where none of them is. */
export const holder = (path: string): string | undefined => {
  if (!path.startsWith(`${mount}/`)) return undefined
  return isFrozen(path) ? path : holder(path.slice(0, path.lastIndexOf("/")))
}

/** Whether the processes of a cgroup stand still, for it or one that it is in is frozen. */
export const isHeld = (path: string): boolean => holder(path) !== undefined

/** The cgroup in a path whose own name bears a text, such as a container's id; `undefined` where none does. */
export const named = (path: string, text: string): string | undefined => {
  const at = path.indexOf("/", path.indexOf(text))
  return !path.includes(text) ? undefined : at < 0 ? path : path.slice(0, at)
}

/** Has a cgroup frozen, at once and as far as it lets us: {@link isFrozen} tells whether it did. */
export const freeze = (path: string): void => {
  if (KernelFile.exists(`${path}/cgroup.freeze`)) KernelFile.write(`${path}/cgroup.freeze`, "1")
  else if (KernelFile.exists(`${path}/freezer.state`)) KernelFile.write(`${path}/freezer.state`, "FROZEN")
}

/** Lets a frozen cgroup go on, as far as it lets us. */
export const thaw = (path: string): void => {
  if (KernelFile.exists(`${path}/cgroup.freeze`)) KernelFile.write(`${path}/cgroup.freeze`, "0")
  else if (KernelFile.exists(`${path}/freezer.state`)) KernelFile.write(`${path}/freezer.state`, "THAWED")
}

/**
 * Thaws a frozen cgroup of version 2 and keeps its processes frozen all the same, in one below it: for a runtime that is to freeze
 * it itself, and would not freeze what is frozen. Gives what brings them back, once it has.
 */
export const keepFrozen = (path: string): () => void => {
  const below = `${path}/${kept}`
  if (!KernelFile.makeFolder(below)) return () => {}
  KernelFile.write(`${below}/cgroup.freeze`, "1")
  move(path, below)
  if (own(path).length === 0) thaw(path)
  return () => {
    move(below, path)
    KernelFile.removeFolder(below)
  }
}

/**
 * Brings back what a {@link keepFrozen} that was killed has left, for a container by the pid of its first process: its processes are in
 * their own cgroup again, which is frozen. It does nothing where nothing was left.
 */
export const bringBack = (pid: number): void => {
  const now = of(pid)
  if (now === undefined) return
  const path = now.endsWith(`/${kept}`) ? now.slice(0, -kept.length - 1) : now
  const below = `${path}/${kept}`
  if (!KernelFile.exists(`${below}/cgroup.freeze`)) return
  if (!isFrozen(path)) freeze(path)
  move(below, path)
  KernelFile.removeFolder(below)
}

/** The pids in a cgroup and in those below it. */
export const processes = (path: string): ReadonlyArray<number> => {
  const below = (KernelFile.names(path) ?? []).filter((name) => KernelFile.exists(`${path}/${name}/cgroup.procs`))
  return [...own(path), ...below.flatMap((name) => processes(`${path}/${name}`))]
}

/**
 * Kills every process in a frozen cgroup and in those below it: none of them runs again, and none can have been started
 * meanwhile. With version 1 they end when they are thawed, without a step of their own.
 */
export const kill = (path: string): void => {
  for (const pid of processes(path)) {
    try {
      process.kill(pid, "SIGKILL")
    } catch {
      // It has ended, or may not be killed by us: the runtime will say so.
    }
  }
}

const mount = "/sys/fs/cgroup"

/** The cgroup below a container's own in which its processes are kept frozen. */
const kept = "stasis-frozen"

const move = (from: string, to: string): void => {
  for (const pid of own(from)) KernelFile.write(`${to}/cgroup.procs`, String(pid))
}

const own = (path: string): ReadonlyArray<number> =>
  (KernelFile.read(`${path}/cgroup.procs`) ?? "").split("\n").filter((line) => line !== "").map(Number)
