/** Whole sessions at the command line, on the memory layer. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Memory from "../../src/layers/memory/Memory.ts"
import * as Layer from "effect/Layer"
import * as Processes from "../../src/effects/Processes.ts"
import { stasis } from "./CommandLine.ts"

const session = (containers: ReadonlyArray<string>) =>
  Effect.map(Memory.make({ containers: containers.map((id) => ({ id })) }), (world) => {
    const layer = Layer.merge(Memory.layerOf(world), Processes.unsupported("memory"))
    return {
      control: world.control,
      type: (line: string) => stasis(line.split(" "), layer),
      run: (...argv: ReadonlyArray<string>) => stasis(argv, layer)
    }
  })

describe("a session", () => {
  it.effect("stops a container and brings it back to where it was", () =>
    Effect.gen(function* () {
      const { control, type } = yield* session(["counter", "web"])
      yield* control.advance("counter", 41)
      expect(yield* type("create counter first")).toMatchObject({ code: 0, err: "" })
      expect(yield* control.container("counter")).toBe(undefined)
      expect((yield* type("ls")).out).toMatch(/^CONTAINER .*\ncounter +first +0 seconds ago /)
      expect(yield* type("restore coun first")).toMatchObject({ code: 0, err: "" })
      expect(yield* control.advance("counter")).toBe(42)
      expect(yield* type("create web first --leave-running")).toMatchObject({ code: 0, err: "" })
      expect((yield* type("ls -q")).out).toBe("counter first\nweb first\n")
      expect(yield* type("rm counter first")).toEqual(expect.objectContaining({ code: 0, out: "first\n", err: "" }))
      const actions = (yield* type("events counter")).out.split("\n").slice(0, -1).map((line) => line.split(/ {2,}/)[1])
      expect(actions).toEqual(["checkpoint", "restore", "checkpoint-remove"])
    }))

  it.effect("says what a checkpoint would need, and makes none", () =>
    Effect.gen(function* () {
      // The first process of the second container of a world.
      const pid = 1002
      const lock = {
        _tag: "FileLock",
        pid,
        descriptor: 3,
        kind: "POSIX",
        path: "/srv/db",
        mapped: false
      } as const
      const ghost = { _tag: "DeletedFile", pid, descriptor: 4, path: "/x", bytes: 2_000_000, links: 0 } as const
      const world = yield* Memory.make({
        containers: [
          { id: "plain" },
          { id: "web", resources: [lock, ghost] },
          { id: "wal", resources: [{ ...lock, mapped: true }] }
        ]
      })
      const layer = Layer.merge(Memory.layerOf(world), Processes.unsupported("memory"))
      const type = (line: string) => stasis(line.split(" "), layer)
      expect(yield* type("create plain first --dry-run")).toMatchObject({
        code: 0,
        out: expect.stringMatching(/^It holds 4.00 KiB of memory, .* are free\nA checkpoint would succeed\n$/),
        err: ""
      })
      const needs = yield* type("create web first --dry-run")
      expect(needs.code).toBe(1)
      expect(needs.out).toMatch(
        /^ +PROCESS +WHY +FLAG\nneeds +\d+ web +it holds file locks on "\/srv\/db" +--file-locks\n/
      )
      expect(needs.out).toMatch(/\nA checkpoint needs --file-locks --ghost-limit=2000000\n$/)
      expect(needs.err).toBe(
        'stasis: Cannot checkpoint container web: it holds file locks on "/srv/db"; use option "--file-locks"\n'
      )
      const given = yield* type("create web first --dry-run --file-locks --ghost-limit 2000000")
      expect(given).toMatchObject({ code: 0, out: expect.stringMatching(/^ .*\nallowed .*\nallowed /), err: "" })
      const json = yield* type("create web first --dry-run --format json")
      expect(json.code).toBe(1)
      expect(JSON.parse(json.out)).toMatchObject({
        possible: false,
        options: { fileLocks: true, ghostLimit: 2_000_000 },
        findings: [{ verdict: "option", reason: "FileLock" }, { verdict: "option", reason: "GhostFile" }]
      })
      const breaks = yield* type("create wal first --dry-run --file-locks")
      expect(breaks).toMatchObject({
        code: 1,
        out: expect.stringMatching(/\nbreaks .*--force\n(?:.*\n)+.*would fail: it holds a lock/)
      })
      expect((yield* type("create wal first --dry-run --file-locks --force")).code).toBe(0)
      expect((yield* type("ls -q")).out).toBe("")
      expect((yield* type("create plain a/b --dry-run")).code).toBe(2)
    }))

  it.effect("rolls a running container back", () =>
    Effect.gen(function* () {
      const { control, type } = yield* session(["counter"])
      yield* control.advance("counter", 10)
      yield* type("create counter ten --leave-running")
      yield* control.advance("counter", 10)
      const refused = yield* type("restore counter ten")
      expect(refused).toMatchObject({ code: 1, err: expect.stringMatching(/restore with --replace\n$/) })
      expect(yield* control.count("counter")).toBe(20)
      expect((yield* type("restore counter ten --replace")).code).toBe(0)
      expect(yield* control.count("counter")).toBe(10)
      expect((yield* type("ls counter -q")).out).toBe("ten\n")
    }))

  it.live("runs the commands that are to be told, and says what they failed with", () =>
    Effect.gen(function* () {
      const { control, run } = yield* session(["counter"])
      const told = "$STASIS_HOOK $STASIS_CONTAINER $STASIS_CHECKPOINT $STASIS_OUTCOME"
      const refused = yield* run("create", "counter", "first", "--before-freeze", `echo ${told}; exit 3`)
      expect(refused).toMatchObject({ code: 1, out: "" })
      expect(refused.err).toBe(
        'stasis: Cannot checkpoint container "counter" as "first": hook "--before-freeze" failed (the command ended ' +
          "with code 3: before-freeze counter first); it was not frozen, mend the hook or leave it out\n"
      )
      expect((yield* run("ls", "-q")).out).toBe("")
      expect(yield* control.container("counter")).toMatchObject({ state: "running" })
      const deaf = yield* run(
        "create",
        "--after-dump",
        `echo ${told}; false`,
        "counter",
        "first",
        "--before-freeze=true"
      )
      expect(deaf).toMatchObject({ code: 0, out: expect.stringMatching(/^Checkpointed counter as "first"/) })
      expect(deaf.err).toContain("warning: Cannot tell container")
      expect(deaf.err).toContain("(the command ended with code 1: after-dump counter first dumped)")
      const restored = yield* run("restore", "counter", "first", "--after-restore", "echo pid $STASIS_PID; false")
      const pid = (yield* control.container("counter"))?.process?.pid
      expect(restored).toMatchObject({
        code: 0,
        err: expect.stringContaining(`(the command ended with code 1: pid ${pid})`)
      })
    }))

  it.live("kills a command whose time is over", () =>
    Effect.gen(function* () {
      const { run } = yield* session(["counter"])
      const late = yield* run("create", "counter", "first", "--before-freeze", "sleep 1000", "--hook-timeout", "50ms")
      expect(late).toMatchObject({ code: 1, out: "" })
      expect(late.err).toContain('hook "--before-freeze" took too long (more than 50 ms)')
      expect(late.err).toContain("hint: --hook-timeout gives it more time\n")
    }))

  it.effect("refuses a command that says nothing", () =>
    Effect.gen(function* () {
      const { run } = yield* session(["counter"])
      for (
        const argv of [["create", "--before-freeze", " "], ["create", "--after-dump", ""], [
          "restore",
          "--after-restore",
          ""
        ]]
      ) {
        const ran = yield* run(...argv, "counter", "first")
        expect(ran).toMatchObject({ code: 2, out: "" })
        expect(ran.err).toContain(`for ${argv[1]}: expected a command for the shell`)
      }
    }))

  it.effect("refuses wrong names with 2 and touches nothing", () =>
    Effect.gen(function* () {
      const { control, type } = yield* session(["counter"])
      for (const name of ["x", "..", "../x", "a/b", ".a", "-a", "a.", "a\nb", "a".repeat(256), "ａb"]) {
        const ran = yield* type(`create counter ${name}`)
        expect([name, ran.code, ran.out]).toEqual([name, 2, ""])
        expect(ran.err).toMatch(/^stasis: [ -~ａ]+\n(hint: .*\n)?$/)
      }
      for (const directory of ["x", "/", "/a/../b"]) {
        expect([directory, (yield* type(`create counter ok --checkpoint-dir ${directory}`)).code]).toEqual([
          directory,
          2
        ])
      }
      expect(yield* control.container("counter")).toMatchObject({ state: "running" })
      expect((yield* type("ls -q")).out).toBe("")
    }))
})
