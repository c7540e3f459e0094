import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { kill } from "node:process"
import { describe, expect, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Process from "../../../src/layers/shared/Process.ts"
import * as Proc from "../../../src/layers/shared/Proc.ts"

const sh = (script: string, ...more: ReadonlyArray<string>) => ({ program: "sh", args: ["-c", script, "sh", ...more] })

describe("Process", () => {
  it.live("gives the code and both outputs", () =>
    Effect.gen(function* () {
      const finished = yield* Process.run(sh("echo out; echo err >&2; exit 3"))
      expect(finished).toMatchObject({ code: 3, signal: undefined, stdout: "out\n", stderr: "err\n" })
    }))

  it.live("runs in a session of its own, without input", () =>
    Effect.gen(function* () {
      const finished = yield* Process.run(sh("cut -d' ' -f6 /proc/$$/stat; cat"))
      expect(finished.stdout).toBe(`${finished.session}\n`)
    }))

  it.live("tells its pid at once, and what it has started can be seen while it runs", () =>
    Effect.gen(function* () {
      const started = yield* Deferred.make<number>()
      const fiber = yield* Effect.fork(Process.run({
        ...sh("(sleep 60 & wait) & wait"),
        onStart: (pid) => Deferred.unsafeDone(started, Effect.succeed(pid))
      }))
      const parent = yield* Deferred.await(started)
      const names = () => Proc.descendants(parent).map((pid) => readFileSync(`/proc/${pid}/comm`, "utf8").trim())
      while (!names().includes("sleep")) yield* Effect.sleep(2)
      expect(names()).toEqual(["sh", "sleep"])
      kill(-parent, "SIGKILL")
      expect((yield* Fiber.join(fiber)).session).toBe(parent)
      expect(Proc.descendants(parent)).toEqual([])
    }))

  it.live("hands its descriptors on", () =>
    Effect.scoped(Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const file = yield* Effect.acquireRelease(
        Effect.sync(() => openSync(`${folder}/file`, "w")),
        (fd) => Effect.sync(() => closeSync(fd))
      )
      yield* Process.run({ ...sh("echo through >&3"), lease: { descriptors: [file] }, output: "null" })
      expect(readFileSync(`${folder}/file`, "utf8")).toBe("through\n")
    })))

  it.live("adds variables to ours", () =>
    Effect.gen(function* () {
      const finished = yield* Process.run({ ...sh('echo $MORE; test -n "$PATH" && echo path'), env: { MORE: "more" } })
      expect(finished.stdout).toBe("more\npath\n")
    }))

  it.live("keeps the end of a long output, and no more of it", () =>
    Effect.gen(function* () {
      const finished = yield* Process.run(sh("head -c 3000000 /dev/zero; echo end"))
      expect(finished.stdout.length).toBe(Process.captureLimit)
      expect(finished.stdout.endsWith("end\n")).toBe(true)
    }))

  it.live("says who ended it", () =>
    Effect.gen(function* () {
      const finished = yield* Process.run(sh("kill -KILL $$"))
      expect(finished.signal).toBe("SIGKILL")
    }))

  it.live("says that a program is missing, or is none", () =>
    Effect.gen(function* () {
      const missing = yield* Effect.flip(Process.run({ program: "/nowhere/program", args: [] }))
      expect([missing.reason, missing.program]).toEqual(["Missing", "/nowhere/program"])
      expect((yield* Effect.flip(Process.run({ program: "/etc/passwd", args: [] }))).reason).toBe("Permission")
      expect((yield* Effect.flip(Process.start({ program: "/nowhere/program", args: [] }))).reason).toBe("Missing")
    }))

  it.live("an interruption waits for its end", () =>
    Effect.scoped(Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const running = yield* Effect.fork(Process.run(sh("mkfifo $1/go; echo > $1/go; echo done > $1/done", folder)))
      yield* Process.run(sh("until [ -p $1/go ]; do :; done", folder))
      const stopping = yield* Effect.fork(Fiber.interrupt(running))
      yield* Process.run(sh("true"))
      expect(yield* Fiber.poll(stopping)).toMatchObject({ _tag: "None" })
      // Opening the fifo lets the program go on.
      yield* Process.run(sh("cat $1/go", folder))
      yield* Fiber.join(stopping)
      expect(readFileSync(`${folder}/done`, "utf8")).toBe("done\n")
    })))

  it.live("what is started lives on", () =>
    Effect.scoped(Effect.gen(function* () {
      const folder = yield* temporaryFolder
      yield* Process.start(sh("mkfifo $1/go; echo $$ > $1/go; read line < $1/go", folder))
      const started = Number((yield* Process.run(sh("until [ -p $1/go ]; do :; done; cat $1/go", folder))).stdout)
      const found = Proc.stat(started)
      expect(found?.session).toBe(started)
      kill(started, "SIGKILL")
      expect(yield* Proc.awaitEnd(started, found?.startTime ?? 0)).toBe(true)
      expect(yield* Proc.awaitSession(started)).toBe(true)
    })))
})

const temporaryFolder = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(`${tmpdir()}/stasis-process-`)),
  (path) => Effect.sync(() => rmSync(path, { recursive: true, force: true }))
)
