// What a gone process has left below containerd without a task: made on purpose, as a killed runc leaves it.
import { spawn } from "node:child_process"
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Checkpoints from "../../../src/effects/Checkpoints.ts"
import * as Process from "../../../src/layers/shared/Process.ts"
import * as LabContainer from "../oci/LabContainer.ts"
import * as LabContainerd from "./LabContainerd.ts"

/** A test on a container that was checkpointed and has no task, with the folder of its state and what was in that. */
const check = (
  name: string,
  recipe: LabContainerd.Recipe,
  test: (
    container: LabContainerd.LabContainer,
    state: string,
    kept: { readonly state: string; readonly cgroup: string; readonly count: number }
  ) => Effect.Effect<unknown, unknown, Checkpoints.Checkpoints>
) =>
  it.scopedLive(name, () =>
    Effect.gen(function* () {
      const container = yield* LabContainerd.make(recipe)
      const state = `/run/containerd/runc/default/${container.id}`
      yield* Effect.gen(function* () {
        const count = yield* container.counted(3)
        const kept = readFileSync(`${state}/state.json`, "utf8")
        const cgroup = readFileSync(`/proc/${yield* container.pid}/cgroup`, "utf8").trim().split("::")[1] ?? ""
        yield* Checkpoints.create(container.id, "first")
        expect(existsSync(state)).toBe(false)
        yield* test(container, state, { state: kept, cgroup: `/sys/fs/cgroup${cgroup}`, count })
      }).pipe(Effect.provide(LabContainerd.layerOf(container)))
    }))

const busy = (id: string) =>
  Effect.map(
    Effect.flip(Checkpoints.restore(id, "first")),
    (error) => [error._tag, "reason" in error ? error.reason : "", error.message]
  )

describe("what is left without a task", () => {
  check(
    "the root file system is mounted in runc's state folder: it is let go of, and not a file is lost",
    { folder: true },
    (container, state, { count }) =>
      Effect.gen(function* () {
        const rootfs = `${container.containerd.folder}/rootfs-${container.id}`
        const files = () => readdirSync(rootfs, { recursive: true, encoding: "utf8" }).sort()
        const before = files()
        mkdirSync(`${state}/criu-root`, { recursive: true })
        yield* Process.run({ program: "mount", args: ["--bind", rootfs, `${state}/criu-root`] })
        expect(existsSync(`${state}/criu-root/bin/busybox`)).toBe(true)
        yield* Checkpoints.restore(container.id, "first")
        expect(files()).toEqual(before)
        expect(existsSync(`${state}/criu-root`)).toBe(false)
        yield* container.counted(count + 1)
      })
  )

  check("a state folder that runc has just made, or one of a process that has ended, is swept", {}, (container, state, {
    count,
    state: text
  }) =>
    Effect.gen(function* () {
      mkdirSync(state)
      yield* Checkpoints.restore(container.id, "first")
      yield* container.counted(count + 1)
      yield* container.kill
      mkdirSync(state)
      writeFileSync(`${state}/state.json`, text)
      yield* Checkpoints.restore(container.id, "first")
      yield* container.counted(count + 1)
    }))

  check(
    "what lives is nobody's to end, and the restore is refused",
    {},
    (container, state, { cgroup, count }) =>
      Effect.gen(function* () {
        mkdirSync(cgroup, { recursive: true })
        const other = yield* Effect.acquireRelease(
          Effect.sync(() => spawn("sleep", ["1000"], { stdio: "ignore" })),
          (child) => Effect.sync(() => child.kill("SIGKILL"))
        )
        writeFileSync(`${cgroup}/cgroup.procs`, String(other.pid))
        mkdirSync(state)
        expect(yield* busy(container.id)).toEqual(
          ["RuntimeFailed", "Busy", expect.stringContaining(`a process of it (pid ${other.pid}) lives`)]
        )
        expect(other.exitCode ?? other.signalCode).toBe(null)
        expect(existsSync(state)).toBe(true)
        expect(yield* container.ctr("task", "ls", "--quiet")).toBe("")
        other.kill("SIGKILL")
        yield* LabContainer.poll(Effect.sync(() => other.signalCode), (signal) => signal !== null)
        yield* Checkpoints.restore(container.id, "first")
        yield* container.counted(count + 1)
      }).pipe(Effect.scoped)
  )
})
