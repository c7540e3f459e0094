// When hooks are told, what they are told, and what becomes of their failures.
import { describe, expect, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Logger from "effect/Logger"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import { CheckpointError, Checkpoints, Hooks } from "stasis"
import type * as Memory from "stasis/Memory"
import { directory, inWorld, listed, settled } from "./world.ts"

type Control = typeof Memory.MemoryControl.Service

const broken = new CheckpointError.RuntimeFailed({
  operation: "checkpoint",
  container: "front",
  runtime: "memory",
  reason: "Unknown",
  detail: "it broke"
})

const itBroke = { _tag: "RuntimeFailed", message: broken.message }

/** Hooks that note what they are told, and the state of the container as the world has it then. */
const noting = (control: Control, more: Hooks.Hooks = {}) => {
  const told: Array<string> = []
  const note: Hooks.Hook = (context) =>
    Effect.gen(function* () {
      const state = (yield* control.container("web"))?.state ?? "gone"
      told.push([context.hook, ...(context.outcome === undefined ? [] : [context.outcome]), state].join(" "))
      yield* more[context.hook]?.(context) ?? Effect.void
    })
  const hooks: Hooks.Hooks = { ...more, beforeFreeze: note, afterDump: note, afterRestore: note }
  return { told, hooks }
}

/** What is logged meanwhile. */
const logged = <A, E, R>(work: Effect.Effect<A, E, R>) => {
  const lines: Array<string> = []
  const logger = Logger.make(({ message }) => lines.push(String(message)))
  return Effect.map(Effect.provide(work, Logger.replace(Logger.defaultLogger, logger)), (result) => ({ lines, result }))
}

/** Nothing of an attempt is left, and the container goes on as if it had never been frozen. */
const asItWas = (control: Control) =>
  Effect.gen(function* () {
    expect((yield* control.container("web"))?.state).toBe("running")
    expect(yield* control.count("web")).toBe(7)
    expect(yield* listed).toEqual([])
    expect(yield* Checkpoints.recover()).toEqual([])
  })

describe("the hooks of create", () => {
  it.effect(
    "are told before the freeze, and when the container goes on or has been stopped",
    inWorld((control) =>
      Effect.gen(function* () {
        const { hooks, told } = noting(control)
        yield* Checkpoints.create("web", "first", { leaveRunning: true }, hooks)
        yield* Checkpoints.create("web", "second", {}, hooks)
        yield* control.start({ id: "web" })
        yield* Checkpoints.create("web", "third", { tcpEstablished: true }, hooks)
        expect(told).toEqual([
          "beforeFreeze running",
          "afterDump dumped running",
          "beforeFreeze running",
          "afterDump dumped gone",
          "beforeFreeze running",
          "afterDump dumped gone"
        ])
      })
    )
  )

  it.effect(
    "are told of the container, the checkpoint and its directory",
    inWorld((control) =>
      Effect.gen(function* () {
        const contexts: Array<Hooks.HookContext> = []
        const note: Hooks.Hook = (context) => Effect.sync(() => contexts.push(context))
        yield* Checkpoints.create("web", "first", {}, { beforeFreeze: note, afterDump: note })
        const common = {
          checkpoint: "first",
          directory,
          container: { id: "web", name: "front", labels: { team: "a" } }
        }
        expect(contexts).toMatchObject([
          { ...common, hook: "beforeFreeze", container: { state: "running", process: { pid: expect.any(Number) } } },
          { ...common, hook: "afterDump", outcome: "dumped", container: { state: "forgotten" } }
        ])
        expect(contexts[0]).not.toHaveProperty("outcome")
        yield* Checkpoints.restore("web", "first", {}, { afterRestore: note })
        const { process } = (yield* control.container("web")) ?? {}
        expect(contexts[2]).toMatchObject({ ...common, hook: "afterRestore", container: { state: "running", process } })
      })
    )
  )

  it.effect(
    "come before a pre-dump",
    inWorld((control) =>
      Effect.gen(function* () {
        const hang = yield* control.faults.hangNext("Runtime.preDump")
        const begun = yield* Deferred.make<void>()
        const go = yield* Deferred.make<void>()
        const beforeFreeze = () => Effect.zipRight(Deferred.succeed(begun, undefined), Deferred.await(go))
        const operation = yield* Checkpoints.beginCreate("web", "first", { preDump: true }, { beforeFreeze })
        expect(yield* Effect.raceFirst(Deferred.await(begun), Effect.as(hang.reached, "pre-dumped"))).toBeUndefined()
        expect(yield* Stream.runHead(operation.progress)).toMatchObject({ value: { step: "preparing" } })
        yield* Deferred.succeed(go, undefined)
        yield* hang.reached
        yield* hang.release
        yield* operation.result
      })
    )
  )

  for (
    const [what, hook, detail] of [
      ["fails", () => Effect.fail("the cache is busy.\n"), "the cache is busy"],
      ["fails with an error", () => Effect.fail(broken), broken.message],
      ["fails without a word", () => Effect.fail(""), "it gave no reason"],
      ["dies", () => Effect.die(new Error("no such cache")), "no such cache"],
      ["dies before it is an effect", () => {
        throw new Error("no cache at all")
      }, "no cache at all"]
    ] as ReadonlyArray<readonly [string, Hooks.Hook, string]>
  ) {
    it.effect(
      `one that ${what} before the freeze cancels, and the container was not frozen`,
      inWorld((control) =>
        Effect.gen(function* () {
          const { hooks, told } = noting(control, { beforeFreeze: hook })
          const dump = yield* control.faults.hangNext("Runtime.checkpoint")
          const frozen = Effect.as(dump.reached, "it was frozen")
          const error = yield* Effect.raceFirst(Effect.flip(Checkpoints.create("web", "first", {}, hooks)), frozen)
          expect(error).toMatchObject({
            _tag: "HookFailed",
            hook: "beforeFreeze",
            container: "front",
            checkpoint: "first",
            reason: "Failed",
            detail
          })
          expect(told).toEqual(["beforeFreeze running", "afterDump failed running"])
          yield* asItWas(control)
        })
      )
    )
  }

  it.effect(
    "one that interrupts itself has failed",
    inWorld((control) =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(
          Checkpoints.create("web", "first", {}, { beforeFreeze: () => Effect.interrupt })
        )
        expect(error).toMatchObject({ _tag: "HookFailed", reason: "Failed" })
        yield* asItWas(control)
      })
    )
  )

  it.effect(
    "one that takes longer than its time before the freeze is interrupted, and cancels",
    inWorld((control) =>
      Effect.gen(function* () {
        for (const [timeout, given] of [[Hooks.defaultTimeout, {}], [50, { timeout: 50 }]] as const) {
          let interrupted = false
          const begun = yield* Deferred.make<void>()
          const { hooks, told } = noting(control, {
            beforeFreeze: () =>
              Effect.onInterrupt(
                Effect.zipRight(Deferred.succeed(begun, undefined), Effect.never),
                () => Effect.sync(() => interrupted = true)
              )
          })
          const fiber = yield* Effect.fork(Effect.flip(Checkpoints.create("web", "first", {}, { ...hooks, ...given })))
          yield* Deferred.await(begun)
          yield* TestClock.adjust(timeout - 1)
          expect(interrupted).toBe(false)
          yield* TestClock.adjust(1)
          expect(yield* settled(fiber)).toMatchObject({
            _tag: "HookFailed",
            hook: "beforeFreeze",
            reason: "TimedOut",
            detail: `more than ${timeout} ms`
          })
          expect(interrupted).toBe(true)
          expect(told).toEqual(["beforeFreeze running", "afterDump failed running"])
          yield* asItWas(control)
        }
      })
    )
  )

  it.effect(
    "one that hangs before the freeze does not keep the create from being cancelled",
    inWorld((control) =>
      Effect.gen(function* () {
        const begun = yield* Deferred.make<void>()
        let interrupted = false
        const { hooks, told } = noting(control, {
          beforeFreeze: () =>
            Effect.onInterrupt(
              Effect.zipRight(Deferred.succeed(begun, undefined), Effect.never),
              () => Effect.sync(() => interrupted = true)
            )
        })
        const fiber = yield* Effect.fork(Checkpoints.create("web", "first", {}, hooks))
        yield* Deferred.await(begun)
        const interrupting = yield* Effect.fork(Fiber.interrupt(fiber))
        expect(Exit.isInterrupted(yield* settled(interrupting))).toBe(true)
        expect(interrupted).toBe(true)
        expect(told).toEqual(["beforeFreeze running", "afterDump failed running"])
        yield* asItWas(control)
      })
    )
  )

  it.effect(
    "one that cannot even be interrupted is left behind after a while",
    inWorld((control) =>
      Effect.gen(function* () {
        const begun = yield* Deferred.make<void>()
        const end = yield* Deferred.make<void>()
        const beforeFreeze = () =>
          Effect.uninterruptible(Effect.zipRight(Deferred.succeed(begun, undefined), Deferred.await(end)))
        const fiber = yield* Effect.fork(Checkpoints.create("web", "first", {}, { beforeFreeze }))
        yield* Deferred.await(begun)
        const interrupting = yield* Effect.fork(Fiber.interrupt(fiber))
        yield* TestClock.adjust("9 seconds")
        expect(yield* Fiber.poll(interrupting)).toMatchObject({ _tag: "None" })
        yield* TestClock.adjust("1 seconds")
        expect(Exit.isInterrupted(yield* settled(interrupting))).toBe(true)
        yield* asItWas(control)
        yield* Deferred.succeed(end, undefined)
      })
    )
  )

  it.effect(
    "are told of a failure once, wherever it strikes",
    inWorld((control) =>
      Effect.gen(function* () {
        const storage = new CheckpointError.StorageFailed({
          operation: "write",
          path: "/",
          reason: "Other",
          detail: "it is broken"
        })
        const faults = [
          control.faults.failNext("Runtime.survey", broken),
          control.faults.failNext("Runtime.checkpoint", broken),
          control.faults.failNext("CheckpointStore.imageBytes", storage),
          control.faults.failNext("CheckpointStore.publish", storage),
          control.faults.failNext("Runtime.stop", broken)
        ]
        for (const fault of faults) {
          const { hooks, told } = noting(control)
          yield* fault
          expect(["RuntimeFailed", "StorageFailed"]).toContain(
            (yield* Effect.flip(Checkpoints.create("web", "first", {}, hooks)))._tag
          )
          expect(told).toEqual(["beforeFreeze running", "afterDump failed running"])
          yield* asItWas(control)
        }
      })
    )
  )

  it.effect(
    "are told nothing where the attempt did not come to them",
    inWorld((control) =>
      Effect.gen(function* () {
        yield* Checkpoints.create("web", "there", { leaveRunning: true })
        const { hooks, told } = noting(control)
        expect(yield* Effect.flip(Checkpoints.create("web", "there", {}, hooks))).toMatchObject({
          _tag: "CheckpointExists"
        })
        expect(yield* Effect.flip(Checkpoints.create("nobody", "first", {}, hooks))).toMatchObject({
          _tag: "ContainerNotFound"
        })
        yield* control.faults.setCapacity(0)
        expect(yield* Effect.flip(Checkpoints.create("web", "first", {}, hooks))).toMatchObject({
          _tag: "StorageFailed",
          reason: "NoSpace"
        })
        expect(told).toEqual([])
      })
    )
  )

  it.effect(
    "are told where the checkpoint could not be published, and its container is gone",
    inWorld((control) =>
      Effect.gen(function* () {
        const { hooks, told } = noting(control)
        const hang = yield* control.faults.hangNext("Runtime.checkpoint", { after: true })
        const fiber = yield* Effect.fork(Checkpoints.create("web", "first", { tcpEstablished: true }, hooks))
        yield* hang.reached
        yield* control.faults.failWritesAfter(0)
        yield* hang.release
        expect((yield* Effect.flip(Fiber.join(fiber)))._tag).toBe("CheckpointUnpublished")
        expect(told).toEqual(["beforeFreeze running", "afterDump failed gone"])
      })
    )
  )

  it.effect(
    "let what is refused ahead be closed before it is looked at",
    inWorld((control) =>
      Effect.gen(function* () {
        yield* control.faults.failNext("Runtime.survey", broken, { times: 9 })
        expect(yield* Effect.flip(Checkpoints.create("web", "first"))).toMatchObject(itBroke)
        yield* Checkpoints.create("web", "first", {}, { beforeFreeze: () => control.faults.clear })
        expect(yield* listed).toEqual(["first"])
      })
    )
  )

  it.effect(
    "after the dump are told of an interruption, once all is rolled back",
    inWorld((control) =>
      Effect.gen(function* () {
        for (const options of [{ leaveRunning: true }, {}]) {
          const { hooks, told } = noting(control)
          const hang = yield* control.faults.hangNext("Runtime.checkpoint", { after: true })
          const fiber = yield* Effect.fork(Checkpoints.create("web", "first", options, hooks))
          yield* hang.reached
          const interrupting = yield* Effect.fork(Fiber.interrupt(fiber))
          yield* Effect.yieldNow()
          yield* hang.release
          yield* Fiber.join(interrupting)
          expect(told).toEqual(["beforeFreeze running", "afterDump failed running"])
          yield* asItWas(control)
        }
      })
    )
  )

  it.effect(
    "after the dump are told without one before the freeze",
    inWorld((control) =>
      Effect.gen(function* () {
        const outcomes: Array<string | undefined> = []
        const afterDump: Hooks.Hook = ({ outcome }) => Effect.sync(() => outcomes.push(outcome))
        yield* control.faults.failNext("Runtime.checkpoint", broken)
        yield* Effect.flip(Checkpoints.create("web", "first", {}, { afterDump }))
        yield* Checkpoints.create("web", "first", {}, { afterDump })
        expect(outcomes).toEqual(["failed", "dumped"])
      })
    )
  )

  it.effect(
    "after the dump only warn when they fail, die or take too long",
    inWorld((control) =>
      Effect.gen(function* () {
        const begun = yield* Deferred.make<void>()
        const afterDump: ReadonlyArray<Hooks.Hook> = [
          () => Effect.fail("it is deaf"),
          () => Effect.die("it is dead"),
          () => Effect.zipRight(Deferred.succeed(begun, undefined), Effect.never)
        ]
        for (const [index, hook] of afterDump.entries()) {
          const operation = yield* Checkpoints.beginCreate("web", `no-${index}`, { leaveRunning: true }, {
            afterDump: hook,
            timeout: 1000
          })
          if (index === 2) {
            yield* Deferred.await(begun)
            expect(yield* Stream.runHead(operation.progress)).toMatchObject({ value: { step: "notifying" } })
            yield* TestClock.adjust(1000)
          }
          const { checkpoint, state, warnings } = yield* operation.result
          expect({ status: checkpoint.status, state }).toEqual({ status: "complete", state: "running" })
          expect(warnings).toEqual([
            expect.stringContaining('Cannot tell container "front" of the end of checkpoint "no-')
          ])
          expect(warnings[0]).toContain(["it is deaf", "it is dead", "more than 1000 ms"][index])
        }
        expect(yield* listed).toEqual(["no-0", "no-1", "no-2"])
        const { lines, result } = yield* logged(
          Effect.zipRight(
            control.faults.failNext("Runtime.checkpoint", broken),
            Effect.flip(Checkpoints.create("web", "first", {}, { afterDump: () => Effect.fail("it is deaf") }))
          )
        )
        // The failure of the create is what counts.
        expect(result).toMatchObject(itBroke)
        expect(lines).toEqual([expect.stringContaining("it is deaf")])
      })
    )
  )

  it.effect(
    "are told while the container is held",
    inWorld((control) =>
      Effect.gen(function* () {
        const seen: Array<string> = []
        const tryAnother: Hooks.Hook = ({ hook }) =>
          Effect.map(
            Effect.either(Checkpoints.create("web", "second", { wait: false, leaveRunning: true })),
            (outcome) => seen.push(`${hook} ${Either.isLeft(outcome) ? outcome.left._tag : "created"}`)
          ).pipe(Effect.provide(context))
        const context = yield* Effect.context<Checkpoints.Checkpoints>()
        const hooks = { beforeFreeze: tryAnother, afterDump: tryAnother, afterRestore: tryAnother }
        yield* Checkpoints.create("web", "first", { leaveRunning: true }, hooks)
        yield* control.remove("web")
        yield* Checkpoints.restore("web", "first", {}, hooks)
        expect(seen).toEqual(["beforeFreeze CheckpointBusy", "afterDump CheckpointBusy", "afterRestore CheckpointBusy"])
      })
    )
  )

  it.effect(
    "take no time of the freeze",
    inWorld(() =>
      Effect.gen(function* () {
        const hook: Hooks.Hook = () => TestClock.adjust("5 seconds")
        const { checkpoint } = yield* Checkpoints.create("web", "first", {}, { beforeFreeze: hook, afterDump: hook })
        expect(checkpoint.record?.statistics?.frozenMicros).toBe(0)
        expect(checkpoint.record?.milliseconds).toBe(5000)
      })
    )
  )
})

describe("the hooks of restore", () => {
  it.effect(
    "are told once the container runs, or stands paused as it was",
    inWorld((control) =>
      Effect.gen(function* () {
        const { hooks, told } = noting(control)
        yield* Checkpoints.create("web", "first")
        yield* Checkpoints.restore("web", "first", {}, hooks)
        yield* control.setPaused("web", true)
        yield* Checkpoints.create("web", "second")
        yield* Checkpoints.restore("web", "second", {}, hooks)
        expect(told).toEqual(["afterRestore running", "afterRestore paused"])
      })
    )
  )

  it.effect(
    "only warn when they fail, die or take too long",
    inWorld((control) =>
      Effect.gen(function* () {
        yield* Checkpoints.create("web", "first")
        for (const hook of [() => Effect.fail("it is deaf"), () => Effect.die("it is deaf")]) {
          const { pid, state, warnings } = yield* Checkpoints.restore("web", "first", {}, { afterRestore: hook })
          expect(state).toBe("running")
          expect(pid).toBe((yield* control.container("web"))?.process?.pid)
          expect(warnings).toEqual([
            'Cannot tell container "front" of its restore from "first": hook "afterRestore" failed (it is deaf); ' +
            "do by hand what it was to do"
          ])
          yield* control.remove("web")
        }
        const begun = yield* Deferred.make<void>()
        const afterRestore = () => Effect.zipRight(Deferred.succeed(begun, undefined), Effect.never)
        const fiber = yield* Effect.fork(Checkpoints.restore("web", "first", {}, { afterRestore, timeout: 10 }))
        yield* Deferred.await(begun)
        yield* TestClock.adjust(10)
        expect((yield* settled(fiber)).warnings).toEqual([expect.stringContaining("took too long (more than 10 ms)")])
      })
    )
  )

  it.effect(
    "are told all the same when the restore is interrupted, and are not cut short",
    inWorld((control) =>
      Effect.gen(function* () {
        yield* Checkpoints.create("web", "first")
        const { hooks, told } = noting(control, { afterRestore: () => Effect.yieldNow() })
        const hang = yield* control.faults.hangNext("Runtime.restore")
        const fiber = yield* Effect.fork(Checkpoints.restore("web", "first", {}, hooks))
        yield* hang.reached
        const interrupting = yield* Effect.fork(Fiber.interrupt(fiber))
        yield* Effect.yieldNow()
        yield* hang.release
        yield* Fiber.join(interrupting)
        expect(told).toEqual(["afterRestore running"])
      })
    )
  )

  it.effect(
    "are told of the safety checkpoint that replace takes, and of what was restored",
    inWorld((control) =>
      Effect.gen(function* () {
        yield* Checkpoints.create("web", "first", { leaveRunning: true })
        const names: Array<string> = []
        const { hooks, told } = noting(control, {
          beforeFreeze: ({ checkpoint }) => Effect.sync(() => names.push(checkpoint)),
          afterRestore: ({ checkpoint }) => Effect.sync(() => names.push(checkpoint))
        })
        expect((yield* Checkpoints.restore("web", "first", { replace: true }, hooks)).warnings).toEqual([])
        expect(told).toEqual(["beforeFreeze running", "afterDump dumped gone", "afterRestore running"])
        expect(names).toEqual([expect.stringMatching(/^before-restore-.*-first$/), "first"])
      })
    )
  )

  it.effect(
    "cancel a replace that its program cannot prepare for",
    inWorld((control) =>
      Effect.gen(function* () {
        yield* Checkpoints.create("web", "first", { leaveRunning: true })
        yield* control.advance("web", 5)
        const { hooks, told } = noting(control, { beforeFreeze: () => Effect.fail("it is busy") })
        expect(yield* Effect.flip(Checkpoints.restore("web", "first", { replace: true }, hooks))).toMatchObject({
          _tag: "HookFailed",
          hook: "beforeFreeze"
        })
        expect(told).toEqual(["beforeFreeze running", "afterDump failed running"])
        expect(yield* control.count("web")).toBe(12)
        expect(yield* listed).toEqual(["first"])
      })
    )
  )

  it.effect(
    "are told, once, of the safety checkpoint to which the container went back",
    inWorld((control) =>
      Effect.gen(function* () {
        yield* Checkpoints.create("web", "first", { leaveRunning: true })
        yield* control.advance("web", 5)
        const names: Array<string> = []
        const afterRestore: Hooks.Hook = ({ checkpoint }) =>
          Effect.zipRight(Effect.sync(() => names.push(checkpoint)), Effect.fail("it is deaf"))
        yield* control.faults.failNext("Runtime.restore", broken)
        const { lines, result } = yield* logged(
          Effect.flip(Checkpoints.restore("web", "first", { replace: true }, { afterRestore }))
        )
        expect(result).toMatchObject(itBroke)
        expect(names).toEqual([expect.stringMatching(/^before-restore-.*-first$/)])
        expect(lines).toEqual([expect.stringContaining("it is deaf")])
        expect(yield* control.count("web")).toBe(12)
        expect(yield* listed).toEqual(["first"])
      })
    )
  )

  it.effect(
    "are told nothing when nothing was restored",
    inWorld((control) =>
      Effect.gen(function* () {
        yield* Checkpoints.create("web", "first")
        const { hooks, told } = noting(control)
        yield* control.faults.failNext("Runtime.restore", broken)
        expect(yield* Effect.flip(Checkpoints.restore("web", "first", {}, hooks))).toMatchObject(itBroke)
        expect(told).toEqual([])
      })
    )
  )
})
