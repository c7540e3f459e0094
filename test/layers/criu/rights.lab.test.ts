/** Checkpoints without root: what works with the one right that CRIU needs, and what is said where it is missing. */
import { spawnSync } from "node:child_process"
import { chmodSync, chownSync, mkdirSync, readFileSync } from "node:fs"
import { afterAll, beforeAll, describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { poll, temporaryFolder } from "../oci/LabContainer.ts"
import * as Program from "../../cli/Program.ts"
import * as LabProcess from "./LabProcess.ts"

let program: Program.Program

beforeAll(async () => {
  program = await Program.make()
})

afterAll(() => program.remove())

const user = 1000

/** The command line as a user that is not root and has these rights; what it started is gone with the scope. */
const make = (...rights: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const folder = yield* temporaryFolder
    chmodSync(folder, 0o755)
    const root = `${folder}/stasis`
    mkdirSync(root)
    chownSync(root, user, user)
    const sets = rights.map((right) => `+${right}`).join(",")
    const as = [
      ...["--reuid", String(user), "--regid", String(user), "--clear-groups"],
      ...(rights.length === 0 ? [] : ["--inh-caps", sets, "--ambient-caps", sets])
    ]
    const stasis = (...argv: ReadonlyArray<string>) => {
      const { status, stderr, stdout } = spawnSync("setpriv", [...as, ...program.command, ...argv], {
        cwd: root,
        env: { PATH: process.env["PATH"], STASIS_ROOT: root, STASIS_RUNTIME: "criu" },
        encoding: "utf8",
        timeout: 60_000
      })
      return { code: status, out: stdout, err: stderr }
    }
    const start = Effect.gen(function* () {
      const started = stasis("run", "web", "--", "python3", ...LabProcess.counting())
      expect(started).toMatchObject({ code: 0, err: "" })
      const pid = Number(/pid (\d+)/.exec(started.out)?.[1])
      yield* Effect.addFinalizer(() => LabProcess.killTree(pid))
      yield* poll(Effect.sync(() => LabProcess.readCount(pid)), (now) => now > 0)
      return pid
    })
    return { stasis, start }
  })

describe("a user that is not root", () => {
  it.scopedLive("is told which right is missing, and how to give it", () =>
    Effect.gen(function* () {
      const { start, stasis } = yield* make()
      const pid = yield* start
      const checked = stasis("check")
      expect(checked.code).toBe(1)
      expect(checked.out).toMatch(/^missing +rights +user 1000 is not root and CRIU has not CAP_CHECKPOINT_RESTORE$/m)
      expect(checked.out).toContain("setcap cap_checkpoint_restore+eip")
      const created = stasis("create", "web", "first")
      expect(created).toMatchObject({ code: 1, out: "" })
      expect(created.err).toContain("CAP_CHECKPOINT_RESTORE")
      expect(LabProcess.stateOf(pid)).toMatch(/[RS]/)
    }))

  it.scopedLive("checkpoints and restores its own processes with CAP_CHECKPOINT_RESTORE", () =>
    Effect.gen(function* () {
      // Where the machine withholds a right from all processes, withholding it again takes CAP_SETPCAP.
      const { start, stasis } = yield* make("checkpoint_restore", "setpcap")
      const pid = yield* start
      expect(stasis("check")).toMatchObject({
        code: 0,
        out: expect.stringMatching(/^limited +rights +user 1000 with CAP_CHECKPOINT_RESTORE: only its own processes/m)
      })
      expect(stasis("create", "web", "first")).toMatchObject({ code: 0, err: "" })
      expect(LabProcess.stateOf(pid)).toBe("")
      expect(stasis("restore", "web", "first")).toMatchObject({ code: 0, err: "" })
      const count = LabProcess.readCount(pid)
      yield* poll(Effect.sync(() => LabProcess.readCount(pid)), (now) => now > count)
      expect(readFileSync(`/proc/${pid}/status`, "utf8")).toMatch(/^Uid:\t1000\t1000\t1000\t1000$/m)
    }))

  it.scopedLive("is refused a checkpoint that it could not restore, before anything is frozen", () =>
    Effect.gen(function* () {
      const { start, stasis } = yield* make("checkpoint_restore")
      const pid = yield* start
      const bounding = /^CapBnd:\s+([0-9a-f]+)$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? "0"
      const last = BigInt(readFileSync("/proc/sys/kernel/cap_last_cap", "utf8").trim())
      const whole = BigInt(`0x${bounding}`) === (1n << (last + 1n)) - 1n
      const created = stasis("create", "web", "first", "--leave-running")
      if (whole) expect(created).toMatchObject({ code: 0, err: "" })
      else {
        expect(created).toMatchObject({ code: 1, out: "" })
        expect(created.err).toContain("CAP_SETPCAP")
      }
      expect(LabProcess.stateOf(pid)).toMatch(/[RS]/)
    }))

  it.scopedLive("is told that a process of another user is not its to checkpoint", () =>
    Effect.gen(function* () {
      const { stasis } = yield* make("checkpoint_restore", "setpcap")
      const others = yield* LabProcess.make()
      const pid = yield* others.pid
      const created = stasis("create", `pid:${pid}`, "first", "--leave-running")
      expect(created).toMatchObject({ code: 1, out: "" })
      expect(created.err).toMatch(/Cannot checkpoint container pid:\d+: /)
      yield* others.counted((yield* others.count) + 2)
    }))
})
