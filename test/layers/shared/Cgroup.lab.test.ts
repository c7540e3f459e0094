// Frozen cgroups of this kernel: what holds a process that is in one below, and what a pause that was killed leaves.
import { spawn } from "node:child_process"
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs"
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Cgroup from "../../../src/layers/shared/Cgroup.ts"
import * as Proc from "../../../src/layers/shared/Proc.ts"

/** A process in a fresh cgroup within a fresh one, gone with the scope. */
const make = Effect.acquireRelease(
  Effect.promise(async () => {
    const outer = `/sys/fs/cgroup/stasis-test-${process.pid}`
    const inner = `${outer}/inner`
    mkdirSync(inner, { recursive: true })
    const child = spawn("sleep", ["1000"], { stdio: "ignore" })
    await new Promise((resolve) => child.once("spawn", resolve))
    const pid = child.pid ?? 0
    const startTime = Proc.stat(pid)?.startTime ?? 0
    const enter = (path: string) => writeFileSync(`${path}/cgroup.procs`, String(pid))
    enter(inner)
    return { child, pid, startTime, outer, inner, enter }
  }),
  ({ child, inner, outer, pid, startTime }) =>
    Effect.gen(function* () {
      child.kill("SIGKILL")
      yield* Proc.awaitEnd(pid, startTime)
      for (const path of [`${inner}/stasis-frozen`, inner, outer]) if (existsSync(path)) rmdirSync(path)
    })
)

it.scopedLive("a process is held by the nearest cgroup above it that is frozen", () =>
  Effect.gen(function* () {
    const { inner, outer, pid } = yield* make
    expect(Cgroup.of(pid)).toBe(inner)
    expect([Cgroup.isHeld(inner), Cgroup.holder(inner)]).toEqual([false, undefined])
    Cgroup.freeze(outer)
    expect([Cgroup.isFrozen(inner), Cgroup.isHeld(inner), Cgroup.holder(inner)]).toEqual([false, true, outer])
    Cgroup.freeze(inner)
    expect(Cgroup.holder(inner)).toBe(inner)
    Cgroup.thaw(outer)
    Cgroup.thaw(inner)
    expect(Cgroup.isHeld(inner)).toBe(false)
    expect(Cgroup.named(inner, "stasis-test-")).toBe(outer)
    expect(Cgroup.named(inner, "inner")).toBe(inner)
    expect(Cgroup.named(inner, "other")).toBeUndefined()
  }))

it.scopedLive("what is kept frozen is brought back, frozen, whoever has not come to it, and however far it had come", () =>
  Effect.gen(function* () {
    const { enter, inner, pid } = yield* make
    const below = `${inner}/stasis-frozen`
    Cgroup.bringBack(pid)
    expect([Cgroup.of(pid), Cgroup.isFrozen(inner)]).toEqual([inner, false])
    Cgroup.freeze(inner)
    Cgroup.keepFrozen(inner)
    expect([Cgroup.of(pid), Cgroup.isFrozen(inner), Cgroup.isFrozen(below)]).toEqual([below, false, true])
    Cgroup.bringBack(pid)
    expect([Cgroup.of(pid), Cgroup.isFrozen(inner), existsSync(below)]).toEqual([inner, true, false])
    // It was killed before it had moved the first of them.
    mkdirSync(below)
    const other = yield* Effect.acquireRelease(
      Effect.sync(() => spawn("sleep", ["1000"], { stdio: "ignore" })),
      (child) => Effect.sync(() => child.kill("SIGKILL"))
    )
    writeFileSync(`${below}/cgroup.procs`, String(other.pid))
    enter(inner)
    Cgroup.bringBack(pid)
    expect(existsSync(below)).toBe(false)
    expect(readFileSync(`${inner}/cgroup.procs`, "utf8").split("\n").filter(Boolean).sort()).toEqual(
      [pid, other.pid].map(String).sort()
    )
    const startTime = Proc.stat(other.pid ?? 0)?.startTime ?? 0
    other.kill("SIGKILL")
    yield* Proc.awaitEnd(other.pid ?? 0, startTime)
  }))
