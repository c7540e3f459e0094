// Hooks that are commands, as real processes: how they end, what they are told, and that none of them outlives its time.
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { kill } from "node:process"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"

import { CheckpointDirectory, CheckpointName, Checkpoints, type Hooks } from "stasis"
import * as HookCommand from "stasis/HookCommand"
import * as Memory from "stasis/Memory"
import * as Proc from "../../../src/layers/shared/Proc.ts"

const context: Hooks.HookContext = {
  hook: "afterDump",
  container: { id: "web", state: "running", labels: {}, identity: "a", process: { pid: 42, startTime: 1 } },
  checkpoint: Either.getOrThrow(CheckpointName.parse("first")),
  directory: Either.getOrThrow(CheckpointDirectory.parse("/srv/checkpoints")),
  outcome: "dumped"
}

const said = (command: string) => Effect.map(Effect.flip(HookCommand.make(command)(context)), ({ message }) => message)

describe("a command", () => {
  it.live("has succeeded with code 0, and failed with any other", () =>
    Effect.gen(function* () {
      yield* HookCommand.make("echo fine; true")(context)
      expect(yield* said("exit 3")).toBe("the command ended with code 3")
      expect(yield* said("kill -TERM $$")).toBe("the command was ended by SIGTERM")
      expect(yield* said("/no/such/program")).toMatch(
        /^the command ended with code 127: .*\/no\/such\/program.*not found$/
      )
      expect(yield* said("echo a\0b")).toMatch(/^"sh" cannot be started: /)
    }))

  it.live("shows the end of what it wrote, to its error output first", () =>
    Effect.gen(function* () {
      expect(yield* said("echo out; exit 1")).toBe("the command ended with code 1: out")
      expect(yield* said("echo out; printf 'one\\ntwo\\n' >&2; exit 1")).toBe("the command ended with code 1: one two")
      const long = yield* said("head -c 3000000 /dev/zero | tr '\\0' x; echo end; exit 1")
      expect(long).toMatch(/^the command ended with code 1: …x+end$/)
      expect(long.length).toBeLessThan(1100)
    }))

  it.live("is told what a hook is told, beside the variables of this process", () =>
    Effect.gen(function* () {
      const all = "$STASIS_HOOK $STASIS_CONTAINER $STASIS_CHECKPOINT $STASIS_CHECKPOINT_DIR"
      const own = "[$STASIS_PID] [$STASIS_OUTCOME] ${PATH:+path}"
      expect(yield* said(`echo ${all} ${own}; false`)).toBe(
        "the command ended with code 1: after-dump web first /srv/checkpoints [42] [dumped] path"
      )
      const { outcome: _, ...early } = context
      const { process: __, ...gone } = context.container
      const fail = HookCommand.make(`echo $STASIS_HOOK ${own}; false`)({
        ...early,
        hook: "beforeFreeze",
        container: gone
      })
      expect((yield* Effect.flip(fail)).message).toBe("the command ended with code 1: before-freeze [] [] path")
    }))

  it.live("runs in a session of its own, without input", () =>
    Effect.gen(function* () {
      const session = "$(cut -d' ' -f6 /proc/$$/stat)"
      expect(yield* said(`cat; test ${session} = $$ && echo its own; false`)).toBe(
        "the command ended with code 1: its own"
      )
    }))

  it.live("has ended when its shell has, whatever it left running with its outputs", () =>
    Effect.scoped(Effect.gen(function* () {
      const folder = yield* temporaryFolder
      yield* HookCommand.make(`sleep 1000 & echo $! > ${folder}/left`)(context)
      const left = Number(readFileSync(`${folder}/left`, "utf8"))
      expect(Proc.stat(left)).toBeDefined()
      kill(left, "SIGKILL")
    })))
})

/** A line whose shell, child and child in a process group of its own ignore to be told to end, and write down their pids. */
const stubborn = (folder: string) =>
  `trap '' TERM INT HUP; bash -mc 'sh -c "echo \\$\\$ > ${folder}/own; while :; do sleep 1000; done" & wait' & ` +
  `sh -c 'echo $$ > ${folder}/child; while :; do sleep 1000; done' & echo $$ > ${folder}/shell; ` +
  `while [ ! -s ${folder}/own ] || [ ! -s ${folder}/child ]; do :; done; touch ${folder}/all; wait; wait`

const pidsIn = (folder: string) =>
  ["shell", "child", "own"].map((name) => Number(readFileSync(`${folder}/${name}`, "utf8")))

const started = (folder: string): Effect.Effect<void> =>
  Effect.suspend(() => existsSync(`${folder}/all`) ? Effect.void : Effect.delay(started(folder), "2 millis"))

const alive = (pid: number) => {
  const found = Proc.stat(pid)
  return found !== undefined && found.state !== "Z" && found.state !== "X"
}

describe("a command that does not end", () => {
  it.live("is ended with all its processes when it is interrupted, whatever they ignore", () =>
    Effect.scoped(Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const fiber = yield* Effect.fork(HookCommand.make(stubborn(folder))(context))
      yield* started(folder)
      const pids = pidsIn(folder)
      expect(pids.filter(alive)).toEqual(pids)
      expect(Exit.isInterrupted(yield* Fiber.interrupt(fiber))).toBe(true)
      expect(pids.filter(alive)).toEqual([])
      expect(Proc.inSession(pids[0] ?? 0)).toEqual([])
    })))

  it.live("cancels the create when its time is over, and nothing of it is left then", () =>
    Effect.scoped(Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const hooks = { beforeFreeze: HookCommand.make(stubborn(folder)), timeout: 1000 }
      const error = yield* Effect.flip(Checkpoints.create("web", "first", {}, hooks))
      expect(error).toMatchObject({ _tag: "HookFailed", reason: "TimedOut", detail: "more than 1000 ms" })
      expect(pidsIn(folder).filter(alive)).toEqual([])
      expect(yield* Checkpoints.names("web")).toEqual([])
    })).pipe(Effect.provide(Memory.layer({ containers: [{ id: "web" }] }))))

  it.live("does not keep the create from being cancelled", () =>
    Effect.scoped(Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const hooks = { beforeFreeze: HookCommand.make(stubborn(folder)) }
      const operation = yield* Checkpoints.beginCreate("web", "first", {}, hooks)
      yield* started(folder)
      yield* operation.cancel
      expect(yield* operation.state).toBe("interrupted")
      expect(pidsIn(folder).filter(alive)).toEqual([])
    })).pipe(Effect.provide(Memory.layer({ containers: [{ id: "web" }] }))))
})

const temporaryFolder = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(`${tmpdir()}/stasis-hook-`)),
  (path) => Effect.sync(() => rmSync(path, { recursive: true, force: true }))
)
