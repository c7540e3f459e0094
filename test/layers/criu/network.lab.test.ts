/** The connections that CRIU locks while they are dumped, and what becomes of the locks. */
import { spawnSync } from "node:child_process"
import { connect } from "node:net"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Checkpoints } from "stasis"
import { poll } from "../oci/LabContainer.ts"
import * as LabProcess from "./LabProcess.ts"

/** Echoes what its clients send, on a port that it writes down, and counts. */
const echoing = `
server = socket.create_server(('127.0.0.1', 0))
with open('port.new', 'w') as port: port.write(str(server.getsockname()[1]))
os.rename('port.new', 'port')
def echo(client):
    while True:
        data = client.recv(100)
        if not data: break
        client.sendall(data)
def serve():
    while True: threading.Thread(target=echo, args=(server.accept()[0],), daemon=True).start()
threading.Thread(target=serve, daemon=True).start()`

/** The rules that drop packets. */
const drops = (): ReadonlyArray<string> =>
  spawnSync("iptables-save", ["-t", "filter"], { encoding: "utf8" }).stdout.split("\n").filter((line) =>
    line.endsWith("-j DROP")
  )

/** A client of the tree that sends a line and waits for its echo. */
const client = (folder: string) =>
  Effect.acquireRelease(
    Effect.gen(function* () {
      const port = Number(yield* poll(Effect.sync(() => LabProcess.readText(`${folder}/port`)), (text) => text !== ""))
      const socket = connect({ host: "127.0.0.1", port })
      const ask = (text: string) =>
        Effect.async<string>((resume) => {
          socket.once("data", (data) => resume(Effect.succeed(data.toString())))
          socket.write(text)
        })
      return { socket, ask }
    }),
    ({ socket }) => Effect.sync(() => socket.destroy())
  )

describe("established connections of plain processes", () => {
  it.scopedLive("go on after the restore, and are locked until then", () =>
    Effect.gen(function* () {
      const tree = yield* LabProcess.make({ setup: echoing })
      const { ask } = yield* client(tree.folder)
      expect(yield* ask("one")).toBe("one")
      yield* Effect.gen(function* () {
        expect(yield* Effect.flip(Checkpoints.create(tree.id, "first"))).toMatchObject({ reason: "EstablishedTcp" })
        const { warnings } = yield* Checkpoints.create(tree.id, "first", { tcpEstablished: true })
        expect(warnings).toEqual([
          expect.stringMatching(/^the firewall drops, of 127\.0\.0\.1:\d+-127\.0\.0\.1:\d+, all packets until/)
        ])
        expect(drops()).toHaveLength(2)
        yield* Checkpoints.restore(tree.id, "first")
        expect(drops()).toEqual([])
        expect(yield* ask("two")).toBe("two")
      }).pipe(Effect.provide(tree.layer))
    }))

  it.scopedLive("that came after the checkpoint which the tree is rolled back to are let go, and those of before go on", () =>
    Effect.gen(function* () {
      const tree = yield* LabProcess.make({ setup: echoing })
      const before = yield* client(tree.folder)
      expect(yield* before.ask("one")).toBe("one")
      yield* Effect.gen(function* () {
        yield* Checkpoints.create(tree.id, "first", { tcpEstablished: true, leaveRunning: true })
        const later = yield* client(tree.folder)
        expect(yield* later.ask("two")).toBe("two")
        const { warnings } = yield* Checkpoints.restore(tree.id, "first", { replace: true })
        expect(warnings).toEqual([])
        expect(drops()).toEqual([])
        expect(yield* before.ask("three")).toBe("three")
        expect(yield* Checkpoints.names(tree.id)).toEqual(["first"])
      }).pipe(Effect.provide(tree.layer))
    }))

  it.scopedLive("are let go when their checkpoint is removed, and no other rule is touched", () =>
    Effect.gen(function* () {
      const rule = ["INPUT", "-s", "192.0.2.1/32", "-j", "DROP"]
      yield* Effect.acquireRelease(
        Effect.sync(() => spawnSync("iptables", ["-A", ...rule])),
        () => Effect.sync(() => spawnSync("iptables", ["-D", ...rule]))
      )
      const tree = yield* LabProcess.make({ setup: echoing })
      const { ask } = yield* client(tree.folder)
      expect(yield* ask("one")).toBe("one")
      yield* Effect.gen(function* () {
        yield* Checkpoints.create(tree.id, "first", { tcpEstablished: true })
        expect(drops()).toHaveLength(3)
        const { unlocked, warnings } = yield* Checkpoints.remove(tree.id, "first")
        expect(unlocked).toMatch(/^127\.0\.0\.1:\d+-127\.0\.0\.1:\d+$/)
        expect(warnings).toEqual([])
        expect(drops()).toEqual([`-A ${rule.join(" ")}`])
      }).pipe(Effect.provide(tree.layer))
    }))
})
