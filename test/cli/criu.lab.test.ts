/** The command line on plain processes, as a person types it. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import process from "node:process"
import { afterAll, beforeAll, describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as LabProcess from "../layers/criu/LabProcess.ts"
import { poll } from "../layers/oci/LabContainer.ts"
import * as Program from "./Program.ts"

let program: Program.Program

beforeAll(async () => {
  program = await Program.make()
})

afterAll(() => program.remove())

/** The command line in a stasis root of its own; what was started under a name is gone with the scope. */
const make = Effect.acquireRelease(
  Effect.sync(() => {
    const folder = mkdtempSync(`${tmpdir()}/stasis-lab-`)
    const env = { STASIS_ROOT: `${folder}/stasis`, STASIS_RUNTIME: "criu" }
    const stasis = (...argv: ReadonlyArray<string>) => program.stasis(argv, env)
    const pids = () =>
      [...stasis("ps", "--format", "json").out.matchAll(/"pid": (\d+)/g)].map((found) => Number(found[1]))
    return { folder, env, stasis, pids }
  }),
  ({ folder, pids }) =>
    Effect.gen(function* () {
      yield* Effect.forEach(pids(), LabProcess.killTree)
      rmSync(folder, { recursive: true, force: true })
    })
)

const counting = ["python3", ...LabProcess.counting()]

describe("plain processes", () => {
  it.scopedLive("run, ps, create, ls, restore, rm, untrack", () =>
    Effect.gen(function* () {
      const { folder, pids, stasis } = yield* make
      const started = stasis("run", "web", "--", ...counting)
      expect(started).toMatchObject({ code: 0, err: "" })
      const home = `${folder}/stasis/criu/processes/web`
      const pid = pids()[0] ?? 0
      expect(started.out).toBe(
        `Started "web", pid ${pid}\nIts output goes to ${home}/stdout, its errors to ${home}/stderr\n`
      )
      yield* poll(Effect.sync(() => LabProcess.readCount(pid)), (now) => now > 5)
      expect(stasis("ps").out).toMatch(new RegExp(`^CONTAINER +STATE +PID +IMAGE\nweb +running +${pid} +python3\n$`))

      const created = stasis("create", "web", "first")
      expect(created).toMatchObject({ code: 0, err: "" })
      expect(created.out).toMatch(
        /^Checkpointed web as "first", [0-9.]+ MiB, frozen for [0-9.]+ ms\nThe container was stopped/
      )
      expect(LabProcess.stateOf(pid)).toBe("")
      expect(stasis("ps").out).toMatch(/\nweb +stopped +- +python3\n$/)
      expect(stasis("ls").out).toMatch(/\nweb +first +.* criu +complete\n$/)
      expect(stasis("create", "web", "second")).toMatchObject({ code: 1, err: expect.stringContaining("not running") })

      const restored = stasis("restore", "web", "first")
      expect(restored).toEqual({ code: 0, out: `Restored web from "first"; it is running, pid ${pid}\n`, err: "" })
      expect(stasis("run", "web", "--", "true")).toMatchObject({
        code: 1,
        err: expect.stringContaining(`Cannot name a process tree "web": process ${pid} has that name and lives`)
      })
      expect(stasis("restore", "web", "first", "--replace", "--new-pids").code).toBe(0)
      const [again = 0] = pids()
      expect(again).not.toBe(pid)
      expect(readFileSync(`/proc/${again}/status`, "utf8")).toContain(`NSpid:\t${again}\t${pid}\n`)
      expect(stasis("rm", "web", "first")).toMatchObject({ code: 0, out: "first\n" })
      yield* LabProcess.killTree(again)
      expect(stasis("untrack", "web").out).toBe(`"web" is no name of a process tree any more; its checkpoints stay\n`)
      expect(stasis("ps", "-q").out).toBe("")
    }))

  it.scopedLive("track, and the runtime that need not be named for it", () =>
    Effect.gen(function* () {
      const { env, folder } = yield* make
      const { STASIS_RUNTIME: _, ...bare } = env
      const stasis = (...argv: ReadonlyArray<string>) => program.stasis(argv, bare)
      expect(stasis("run", "-q", "one", "--", ...counting)).toEqual({ code: 0, out: "one\n", err: "" })
      const { process: { pid } } = JSON.parse(readFileSync(`${folder}/stasis/criu/processes/one/process.json`, "utf8"))
      yield* poll(Effect.sync(() => LabProcess.readCount(pid)), (now) => now > 0)
      expect(stasis("untrack", "one").code).toBe(0)
      const tracked = stasis("track", "two", String(pid))
      expect(tracked.out).toMatch(
        new RegExp(`^Process ${pid} \\(/usr/bin/python3[^)]*\\) and those below it are "two" from now on\n$`)
      )
      expect(stasis("create", `pid:${pid}`, "first", "--leave-running").out).toMatch(/^Checkpointed pid:\d+ as "first"/)
      // It is the same container, by whatever it is named.
      expect(existsSync(`${folder}/stasis/criu/processes/two/checkpoints/first/inventory.img`)).toBe(true)
      expect(stasis("track", "three", String(pid))).toMatchObject({
        code: 1,
        err: expect.stringContaining(`tracked as "two"`)
      })
      expect(stasis("track", "../x", String(pid))).toMatchObject({ code: 2 })
      expect(stasis("run", "four")).toMatchObject({ code: 2, err: expect.stringContaining("give the command to run") })
      expect(stasis("run", "--runtime", "runc", "four", "--", "true")).toMatchObject({
        code: 1,
        err: expect.stringContaining(`(supported by: criu)`)
      })
      expect(stasis("create", "pid:4194305", "first")).toMatchObject({
        code: 1,
        err: expect.stringContaining("No such container")
      })
    }))

  it.scopedLive("check says what it can do here and what a missing right means", () =>
    Effect.gen(function* () {
      const { stasis } = yield* make
      const { code, out } = stasis("check")
      expect(code).toBe(0)
      expect(out).toMatch(/^ok +criu +version 4\.2/m)
      const resource =
        (BigInt(`0x${/^CapEff:\s+([0-9a-f]+)$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1]}`) >> 24n) & 1n
      expect(out).toMatch(resource === 1n ? /^ok +rights +those of root$/m : /^limited +rights +.*CAP_SYS_RESOURCE/m)
      expect(out).toContain("Checkpoints work here with criu")
      expect(process.geteuid?.()).toBe(0)
    }))

  it.scopedLive("recover ends what a killed create left: the tree, which stood still, goes on", () =>
    Effect.gen(function* () {
      const { env, pids, stasis } = yield* make
      const large = "x=bytearray(b'x')*(400<<20)\n"
      expect(stasis("run", "web", "--", "python3", ...LabProcess.counting(large)).code).toBe(0)
      const [pid = 0] = pids()
      yield* poll(Effect.sync(() => LabProcess.readCount(pid)), (now) => now > 0)
      const firstImage = "find $STASIS_ROOT -path '*staging*' -name 'pages-*.img' | grep -q ."
      const killed = program.bash(
        `$STASIS create web first & pid=$!; until ${firstImage}; do kill -0 $pid || exit; done; kill -9 $pid; wait $pid`,
        env
      )
      expect(killed.code).toBe(137)
      expect(stasis("recover", "web")).toEqual({
        code: 0,
        out:
          `Swept what an interrupted create left of checkpoint "first" of web; the container stood still and goes on\n`,
        err: ""
      })
      const count = LabProcess.readCount(pid)
      yield* poll(Effect.sync(() => LabProcess.readCount(pid)), (now) => now > count)
      expect(stasis("create", "web", "first", "--leave-running")).toMatchObject({ code: 0, err: "" })
    }))
})
