// A program that cannot be frozen as it is closes what stands in the way when a hook tells it, and goes back from that.
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Checkpoints from "../../../src/effects/Checkpoints.ts"
import type { Hooks } from "../../../src/effects/Hooks.ts"
import * as HookCommand from "../../../src/layers/shared/HookCommand.ts"
import * as LabContainer from "./LabContainer.ts"

/** Holds a connection and a lock; closes them for as long as there is a file `/tmp/prepare`, and says what it has in `/tmp/has`. */
const program = LabContainer.python(`
import threading
s = socket.create_server(('127.0.0.1', 7000))
def say(what):
    with open('/tmp/saying', 'w') as f: f.write(what)
    os.rename('/tmp/saying', '/tmp/has')
def work():
    while True:
        c = socket.create_connection(('127.0.0.1', 7000))
        a, _ = s.accept()
        held = open('/held', 'w')
        fcntl.flock(held, fcntl.LOCK_EX)
        say('all')
        while not os.path.exists('/tmp/prepare'): time.sleep(0.005)
        # No end of a connection that was closed in time is left to wait.
        for one in (c, a): one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b'\\\\x01\\\\0\\\\0\\\\0\\\\0\\\\0\\\\0\\\\0')
        c.close(); a.close(); held.close()
        say('nothing')
        while os.path.exists('/tmp/prepare'): time.sleep(0.005)
threading.Thread(target=work, daemon=True).start()`)

const inside = "/proc/$STASIS_PID/root/tmp"
const until = (what: string) => `until [ "$(cat ${inside}/has)" = ${what} ]; do sleep 0.01; done`

const hooks: Hooks = {
  beforeFreeze: HookCommand.make(`touch ${inside}/prepare; ${until("nothing")}`),
  // One that was stopped cannot be told.
  afterDump: HookCommand.make(`[ -z "$STASIS_PID" ] || { rm ${inside}/prepare; ${until("all")}; }`),
  afterRestore: HookCommand.make(`rm ${inside}/prepare; ${until("all")}`)
}

for (const runtime of LabContainer.runtimes) {
  describe(runtime, () => {
    it.scopedLive("without hooks it is refused, with hooks it is checkpointed, goes on and is restored", () =>
      Effect.gen(function* () {
        // One that outlives the container: into a new one, runc restores with the loopback down.
        const { path: network } = yield* LabContainer.networkNamespace
        const container = yield* LabContainer.make({ runtime, programs: true, args: program, namespaces: { network } })
        const has = container.file("/tmp/has")
        yield* Effect.gen(function* () {
          yield* LabContainer.poll(has, (what) => what === "all")
          const before = yield* container.pid
          const refused = yield* Effect.flip(Checkpoints.create(container.id, "first", { leaveRunning: true }))
          expect(refused).toMatchObject({
            _tag: "RuntimeFailed",
            reason: expect.stringMatching(/^(EstablishedTcp|FileLock)$/)
          })

          const left = yield* Checkpoints.create(container.id, "first", { leaveRunning: true }, hooks)
          expect(left).toMatchObject({ state: "running", warnings: [], checkpoint: { status: "complete" } })
          expect(yield* container.pid).toBe(before)
          expect(yield* has).toBe("all")

          expect((yield* Checkpoints.create(container.id, "second", {}, hooks)).warnings).toEqual([])
          const restored = yield* Checkpoints.restore(container.id, "second", {}, hooks)
          expect(restored).toMatchObject({ state: "running", warnings: [], pid: yield* container.pid })
          expect(yield* has).toBe("all")

          const back = yield* Checkpoints.restore(container.id, "first", { replace: true }, hooks)
          expect(back).toMatchObject({ state: "running", warnings: [] })
          expect(yield* has).toBe("all")
          expect(yield* Checkpoints.names(container.id)).toEqual(["first", "second"])
        }).pipe(Effect.provide(LabContainer.layerOf(container)))
      }))

    it.scopedLive("a command that fails or hangs cancels, and the container goes on", () =>
      Effect.gen(function* () {
        const container = yield* LabContainer.make({ runtime })
        yield* Effect.gen(function* () {
          yield* container.counted(3)
          const pid = yield* container.pid
          for (const [command, reason] of [["exit 1", "Failed"], ["trap '' TERM; sleep 1000", "TimedOut"]] as const) {
            const error = yield* Effect.flip(
              Checkpoints.create(container.id, "first", {}, { beforeFreeze: HookCommand.make(command), timeout: 300 })
            )
            expect(error).toMatchObject({ _tag: "HookFailed", reason })
            expect(yield* container.pid).toBe(pid)
            yield* container.counted((yield* container.count) + 3)
            expect(yield* Checkpoints.list(container.id)).toEqual([])
          }
        }).pipe(Effect.provide(LabContainer.layerOf(container)))
      }))
  })
}
