/** All that is known of a process, in lines for a person; what is as it is by default is left out. */
import type { Credentials } from "../../domain/inspection/Credentials.ts"
import type { Limit, Process } from "../../domain/inspection/Process.ts"
import type { Thread } from "../../domain/inspection/Thread.ts"
import type { Timer } from "../../domain/inspection/Timer.ts"
import { escape } from "../escape.ts"
import * as humanize from "../humanize.ts"
import { fields } from "../table.ts"
import { memoryOf } from "./overview.ts"
import { commandOf, fateOf } from "./processTree.ts"
import type { Pair } from "./record.ts"

/** The lines of one process. Values of its environment are shown where they are there. */
export const processDetails = (process: Process): string =>
  fields([
    ["Process", String(process.pid)],
    ["Name", escape(process.name)],
    ["Command", commandOf(process)],
    ["State", fateOf(process)],
    ["Parent", `${process.parent}, group ${process.group}, session ${process.session}`],
    ...text("Executable", process.executable),
    ...text("Working folder", process.workingDirectory),
    ...text("Root", process.root),
    ...text("Umask", process.umask),
    ...(process.memory === undefined ? [] : [["Memory", memoryOf(process.memory)]] as const),
    ...(process.credentials === undefined ? [] : credentials(process.credentials)),
    ...list("Threads", process.threads.map((thread) => threadLine(thread, process))),
    ...words("Pending signals", process.pending),
    ...words("Ignored signals", process.ignored),
    ...words("Handled signals", process.handled),
    ...list("Timers", process.timers.map(timerLine)),
    ...words("Limits", process.limits.filter(isBound).map(limitWord)),
    ...(process.oomScoreAdjustment ? [["OOM score", String(process.oomScoreAdjustment)]] as const : []),
    ...(process.isSubreaper ? [["Subreaper", "orphans below it become its children"]] as const : []),
    ...text("Cgroup", process.cgroup),
    ...words("Namespaces", Object.entries(process.namespaces).map(([type, id]) => `${type} ${id}`), ", "),
    ...environment(process)
  ])

const text = (name: string, value: string | undefined): ReadonlyArray<Pair> =>
  value === undefined ? [] : [[name, escape(value)]]

const words = (name: string, all: ReadonlyArray<string>, between = " "): ReadonlyArray<Pair> =>
  all.length === 0 ? [] : [[name, escape(all.join(between))]]

const list = (name: string, lines: ReadonlyArray<string>): ReadonlyArray<Pair> =>
  lines.map((line, index) => [index === 0 ? name : "", escape(line)])

const credentials = ({ capabilities, group, groups, label, noNewPrivileges, secureBits, user }: Credentials) => [
  ...words("User", [idsOf(user)]),
  ...words("Group", [idsOf(group)]),
  ...words("Other groups", groups.map(String)),
  ...words("Capabilities", capabilities.effective),
  ...(same(capabilities.permitted, capabilities.effective) ? [] : words("Permitted", capabilities.permitted)),
  ...words("Inheritable", capabilities.inheritable),
  ...words("Ambient", capabilities.ambient),
  ...words("Secure bits", secureBits),
  ...(noNewPrivileges ? words("No new privileges", ["yes"]) : []),
  ...text("Label", label)
]

const same = (a: ReadonlyArray<string>, b: ReadonlyArray<string>): boolean => a.join() === b.join()

/** Ids, once where they are all the same. */
export const idsOf = ({ effective, filesystem, real, saved }: Credentials["user"]): string =>
  real === effective && saved === effective && filesystem === effective
    ? String(effective)
    : `${effective} (real ${real}, saved ${saved}, for files ${filesystem})`

/** A thread with what is unusual of it. */
export const threadLine = (
  { blocked, credentials, name, pending, scheduling, seccomp, tid }: Thread,
  process: Process
): string =>
  [
    `${tid} ${name}`,
    ...(scheduling === undefined ? [] : [
      ...(scheduling.policy === "other" ? [] : [scheduling.policy]),
      ...(scheduling.priority === 0 ? [] : [`priority ${scheduling.priority}`]),
      ...(scheduling.nice === 0 ? [] : [`nice ${scheduling.nice}`])
    ]),
    ...(seccomp === "disabled" ? [] : [`seccomp ${seccomp}`]),
    ...(blocked.length === 0 ? [] : [`blocks ${blocked.length > 8 ? `${blocked.length} signals` : blocked.join(" ")}`]),
    ...(pending.length === 0 ? [] : [`pending ${pending.join(" ")}`]),
    ...(credentials === undefined ? [] : [
      credentials.user.effective === process.credentials?.user.effective
        ? "credentials of its own"
        : `user ${credentials.user.effective}`
    ])
  ].join(", ")

/** A timer. */
export const timerLine = ({ clock, intervalMicros, name, remainingMicros, signal }: Timer): string =>
  [
    `${name}${clock === undefined ? "" : ` (${clock})`} in ${humanize.duration(remainingMicros / 1000)}`,
    ...(intervalMicros === 0 ? [] : [`then every ${humanize.duration(intervalMicros / 1000)}`]),
    ...(signal === undefined ? [] : [signal])
  ].join(", ")

/** Whether there is a limit at all. */
export const isBound = ({ hard, soft }: Limit): boolean => soft !== undefined || hard !== undefined

/** A limit, with the hard one where that is another. */
export const limitWord = ({ hard, name, soft }: Limit): string =>
  `${name}=${soft ?? "unlimited"}${soft === hard ? "" : `:${hard ?? "unlimited"}`}`

const environment = ({ environment = [] }: Process): ReadonlyArray<Pair> =>
  environment.some(({ value }) => value !== undefined)
    ? list("Environment", environment.map(({ name, value }) => `${name}=${value ?? ""}`))
    : words("Environment", environment.map(({ name }) => name))
