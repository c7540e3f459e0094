/** The command line on real containers, as a person types it. */
import { afterAll, beforeAll, describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { existsSync } from "node:fs"
import * as LabContainer from "../layers/oci/LabContainer.ts"
import * as Program from "./Program.ts"

let program: Program.Program

beforeAll(async () => {
  program = await Program.make()
})

afterAll(() => program.remove())

/** A container, and the command line that sees it through the environment. */
const make = (recipe: LabContainer.Recipe) =>
  Effect.map(LabContainer.make(recipe), (container) => {
    const { root, runtime, stasisRoot } = container.config
    const env = { STASIS_RUNTIME: runtime, STASIS_RUNTIME_ROOT: root, STASIS_ROOT: stasisRoot }
    const stasis = (line: string) => {
      const ended = program.stasis(line.split(" "), env)
      return ended
    }
    return { container, env, stasis }
  })

/** A program so large that writing its memory takes a while. */
const large = [
  "/usr/bin/python3",
  "-c",
  "x=bytearray(b'x')*(400<<20);open('/tmp/count','w').write('1');import time;time.sleep(1e6)"
]

/** In bash: whether CRIU has begun to write. */
const firstImage = "find $STASIS_ROOT -path '*staging*' -name '*.img' | grep -q ."

for (const runtime of LabContainer.runtimes) {
  describe(runtime, () => {
    it.scopedLive("create, ls, inspect, restore, events, rm", () =>
      Effect.gen(function* () {
        const { container, stasis } = yield* make({ runtime })
        const { id } = container
        const before = yield* container.counted(20)

        const created = stasis(`create ${id} first`)
        expect(created).toMatchObject({ code: 0, err: "" })
        expect(created.out).toMatch(
          new RegExp(
            `^Checkpointed ${id} as "first", [0-9.]+ [KM]iB, frozen for [0-9.]+ (ms|s)\nThe container was stopped`
          )
        )

        expect(stasis(`ls ${id}`).out).toMatch(
          new RegExp(`^CHECKPOINT .*\nfirst +\\d+ seconds? ago +[0-9.]+ [KM]iB +[0-9.]+ m?s +${runtime} +complete\n$`)
        )
        expect(stasis("ls -q").out).toBe(`${id} first\n`)

        const { out: record } = stasis(`inspect ${id} first`)
        expect(record).toMatch(new RegExp(`^Runtime: +${runtime} \\d+\\.\\d+`, "m"))
        expect(record).toMatch(/^CRIU: +4\.2/m)
        expect(record).toMatch(/^Frozen for: +[0-9.]+ (ms|s)$/m)
        expect(record).toMatch(/^Container was: +stopped$/m)
        expect(JSON.parse(stasis(`inspect ${id} first --format json`).out).checkpoint).toMatchObject({
          name: "first",
          container: id,
          status: "complete",
          record: { runtime: { name: runtime } }
        })

        const restored = stasis(`restore ${id} first`)
        expect(restored).toMatchObject({ code: 0, err: "" })
        expect(restored.out).toBe(`Restored ${id} from "first"; it is running, pid ${yield* container.pid}\n`)
        const after = yield* container.counted(before + 1)
        expect(after).toBeLessThan(before + 200)

        const again = stasis(`restore ${id} first`)
        expect(again).toMatchObject({ code: 1, out: "" })
        expect(again.err).toMatch(/^stasis: Cannot restore container .* it is running, .* --replace\n$/)
        expect(stasis(`restore --replace ${id} first`)).toMatchObject({ code: 0, err: "" })

        expect(stasis(`create ${id} first`)).toMatchObject({ code: 1, err: expect.stringContaining("already exists") })
        const actions = stasis("events").out.split("\n").slice(0, -1).map((line) => line.split(/ {2,}/)[1])
        expect(actions).toEqual(["checkpoint", "restore", "restore-failed", "restore", "checkpoint-failed"])

        expect(stasis(`rm ${id} first`)).toEqual({ code: 0, out: "first\n", err: "" })
        expect(stasis(`ls ${id} --format json`)).toEqual({ code: 0, out: "[]\n", err: "" })
        expect(stasis(`rm ${id} first`)).toMatchObject({ code: 1, out: "" })
      }))

    it.scopedLive("leaves a container running, into a directory of the caller's, and removes all", () =>
      Effect.gen(function* () {
        const { container, stasis } = yield* make({ runtime })
        const { id } = container
        const directory = `${container.folder}/mine`
        yield* Effect.sync(() => program.bash(`mkdir ${directory}`))
        const before = yield* container.counted(5)
        expect(stasis(`create --leave-running ${id} one --checkpoint-dir ${directory}`).out).toContain(
          "goes on running"
        )
        yield* container.counted(before + 1)
        expect(stasis(`create ${id} two --checkpoint-dir=${directory} --leave-running --durability none`).code).toBe(0)
        expect(existsSync(`${directory}/one/inventory.img`)).toBe(true)
        expect(stasis(`ls --checkpoint-dir ${directory} ${id} -q`).out).toBe("one\ntwo\n")
        expect(stasis("ls -q").out).toBe(`${id} one\n${id} two\n`)
        expect(stasis(`rm --all ${id} --checkpoint-dir ${directory}`).out).toBe("one\ntwo\n")
        expect(stasis(`ls ${id} -q --checkpoint-dir ${directory}`).out).toBe("")
      }))

    it.scopedLive("check says that this machine is able", () =>
      Effect.gen(function* () {
        const { stasis } = yield* make({ runtime })
        const { code, out } = stasis("check")
        expect(code).toBe(0)
        expect(out).toMatch(/^ok +criu +.*4\.2/m)
        expect(out).toContain(`Checkpoints work here with ${runtime}`)
      }))
  })
}

describe("what goes wrong", () => {
  it.scopedLive("says what CRIU could not do, with its log, and the flag that cures it", () =>
    Effect.gen(function* () {
      const { container, stasis } = yield* make({
        runtime: "runc",
        programs: true,
        args: [
          "/usr/bin/python3",
          "-c",
          [
            "import fcntl,time",
            "f=open('/tmp/lock','w')",
            "fcntl.flock(f,fcntl.LOCK_EX)",
            "open('/tmp/count','w').write('1')",
            "time.sleep(1e6)"
          ].join(";")
        ]
      })
      yield* container.counted(1)
      const failed = stasis(`create ${container.id} first`)
      expect(failed).toMatchObject({ code: 1, out: "" })
      expect(failed.err).toMatch(/^stasis: Cannot checkpoint container .*--file-locks/)
      const dry = stasis(`create ${container.id} first --dry-run`)
      expect(dry).toMatchObject({ code: 1, out: expect.stringMatching(/\nA checkpoint needs --file-locks\n$/) })
      expect(stasis(`create ${container.id} first --dry-run --file-locks`)).toMatchObject({
        code: 0,
        out: expect.stringMatching(/\nA checkpoint would succeed\n$/),
        err: ""
      })
      expect(JSON.parse(stasis(`create ${container.id} first --format json`).err)).toMatchObject({
        _tag: "RuntimeFailed",
        reason: "FileLock"
      })
      expect(stasis(`create ${container.id} first --file-locks`)).toMatchObject({ code: 0, err: "" })
    }))

  it.scopedLive("Ctrl-C during a create leaves the container as it was, and says so", () =>
    Effect.gen(function* () {
      const { container, env, stasis } = yield* make({ runtime: "runc", programs: true, args: large })
      const { id } = container
      yield* container.counted(1)
      // As a terminal does it: the whole process group is interrupted, here when the first image is there.
      const ended = program.bash(
        `set -m; $STASIS create ${id} first & pid=$!; until ${firstImage}; do kill -0 $pid || exit; done; ` +
          "kill -INT -- -$pid; wait $pid",
        env
      )
      expect(ended).toMatchObject({ code: 130, out: "" })
      expect(ended.err).toContain("stasis: interrupted: CRIU is never stopped half-way")
      expect(ended.err).toContain("stasis: rolled back")
      expect(yield* container.bare("state", id)).toContain('"running"')
      expect(stasis(`ls ${id} -q`)).toEqual({ code: 0, out: "", err: "" })
      expect(stasis(`create ${id} first`)).toMatchObject({ code: 0, err: "" })
    }))

  it.scopedLive("recover ends what a killed create left: the container, which stood still, goes on", () =>
    Effect.gen(function* () {
      const { container, env, stasis } = yield* make({ runtime: "runc", programs: true, args: large })
      const { id } = container
      yield* container.counted(1)
      const killed = program.bash(
        `$STASIS create ${id} first & pid=$!; until ${firstImage}; do kill -0 $pid || exit; done; kill -9 $pid; wait $pid`,
        env
      )
      expect(killed.code).toBe(137)
      expect(stasis("ls -q")).toMatchObject({ code: 0, out: "" })
      expect(stasis(`recover ${id}`)).toEqual({
        code: 0,
        out:
          `Swept what an interrupted create left of checkpoint "first" of ${id}; the container stood still and goes on\n`,
        err: ""
      })
      expect(yield* container.bare("state", id)).toContain('"running"')
      expect(stasis("recover").out).toBe("Nothing was left by an interrupted operation\n")
    }))

  it.scopedLive("events --follow shows what happens, and ends with its reader", () =>
    Effect.gen(function* () {
      const { container, env } = yield* make({ runtime: "runc" })
      const { id } = container
      yield* container.counted(1)
      const followed = program.bash(
        `{ $STASIS events --follow -q; } | head -1 & $STASIS create ${id} first --leave-running -q; wait`,
        env
      )
      expect(followed).toEqual({ code: 0, out: "first\nfirst\n", err: "" })
    }))
})
