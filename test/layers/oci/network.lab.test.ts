// The lock that CRIU leaves on a network namespace that outlives its container: packets are really dropped until it is
// restored, removed or recovered, and the rules of others stay.
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Checkpoints from "../../../src/effects/Checkpoints.ts"
import * as NetworkLock from "../../../src/layers/shared/NetworkLock.ts"
import * as Process from "../../../src/layers/shared/Process.ts"
import * as LabContainer from "./LabContainer.ts"

const connected = LabContainer.python(`
s = socket.create_server(('127.0.0.1', 7000))
c = socket.create_connection(('127.0.0.1', 7000))
a, _ = s.accept()`)

const tcp = { tcpEstablished: true }

for (const runtime of LabContainer.runtimes) {
  describe(runtime, () => {
    it.scopedLive("create says what to type, removal unlocks, and the rules of others stay", () =>
      Effect.gen(function* () {
        const network = yield* LabContainer.networkNamespace
        const container = yield* LabContainer.make(recipe(runtime, network.path))
        yield* Effect.gen(function* () {
          yield* container.counted(3)
          yield* addOwnRules(network.path)
          yield* Checkpoints.create(container.id, "running", { ...tcp, leaveRunning: true })
          const rules = yield* rulesOf(network.path)
          const { warnings } = yield* Checkpoints.create(container.id, "first", tcp)
          expect(warnings.join()).toContain(`"${network.path}" drops all packets until the restore`)
          expect(warnings.join()).toContain(`stasis rm ${container.id} first`)
          expect(yield* answers(network.path)).toBe(false)
          expect((yield* Checkpoints.remove(container.id, "running")).unlocked).toBeUndefined()
          expect(yield* answers(network.path)).toBe(false)
          expect((yield* Checkpoints.remove(container.id, "first")).unlocked).toBe(network.path)
          expect(yield* answers(network.path)).toBe(true)
          expect(yield* NetworkLock.isLocked(network.path)).toBe(false)
          expect(yield* rulesOf(network.path)).toEqual(rules)
        }).pipe(Effect.provide(LabContainer.layerOf(container)))
      }))

    it.scopedLive("a restore takes the lock along, with the connection alive", () =>
      Effect.gen(function* () {
        const network = yield* LabContainer.networkNamespace
        const container = yield* LabContainer.make(recipe(runtime, network.path))
        yield* Effect.gen(function* () {
          const before = yield* container.counted(3)
          yield* Checkpoints.create(container.id, "first", tcp)
          expect(yield* Checkpoints.recover(container.id)).toEqual([])
          expect(yield* answers(network.path)).toBe(false)
          yield* Checkpoints.restore(container.id, "first")
          yield* container.counted(before + 3)
          expect(yield* answers(network.path)).toBe(true)
        }).pipe(Effect.provide(LabContainer.layerOf(container)))
      }))

    it.scopedLive("a cold start in the locked namespace has no network until recover, which says what it did", () =>
      Effect.gen(function* () {
        const network = yield* LabContainer.networkNamespace
        const container = yield* LabContainer.make(recipe(runtime, network.path))
        yield* Effect.gen(function* () {
          yield* container.counted(3)
          yield* Checkpoints.create(container.id, "first", tcp)
          yield* container.start
          // Its program connects to itself before it counts.
          expect(yield* answers(network.path)).toBe(false)
          expect(yield* container.count).toBe(0)
          expect(yield* Checkpoints.recover(container.id)).toEqual([
            { container: container.id, action: "unlocked", network: network.path }
          ])
          yield* container.counted(3)
          expect(yield* answers(network.path)).toBe(true)
          expect(yield* Checkpoints.recover(container.id)).toEqual([])
        }).pipe(Effect.provide(LabContainer.layerOf(container)))
      }))

    it.scopedLive("what a killed CRIU left in the container's own namespace goes with recover, however often it is there", () =>
      Effect.gen(function* () {
        const container = yield* LabContainer.make(recipe(runtime, undefined))
        yield* Effect.gen(function* () {
          yield* container.counted(3)
          const own = `/proc/${yield* container.pid}/ns/net`
          for (const _ of ["once", "twice"]) {
            yield* inside(own, "iptables -N CRIU; iptables -A CRIU -j DROP; iptables -I INPUT -j CRIU")
          }
          // As a CRIU does it that was told to use nftables.
          const hook = "{ type filter hook output priority -450; policy drop; }"
          yield* inside(own, `nft add table inet CRIU-7 && nft add chain inet CRIU-7 output "${hook}"`)
          expect(yield* answers(own)).toBe(false)
          expect(yield* Checkpoints.recover(container.id)).toEqual([
            { container: container.id, action: "unlocked", network: own }
          ])
          expect(yield* answers(own)).toBe(true)
        }).pipe(Effect.provide(LabContainer.layerOf(container)))
      }))
  })
}

const recipe = (runtime: LabContainer.Recipe["runtime"], network: string | undefined): LabContainer.Recipe => ({
  runtime,
  programs: true,
  args: connected,
  ...(network === undefined ? {} : { namespaces: { network } })
})

const inside = (network: string, script: string) =>
  Effect.orDie(Process.run({ program: "nsenter", args: [`--net=${network}`, "sh", "-c", script] }))

/** Whether a packet gets through: a datagram to a socket of the same process, within half a second. */
const answers = (network: string) =>
  Effect.map(inside(network, `exec python3 -c "${ask}"`), ({ code, stderr }) => {
    expect([0, 1], stderr).toContain(code)
    return code === 0
  })

const ask = `
import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(('127.0.0.1', 0))
s.settimeout(0.5)
try:
    s.sendto(b'x', s.getsockname())
    s.recv(1)
except (TimeoutError, PermissionError):
    sys.exit(1)
`

/** Rules and tables that somebody else needs, named much like CRIU's. */
const addOwnRules = (network: string) =>
  inside(
    network,
    "iptables -N CRIUS && iptables -A INPUT -j CRIUS && iptables -A INPUT -p tcp --dport 9 -j DROP && " +
      "ip6tables -A OUTPUT -p udp --dport 9 -j DROP && " +
      "nft add table inet MY-CRIU-1 && nft add chain inet MY-CRIU-1 mine"
  ).pipe(Effect.tap(({ code, stderr }) => Effect.sync(() => expect(code, stderr).toBe(0))))

const rulesOf = (network: string) =>
  Effect.map(
    inside(network, "iptables-save; ip6tables-save; nft list ruleset"),
    ({ stdout }) =>
      stdout.split("\n").filter((line) => !line.startsWith("#")).map((line) =>
        line.replace(/packets \d+ bytes \d+|\[\d+:\d+\]/g, "")
      )
  )
