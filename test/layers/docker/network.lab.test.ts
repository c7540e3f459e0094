// What becomes of the networks of Docker's containers, and of connections; each test asserts its row of the table in docs/docker.md.
import { connect } from "node:net"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Checkpoints from "../../../src/effects/Checkpoints.ts"
import { poll } from "../oci/LabContainer.ts"
import { failureOf, layerOf, shareDaemon } from "./dockerSubject.ts"
import * as Kind from "./Kind.ts"
import type { LabDockerContainer } from "./LabDocker.ts"

const { table } = Kind

const daemon = shareDaemon({ config: { bridge: "" } })

/** Two ends of a connection within a container. */
const pair = [
  "server = socket.create_server(('127.0.0.1', 7000))",
  "client = socket.create_connection(('127.0.0.1', 7000))",
  "accepted, _ = server.accept()"
]

describe("a container", () => {
  it.scopedLive("in a network, with published ports", () =>
    Effect.gen(function* () {
      const lab = yield* daemon
      yield* lab.docker("network", "create", "--subnet", "172.31.9.0/24", "own")
      const recipe = Kind.python([
        "server = socket.create_server(('0.0.0.0', 80))",
        "def serve():",
        "    while True:",
        "        connection, _ = server.accept()",
        "        connection.sendall(b'here')",
        "        connection.close()",
        "threading.Thread(target=serve, daemon=True).start()"
      ])
      const answer = Effect.async<string>((resume) => {
        let said = ""
        const socket = connect(8097, "127.0.0.1")
        socket.on("data", (data) => said += String(data))
        socket.on("error", () => {})
        socket.on("close", () => resume(Effect.succeed(said)))
      })
      for (const network of ["bridge", "own"]) {
        const addresses = new Set<string>()
        const holds = (web: LabDockerContainer) =>
          Effect.gen(function* () {
            addresses.add(yield* web.tell("{{range .NetworkSettings.Networks}}{{.IPAddress}} {{.MacAddress}}{{end}}"))
            yield* poll(answer, (said) => said === "here")
          })
        const flags = ["--publish", "127.0.0.1:8097:80", ...(network === "own" ? ["--ip", "172.31.9.9"] : [])]
        yield* Effect.scoped(Kind.works(lab, { recipe: { ...recipe, network, flags }, holds }))
        expect([...addresses]).toHaveLength(1)
      }
      yield* table.expectRow("bridge", "nothing", "it goes on, and is reached at its ports")
    }))

  it.scopedLive("in the network of another container", () =>
    Effect.gen(function* () {
      const lab = yield* daemon
      const other = yield* lab.container()
      const web = yield* Kind.works(lab, { recipe: { network: `container:${other.name}` } })
      yield* Kind.goesOn(other)
      yield* Effect.gen(function* () {
        const before = yield* web.count
        yield* Checkpoints.create(web.id, "alone")
        yield* lab.docker("kill", other.id)
        expect((yield* failureOf(Checkpoints.restore(web.id, "alone"))).message).toMatch(/non running container/)
        yield* lab.docker("start", other.id)
        yield* Checkpoints.restore(web.id, "alone")
        yield* web.counted(before + 1)
      }).pipe(Effect.provide(layerOf(lab)))
      const then = "it goes on; the other one, which is not in its checkpoint, has to run at the restore"
      yield* table.expectRow("shared", "nothing", then)
    }))

  it.scopedLive("in the machine's network", () =>
    Effect.gen(function* () {
      yield* Kind.works(yield* daemon, { recipe: { network: "host" } })
      yield* table.expectRow("hostNetwork", "nothing", "it goes on")
    }))

  it.scopedLive("with a TCP connection within", () =>
    Effect.gen(function* () {
      const recipe = Kind.python(pair, ["client.send(b'x')", "assert accepted.recv(1) == b'x'"])
      yield* Kind.works(yield* daemon, { recipe, options: { tcpEstablished: true } })
      yield* table.expectRow("connection", "`tcpEstablished`", "it goes on over the same connection")
    }))

  it.scopedLive("with a TCP connection that is given up", () =>
    Effect.gen(function* () {
      const lab = yield* daemon
      const look = [
        "accepted.setblocking(False)",
        "def closed():",
        "    try: return accepted.recv(1) == b''",
        "    except BlockingIOError: return False",
        "    except OSError: return True"
      ]
      const web = yield* lab.container(
        Kind.python([...pair, ...look], ["open('/tmp/state', 'w').write('closed' if closed() else 'open')"])
      )
      yield* web.counted(3)
      yield* Effect.gen(function* () {
        yield* Checkpoints.create(web.id, "stopped", { tcpClose: true })
        yield* Checkpoints.restore(web.id, "stopped")
        yield* poll(web.file("/tmp/state"), (state) => state === "closed")
      }).pipe(Effect.provide(layerOf(lab)))
      yield* table.expectRow("connectionClosed", "`tcpClose`", "it goes on, and finds the connection closed")
    }))

  it.scopedLive("with a TCP connection from outside", () =>
    Effect.gen(function* () {
      const lab = yield* daemon
      const recipe = Kind.python([
        "server = socket.create_server(('0.0.0.0', 80))",
        "def echo(one):",
        "    while data := one.recv(100): one.sendall(data)",
        "def serve():",
        "    while True: threading.Thread(target=echo, args=(server.accept()[0],), daemon=True).start()",
        "threading.Thread(target=serve, daemon=True).start()"
      ])
      const web = yield* lab.container({ ...recipe, network: "bridge", flags: ["--publish", "127.0.0.1:8098:80"] })
      yield* web.counted(3)
      const direct = yield* talker(80, yield* web.tell("{{.NetworkSettings.Networks.bridge.IPAddress}}"))
      const proxied = yield* talker(8098, "127.0.0.1")
      yield* direct.says("before")
      yield* proxied.says("before")
      yield* Effect.gen(function* () {
        const error = yield* failureOf(Checkpoints.create(web.id, "without"))
        expect(error).toMatchObject({ _tag: "RuntimeFailed", reason: "EstablishedTcp" })
        yield* Checkpoints.create(web.id, "left", { tcpEstablished: true, leaveRunning: true })
        yield* direct.says("left running")
        yield* proxied.says("left running")
        yield* Checkpoints.create(web.id, "stopped", { tcpEstablished: true })
        yield* proxied.ended
        yield* Checkpoints.restore(web.id, "stopped")
        yield* direct.says("restored")
      }).pipe(Effect.provide(layerOf(lab)))
      const then =
        "it goes on over the same connection, if it is given the same address; one that came by Docker's proxy ends with the stop"
      yield* table.expectRow("connectionOutside", "`tcpEstablished`", then)
    }))
})

/** A client, which is answered what it says. */
const talker = (port: number, host: string) =>
  Effect.map(
    Effect.acquireRelease(
      Effect.sync(() => connect(port, host)),
      (socket) => Effect.sync(() => socket.destroy())
    ),
    (socket) => {
      let heard = ""
      let ended = false
      socket.on("data", (data) => heard += String(data))
      socket.on("error", () => {})
      socket.on("close", () => ended = true)
      return {
        says: (word: string) =>
          Effect.zipRight(
            Effect.sync(() => socket.write(word)),
            poll(Effect.sync(() => heard), (all) => all.endsWith(word))
          ),
        ended: poll(Effect.sync(() => ended), (is) => is)
      }
    }
  )
