import { describe, expect, it } from "@effect/vitest"
import type { CoreEntry, TaskCoreEntry } from "../../../src/domain/image/message/Core.ts"
import { processOf } from "../../../src/domain/inspection/processOf.ts"

const task = (more: Partial<TaskCoreEntry>): CoreEntry => ({
  mtype: "X86_64",
  tc: {
    task_state: 1,
    exit_code: 0,
    personality: 0,
    flags: 0,
    blk_sigset: 0n,
    comm: "web",
    sigactions: [],
    ...more
  }
})

const look = (core: CoreEntry | undefined) =>
  processOf({
    entry: { pid: 7, ppid: 1, pgid: 1, sid: 1, threads: [7, 8] },
    core,
    threads: new Map(),
    ids: undefined,
    fs: undefined,
    memory: undefined,
    executableId: undefined,
    commandLine: undefined,
    environment: undefined
  }, { cgroups: undefined, pathOf: () => undefined })

describe("a process that has ended", () => {
  it.each([
    ["by itself", 3 << 8, { exitCode: 3 }],
    ["by itself, and well", 0, { exitCode: 0 }],
    ["by a signal", 9, { killedBy: "SIGKILL" }],
    // The bit above the signal is for the core dump.
    ["by a signal, with a core dump", 11 | 0x80, { killedBy: "SIGSEGV" }]
  ])("is a zombie that says how: %s", (_, exit_code, end) => {
    for (const task_state of [2, 6]) {
      const found = look(task({ task_state, exit_code }))
      expect(found).toMatchObject({ pid: 7, state: "zombie", threads: [], ...end })
      expect(Object.keys(found).filter((key) => key === "exitCode" || key === "killedBy")).toEqual(Object.keys(end))
    }
  })
})

describe("a process that has not", () => {
  it("has its threads, and says nothing of an end", () => {
    const found = look(task({ exit_code: 3 << 8 }))
    expect(found).toMatchObject({ state: "running", name: "web" })
    expect(found.threads.map(({ tid }) => tid)).toEqual([7, 8])
    expect(found).not.toHaveProperty("exitCode")
    expect(found).not.toHaveProperty("stoppedBy")
  })

  it("is stopped by a signal, in a state without a name by its number, or not known", () => {
    expect(look(task({ task_state: 3, stop_signo: 19 }))).toMatchObject({ state: "stopped", stoppedBy: "SIGSTOP" })
    expect(look(task({ task_state: 42 }))).toMatchObject({ state: "42" })
    expect(look(undefined)).toMatchObject({ state: "unknown", name: "" })
  })
})
