/** Trees with namespaces of their own, and restores that fail half-way: nothing of them is left. */
import { spawnSync } from "node:child_process"
import { readdirSync, readFileSync } from "node:fs"
import process from "node:process"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { Checkpoints, ContainerStore, Processes } from "stasis"
import * as Criu from "stasis/Criu"
import { poll, temporaryFolder } from "../oci/LabContainer.ts"
import * as LabProcess from "./LabProcess.ts"

describe("the first process of a pid namespace", () => {
  it.scopedLive("comes back with its namespace", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const layer = Criu.layer({ stasisRoot: `${folder}/stasis` })
      // In a session of its own, with its own ids: of the namespace it is the first.
      const script = `unshare --fork --pid setsid python3 -c "$0" </dev/null >/dev/null 2>&1 & echo $!`
      const started = spawnSync("sh", ["-c", script, LabProcess.counting()[1] ?? ""], { encoding: "utf8" })
      const outer = Number(started.stdout.trim())
      yield* Effect.addFinalizer(() => LabProcess.killTree(outer))
      const first = Effect.sync(() => LabProcess.childrenOf(outer)[0] ?? 0)
      const pid = yield* poll(first, (one) => LabProcess.readCount(one) > 3)
      expect(readFileSync(`/proc/${pid}/status`, "utf8")).toContain(`NSpid:\t${pid}\t1\n`)
      yield* Effect.gen(function* () {
        yield* Processes.track("ns", pid)
        yield* Checkpoints.create("ns", "first")
        expect(yield* Effect.flip(Checkpoints.restore("ns", "first", { criu: { newPids: true } }))).toMatchObject({
          _tag: "OptionUnsupported",
          option: "newPids"
        })
        const restored = yield* Checkpoints.restore("ns", "first")
        const again = restored.pid ?? 0
        yield* Effect.addFinalizer(() => LabProcess.killTree(again))
        const count = LabProcess.readCount(again)
        yield* poll(Effect.sync(() => LabProcess.readCount(again)), (now) => now > count)
        expect(readFileSync(`/proc/${again}/status`, "utf8")).toContain(`NSpid:\t${again}\t1\n`)
      }).pipe(Effect.provide(layer))
    }))
})

describe("a restore whose CRIU is killed", () => {
  it.scopedLive("leaves nothing, and the next one works", () =>
    Effect.gen(function* () {
      const tree = yield* LabProcess.make({ setup: "x = bytearray(b'x') * (300 << 20)" })
      yield* Effect.gen(function* () {
        const pid = yield* tree.pid
        yield* Checkpoints.create(tree.id, "first")
        const restoring = yield* Effect.fork(Effect.either(Checkpoints.restore(tree.id, "first")))
        // When the process is there, CRIU has its memory to bring in.
        yield* poll(Effect.sync(() => LabProcess.stateOf(pid)), (state) => state !== "")
        // Not the process itself, which is one of CRIU until it is whole.
        for (const criu of criuPids().filter((one) => one !== pid)) process.kill(criu, "SIGKILL")
        const outcome = yield* Fiber.join(restoring)
        expect(outcome).toMatchObject({ _tag: "Left", left: { _tag: "RuntimeFailed" } })
        expect(LabProcess.stateOf(pid)).toBe("")
        const store = yield* ContainerStore.ContainerStore
        expect((yield* store.get(tree.id)).state).toBe("stopped")
        yield* Checkpoints.restore(tree.id, "first")
        yield* tree.counted((yield* tree.count) + 2)
      }).pipe(Effect.provide(tree.layer))
    }))
})

describe("threads", () => {
  it.scopedLive("are no processes, and are given no name", () =>
    Effect.gen(function* () {
      const tree = yield* LabProcess.make({
        setup: "threading.Thread(target=lambda: time.sleep(1000), daemon=True).start()"
      })
      yield* Effect.gen(function* () {
        const pid = yield* tree.pid
        const [thread = 0] = readdirSync(`/proc/${pid}/task`).map(Number).filter((id) => id !== pid)
        expect(yield* Effect.flip(Processes.track("thread", thread))).toMatchObject({ _tag: "ContainerNotFound" })
        expect(yield* Effect.flip(Checkpoints.create(`pid:${thread}`, "first"))).toMatchObject({
          _tag: "ContainerNotFound"
        })
      }).pipe(Effect.provide(tree.layer))
    }))
})

/** The processes of CRIU: in the lab there is nobody else's. */
const criuPids = (): ReadonlyArray<number> =>
  readdirSync("/proc").filter((name) => /^\d+$/.test(name)).map(Number)
    .filter((pid) => LabProcess.readText(`/proc/${pid}/cmdline`).startsWith("criu\0restore"))
