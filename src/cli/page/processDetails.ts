/** All that is known of one process, below its line in the tree. */
import type { Process } from "../../domain/inspection/Process.ts"
import { commandOf } from "../inspection/processTree.ts"
import { idsOf, isBound, limitWord, threadLine, timerLine } from "../inspection/processDetails.ts"
import { cut } from "./figures.ts"
import { type Html, markup } from "./markup.ts"
import { facts, leftOut } from "./table.ts"

/** The details, closed until they are opened. Values of its environment are shown where they are there. */
export const processDetails = (process: Process): Html => {
  const { credentials, threads, timers } = process
  const capabilities = credentials?.capabilities
  return markup`<details class="more"><summary>Details</summary>${
    facts([
      ["Command", code(cut(commandOf(process), mostText))],
      ["Executable", code(process.executable)],
      ["Working folder", code(process.workingDirectory)],
      ["Root", code(process.root)],
      ["Parent", `${process.parent}, group ${process.group}, session ${process.session}`],
      ["User", credentials && idsOf(credentials.user)],
      ["Group", credentials && idsOf(credentials.group)],
      ["Other groups", credentials?.groups.join(" ")],
      ["Capabilities", capabilities && (capabilities.effective.join(" ") || "none")],
      [
        "Permitted",
        capabilities === undefined || capabilities.permitted.join() === capabilities.effective.join()
          ? undefined
          : capabilities.permitted.join(" ") || "none"
      ],
      ["Secure bits", credentials?.secureBits.join(" ")],
      ["No new privileges", credentials?.noNewPrivileges === true ? "yes" : undefined],
      ["Label", credentials?.label],
      ["Umask", process.umask],
      ["Cgroup", code(process.cgroup)],
      ["Namespaces", Object.entries(process.namespaces).map(([type, id]) => `${type} ${id}`).join(", ")],
      ["Pending signals", process.pending.join(" ")],
      ["Ignored signals", process.ignored.join(" ")],
      ["Handled signals", process.handled.join(" ")],
      ["Timers", lines(timers.map(timerLine))],
      ["Limits", process.limits.filter(isBound).map(limitWord).join(" ")],
      ["OOM score", process.oomScoreAdjustment === 0 ? undefined : process.oomScoreAdjustment],
      ["Subreaper", process.isSubreaper ? "orphans below it become its children" : undefined],
      ["Threads", lines(threads.map((thread) => threadLine(thread, process)))],
      ["Environment", environment(process)]
    ])
  }</details>`
}

const code = (text: string | undefined): Html | undefined =>
  text === undefined ? undefined : markup`<code>${text}</code>`

const lines = (all: ReadonlyArray<string>): Html | undefined =>
  all.length === 0
    ? undefined
    : markup`<ul>${all.slice(0, mostLines).map((line) => markup`<li>${line}</li>`)}</ul>${
      leftOut(all.length - mostLines, "line")
    }`

const environment = ({ environment = [] }: Process): Html | undefined =>
  environment.some(({ value }) => value !== undefined)
    ? markup`<ul>${
      environment.slice(0, mostLines).map(({ name, value }) =>
        markup`<li><code>${cut(`${name}=${value ?? ""}`, mostText)}</code></li>`
      )
    }</ul>${leftOut(environment.length - mostLines, "variable")}`
    : environment.length === 0
    ? undefined
    : markup`<span class="note">names alone:</span> ${cut(environment.map(({ name }) => name).join(" "), mostText)}`

const mostText = 2000
const mostLines = 100
