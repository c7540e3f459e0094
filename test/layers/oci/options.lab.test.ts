// Options that a runtime has, that CRIU's configuration makes up for, or that are refused before anything is touched.
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as CheckpointName from "../../../src/domain/CheckpointName.ts"
import type { CreateOptions } from "../../../src/domain/CheckpointOptions.ts"
import * as Checkpoints from "../../../src/effects/Checkpoints.ts"
import { Runtime } from "../../../src/effects/Runtime.ts"
import * as LabContainer from "./LabContainer.ts"

const connected = LabContainer.python(`
s = socket.create_server(('127.0.0.1', 7000))
c = socket.create_connection(('127.0.0.1', 7000))
a, _ = s.accept()
c.setblocking(False)
def look():
    try: return 'closed' if c.recv(1) == b'' else 'data'
    except BlockingIOError: return 'open'
    except OSError as error: return 'closed'
import threading
def watch():
    while True:
        with open('/tmp/next2', 'w') as f: f.write(look())
        os.rename('/tmp/next2', '/tmp/connection')
        time.sleep(0.01)
threading.Thread(target=watch, daemon=True).start()`)

for (const runtime of LabContainer.runtimes) {
  describe(runtime, () => {
    it.scopedLive("tcpClose, which goes through CRIU's configuration: the program sees its connection closed", () =>
      Effect.gen(function* () {
        const container = yield* LabContainer.make({ runtime, programs: true, args: connected })
        yield* Effect.gen(function* () {
          yield* LabContainer.poll(container.file("/tmp/connection"), (text) => text === "open")
          yield* Checkpoints.create(container.id, "first", { tcpClose: true })
          yield* Checkpoints.restore(container.id, "first")
          yield* LabContainer.poll(container.file("/tmp/connection"), (text) => text === "closed")
        }).pipe(Effect.provide(LabContainer.layerOf(container)))
      }))

    it.scopedLive("tcpEstablished: the connection lives on", () =>
      Effect.gen(function* () {
        const network = yield* LabContainer.networkNamespace
        const namespaces = { network: network.path }
        const container = yield* LabContainer.make({ runtime, programs: true, args: connected, namespaces })
        yield* Effect.gen(function* () {
          yield* LabContainer.poll(container.file("/tmp/connection"), (text) => text === "open")
          yield* Checkpoints.create(container.id, "first", { tcpEstablished: true })
          yield* Checkpoints.restore(container.id, "first")
          const now = yield* container.count
          yield* container.counted(now + 10)
          expect(yield* container.file("/tmp/connection")).toBe("open")
        }).pipe(Effect.provide(LabContainer.layerOf(container)))
      }))

    it.scopedLive("emptyNamespaces", () =>
      Effect.gen(function* () {
        const container = yield* LabContainer.make({ runtime })
        yield* Effect.gen(function* () {
          const before = yield* container.counted(3)
          const creating = Checkpoints.create(container.id, "first", { emptyNamespaces: ["network"] })
          if (runtime === "crun") {
            expect((yield* Effect.flip(creating))._tag).toBe("OptionUnsupported")
          } else {
            yield* creating
            yield* Checkpoints.restore(container.id, "first")
            yield* container.counted(before + 5)
          }
        }).pipe(Effect.provide(LabContainer.layerOf(container)))
      }))

    it.scopedLive("what cannot be had is refused before anything is touched", () =>
      Effect.gen(function* () {
        const container = yield* LabContainer.make({ runtime })
        yield* Effect.gen(function* () {
          const pid = yield* container.pid
          const { unsupported } = yield* Effect.flatMap(Runtime, (service) => service.capabilities)
          const refused: ReadonlyArray<CreateOptions> = [
            { linkRemap: true },
            { emptyNamespaces: ["pid"] },
            { tcpClose: true, tcpEstablished: true },
            ...("preDump" in unsupported
              ? [{ preDump: true }, { parentPath: yield* CheckpointName.parse("earlier") }]
              : []),
            ...(runtime === "runc" ? [{ manageCgroupsMode: "ignore" as const }] : [])
          ]
          for (const options of refused) {
            const error = yield* Effect.flip(Checkpoints.create(container.id, "first", options))
            expect([error._tag, options]).toEqual(["OptionUnsupported", options])
          }
          expect(yield* container.pid).toBe(pid)
          expect(yield* Checkpoints.list(container.id)).toEqual([])
        }).pipe(Effect.provide(LabContainer.layerOf(container)))
      }))

    it.scopedLive("manageCgroupsMode, and a timeout", () =>
      Effect.gen(function* () {
        const container = yield* LabContainer.make({ runtime })
        yield* Effect.gen(function* () {
          const before = yield* container.counted(3)
          const manageCgroupsMode = runtime === "runc" ? "soft" : "ignore"
          yield* Checkpoints.create(container.id, "first", { manageCgroupsMode, timeout: 20_000 })
          yield* Checkpoints.restore(container.id, "first", { timeout: 20_000 })
          yield* container.counted(before + 5)
        }).pipe(Effect.provide(LabContainer.layerOf(container)))
      }))
  })
}
