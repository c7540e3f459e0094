/**
 * What of two sides could not be read, and so is not compared: what is not known of one side has neither gone nor come. It is told by
 * the images that were found amiss; which those are, and why, is among the problems of a difference.
 */
import type { Inspection } from "../inspection/Inspection.ts"
import type { Problem } from "../inspection/Problem.ts"
import { descriptorsOf } from "./compareDescriptors.ts"

/** What is not compared. */
export interface Unread {
  /** Which processes there are: those that are on one side only are left out. */
  readonly processes: boolean
  /** Which files are mapped: areas of files are left out. */
  readonly mappedFiles: boolean
  /** A value of a process, by the name of its field. */
  readonly fact: (pid: number, field: string) => boolean
  readonly memory: (pid: number) => boolean
  readonly descriptors: (pid: number) => boolean
  readonly mounts: boolean
  /** The namespaces of a type. */
  readonly namespaces: (type: string) => boolean
  readonly cgroups: boolean
  /** In which cgroups a process is. */
  readonly membership: (pid: number) => boolean
}

/** What of one side could not be read. */
export const unreadOf = (inspection: Inspection, problems: ReadonlyArray<Problem>): Unread => {
  const amiss = new Set(problems.map(({ file }) => file))
  const any = (pattern: RegExp) => [...amiss].some((file) => pattern.test(file))
  const isAmiss = (...files: ReadonlyArray<string>) => files.some((file) => amiss.has(file))
  const processes = new Map((inspection.processes ?? []).map((process) => [process.pid, process]))
  const core = (pid: number) => isAmiss(`core-${pid}.img`, `ids-${pid}.img`)
  const isTreeUnread = inspection.processes === undefined || isAmiss("pstree.img")
  const areIdsUnread = isTreeUnread || isAmiss("inventory.img") || [...processes.keys()].some(core)
  const areFilesUnread = inspection.files === undefined || isAmiss("inventory.img") || any(imagesOfFiles)
  const isSomeTableUnread = any(/^fdinfo-/)
  const tables = new Set(inspection.files?.processes.map(({ pid }) => pid))
  const isMemoryUnread = any(/^(mm|pagemap|pages)-|^parent$/)
  return {
    processes: isTreeUnread,
    mappedFiles: isAmiss("files.img", "memfd.img"),
    fact: (pid, field) => {
      const process = processes.get(pid)
      switch (field) {
        case "parent":
        case "group":
        case "session":
          return false
        case "commandLine":
          return isMemoryUnread && process?.commandLine === undefined
        case "executable":
          return isAmiss(`mm-${pid}.img`, "files.img")
        case "workingDirectory":
        case "root":
        case "umask":
          return isAmiss(`fs-${pid}.img`, "files.img", `core-${pid}.img`)
        case "cgroup":
          return isAmiss(`core-${pid}.img`, "cgroup.img")
        default:
          return isAmiss(`core-${pid}.img`, ...(process?.threads ?? []).map(({ tid }) => `core-${tid}.img`))
      }
    },
    memory: (pid) => isAmiss(`mm-${pid}.img`),
    // Of a table that does not read there is no descriptor.
    descriptors: (pid) =>
      areFilesUnread || (core(pid) && !tables.has(pid)) ||
      (isSomeTableUnread && descriptorsOf(inspection.files ?? none, pid).length === 0),
    mounts: inspection.mounts === undefined || any(/^mountpoints-/),
    namespaces: (type) => inspection.namespaces === undefined || areIdsUnread || any(new RegExp(`^${type}(ns|dev)-`)),
    cgroups: inspection.cgroups === undefined || isAmiss("cgroup.img"),
    membership: core
  }
}

/** What could not be read of one of two sides, or of both. */
export const unreadOfEither = (one: Unread, other: Unread): Unread => ({
  processes: one.processes || other.processes,
  mappedFiles: one.mappedFiles || other.mappedFiles,
  fact: (pid, field) => one.fact(pid, field) || other.fact(pid, field),
  memory: (pid) => one.memory(pid) || other.memory(pid),
  descriptors: (pid) => one.descriptors(pid) || other.descriptors(pid),
  mounts: one.mounts || other.mounts,
  namespaces: (type) => one.namespaces(type) || other.namespaces(type),
  cgroups: one.cgroups || other.cgroups,
  membership: (pid) => one.membership(pid) || other.membership(pid)
})

const none = { processes: [], locks: [], removed: [] }

/** What any descriptor may be told by. */
const imagesOfFiles = /^((files|remap-fpath|pipes-data|fifo-data|sk-queues|tty-info|memfd)\.img$|tcp-stream-)/
