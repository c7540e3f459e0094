// What becomes of the lock that a dump left on a network namespace: it lasts until a restore, or until nobody waits for one.
import { describe, expect, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { CheckpointError, Checkpoints, EventLog } from "stasis"
import * as Memory from "stasis/Memory"
import { inWorld } from "./world.ts"

const network = "/run/netns/shared"
const web = { id: "web", network }
const db = { id: "db", network }
const tcp = { tcpEstablished: true }

const isLocked = Effect.flatMap(Memory.MemoryControl, (control) => control.isLocked(network))

const actions = Effect.flatMap(
  EventLog.EventLog,
  (log) => Effect.map(Stream.runCollect(log.history()), (events) => Chunk.toArray(events).map((event) => event.Action))
)

describe("a network that a dump left locked", () => {
  it.effect(
    "is named by create, with what to type to give the connections up",
    inWorld(() =>
      Effect.gen(function* () {
        const { warnings } = yield* Checkpoints.create("web", "first", tcp)
        expect(warnings).toEqual([
          `the network namespace "${network}" drops all packets until the restore, so that the connections stay alive; ` +
          "to give them up: stasis rm web first"
        ])
        yield* Checkpoints.restore("web", "first")
        expect(yield* isLocked).toBe(false)
        yield* Effect.flatMap(Memory.MemoryControl, ({ fileSystem }) => fileSystem.makeDirectory("/my own"))
        const elsewhere = yield* Checkpoints.create("web", "second", { ...tcp, checkpointDir: "/my own" })
        expect(elsewhere.warnings.join()).toContain("stasis rm web second --checkpoint-dir '/my own'")
      }), { containers: [web] })
  )

  it.effect(
    "is not locked by a container that goes on, nor by one without connections",
    inWorld(() =>
      Effect.gen(function* () {
        expect((yield* Checkpoints.create("web", "first", { ...tcp, leaveRunning: true })).warnings).toEqual([])
        expect((yield* Checkpoints.create("web", "second")).warnings).toEqual([])
        expect(yield* isLocked).toBe(false)
      }), { containers: [web] })
  )

  it.effect(
    "is unlocked by the removal of that checkpoint, once no other one waits for its restore",
    inWorld(() =>
      Effect.gen(function* () {
        yield* Checkpoints.create("web", "early", tcp)
        yield* Checkpoints.restore("web", "early")
        yield* Checkpoints.create("web", "running", { leaveRunning: true })
        yield* Checkpoints.create("web", "late", tcp)
        expect((yield* Checkpoints.remove("web", "running")).unlocked).toBeUndefined()
        expect((yield* Checkpoints.remove("web", "late")).unlocked).toBeUndefined()
        expect(yield* isLocked).toBe(true)
        expect(yield* Checkpoints.remove("web", "early")).toMatchObject({ unlocked: network, warnings: [] })
        expect(yield* isLocked).toBe(false)
        expect((yield* actions).at(-1)).toBe("network-unlock")
      }), { containers: [web] })
  )

  it.effect(
    "stays locked while a checkpoint of a neighbour waits for its restore",
    inWorld(() =>
      Effect.gen(function* () {
        yield* Checkpoints.create("web", "first", tcp)
        yield* Checkpoints.create("db", "first", tcp)
        expect((yield* Checkpoints.remove("web", "first")).unlocked).toBeUndefined()
        expect(yield* isLocked).toBe(true)
        expect((yield* Checkpoints.remove("db", "first")).unlocked).toBe(network)
        expect(yield* isLocked).toBe(false)
      }), { containers: [web, db] })
  )

  it.effect(
    "is left alone by the removal where the container runs again, and unlocked by recover",
    inWorld((control) =>
      Effect.gen(function* () {
        yield* Checkpoints.create("web", "first", tcp)
        yield* control.start(web)
        expect((yield* Checkpoints.remove("web", "first")).unlocked).toBeUndefined()
        expect(yield* isLocked).toBe(true)
        expect(yield* Checkpoints.recover("web")).toEqual([{ container: "web", action: "unlocked", network }])
        expect(yield* isLocked).toBe(false)
        expect(yield* Checkpoints.recover("web")).toEqual([])
      }), { containers: [web] })
  )

  it.effect(
    "is unlocked by recover where the container is stopped, only when none of its checkpoints waits",
    inWorld((control) =>
      Effect.gen(function* () {
        yield* Checkpoints.create("web", "other", { leaveRunning: true })
        const { checkpoint } = yield* Checkpoints.create("web", "first", tcp)
        expect(yield* Checkpoints.recover("web")).toEqual([])
        expect(yield* isLocked).toBe(true)
        yield* control.fileSystem.remove(checkpoint.path, { recursive: true })
        expect(yield* Checkpoints.recover("web")).toEqual([{ container: "web", action: "unlocked", network }])
        expect(yield* isLocked).toBe(false)
      }), { containers: [web] })
  )

  it.effect(
    "that cannot be unlocked is a warning of the removal, and a failure of recover",
    inWorld((control) =>
      Effect.gen(function* () {
        const broken = new CheckpointError.RuntimeFailed({
          operation: "unlock the network of",
          container: "web",
          runtime: "memory",
          reason: "Unknown",
          detail: "it broke"
        })
        yield* Checkpoints.create("web", "first", tcp)
        yield* control.faults.failNext("Runtime.unlockNetwork", broken, { times: 2 })
        expect(yield* Checkpoints.remove("web", "first")).toMatchObject({
          warnings: [
            `the network namespace "${network}" drops all packets still: Cannot unlock the network of container web: it broke`
          ]
        })
        yield* control.start(web)
        expect(yield* Effect.flip(Checkpoints.recover("web"))).toEqual(broken)
        expect(yield* Checkpoints.recover("web")).toHaveLength(1)
      }), { containers: [web] })
  )

  it.effect(
    "is looked after only while nobody else works on its container",
    inWorld((control) =>
      Effect.gen(function* () {
        yield* Checkpoints.create("web", "first", { leaveRunning: true })
        yield* Checkpoints.create("web", "second", tcp)
        const hang = yield* control.faults.hangNext("Runtime.checkRestore")
        yield* Checkpoints.beginRestore("web", "first")
        yield* hang.reached
        const error = yield* Effect.flip(Checkpoints.remove("web", "second", { wait: false }))
        expect(error._tag).toBe("CheckpointBusy")
        yield* hang.release
      }), { containers: [web] })
  )
})
