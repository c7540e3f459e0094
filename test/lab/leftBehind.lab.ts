/**
 * After all tests of the lab: no process is left that one of them started. It looks at the pid namespace of the lab, whose first
 * process takes on what others leave; on a machine that needs no lab, whose processes are whose cannot be told, and it looks at none.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs"
import process from "node:process"
import { setTimeout } from "node:timers/promises"

/** Fails the run where some are left, a moment after its end. */
export const teardown = async (): Promise<void> => {
  if (!existsSync("/etc/stasis-lab")) return
  for (let turn = 0; turn < 50 && left().length > 0; turn++) await setTimeout(100)
  const those = left()
  if (those.length > 0) throw new Error(`Processes that tests started are left:\n${those.join("\n")}`)
}

const left = (): ReadonlyArray<string> => {
  const known = ours()
  return readdirSync("/proc").filter((name) => /^\d+$/.test(name) && !known.includes(name)).flatMap((pid) => {
    const [parent, state] = parentOf(pid)
    // What has ended is taken away by the first process when it gets to it.
    return parent === "1" && state !== "Z" ? [`${pid} ${commandOf(pid)}`] : []
  })
}

/** Who runs the tests, and what that is run by. */
const ours = (): ReadonlyArray<string> => {
  const all: Array<string> = []
  for (let pid = String(process.pid); pid !== "0" && pid !== "1" && pid !== ""; pid = parentOf(pid)[0]) all.push(pid)
  return all
}

const parentOf = (pid: string): readonly [parent: string, state: string] => {
  const stat = read(pid, "stat")
  const [state = "", parent = ""] = stat.slice(stat.lastIndexOf(")") + 2).split(" ")
  return [parent, state]
}

const commandOf = (pid: string): string => read(pid, "cmdline").replaceAll("\0", " ").slice(0, 300)

const read = (pid: string, name: string): string => {
  try {
    return readFileSync(`/proc/${pid}/${name}`, "utf8")
  } catch {
    return ""
  }
}
