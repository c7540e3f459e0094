/** The tree of processes as `ps f` draws one: a table whose last column is the tree. */
import type { Process } from "../../domain/inspection/Process.ts"
import { escape } from "../escape.ts"
import * as humanize from "../humanize.ts"
import { table } from "../table.ts"
import { deepest } from "./deepest.ts"

/** The table, by the order of the processes; one whose parent is not among them begins a tree of its own. */
export const processTree = (processes: ReadonlyArray<Process>): string => {
  const pids = new Set(processes.map(({ pid }) => pid))
  const children = new Map<number | undefined, Array<Process>>()
  for (const process of processes) {
    const parent = pids.has(process.parent) && process.parent !== process.pid ? process.parent : undefined
    const known = children.get(parent)
    if (known === undefined) children.set(parent, [process])
    else known.push(process)
  }
  const rows: Array<ReadonlyArray<string>> = []
  const shown = new Set<number>()
  // A stack of its own, so that a tree may be as deep as it likes.
  const draw = (first: ReadonlyArray<Process>) => {
    const stack = first.map((process) => ({ process, before: "", below: "", depth: 0 })).reverse()
    for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
      const { before, below, depth, process } = next
      if (shown.has(process.pid)) continue
      shown.add(process.pid)
      rows.push(rowOf(process, before))
      const own = children.get(process.pid) ?? []
      for (const [index, child] of [...own.entries()].reverse()) {
        const isLast = index === own.length - 1
        stack.push({
          process: child,
          before: `${below}${isLast ? "└─ " : "├─ "}`,
          below: depth + 1 < deepest ? `${below}${isLast ? "   " : "│  "}` : below,
          depth: depth + 1
        })
      }
    }
  }
  draw(children.get(undefined) ?? [])
  // Processes that descend from one another in a circle, as damage may have it.
  draw(processes)
  return table(["PID", "USER", "STATE", "THREADS", "MEMORY", "DUMPED", "COMMAND"], rows)
}

/** The command line, or the name in brackets where that is not known. */
export const commandOf = ({ commandLine, name }: Process): string =>
  commandLine === undefined || commandLine.length === 0
    ? `[${escape(name)}]`
    : commandLine.map((word) => escape(word === "" ? "''" : word)).join(" ")

/** What became of one that has ended or stopped. */
export const fateOf = ({ exitCode, killedBy, state, stoppedBy }: Process): string =>
  killedBy !== undefined
    ? `${state} (${killedBy})`
    : exitCode !== undefined
    ? `${state} (${exitCode})`
    : stoppedBy !== undefined
    ? `${state} (${stoppedBy})`
    : state

const rowOf = (process: Process, before: string): ReadonlyArray<string> => [
  String(process.pid),
  process.credentials === undefined ? "-" : String(process.credentials.user.effective),
  fateOf(process),
  String(process.threads.length),
  ...(process.memory === undefined
    ? ["-", "-"]
    : [humanize.bytes(process.memory.size), humanize.bytes(process.memory.dumped)]),
  `${before}${commandOf(process)}`
]
