// Events of a real daemon beside ours.
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import { describe, expect, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Queue from "effect/Queue"
import * as Stream from "effect/Stream"
import { Event, EventLog } from "stasis"
import * as DockerApi from "../../../src/layers/docker/DockerApi.ts"
import * as DockerEvents from "../../../src/layers/docker/DockerEvents.ts"
import * as DockerSettings from "../../../src/layers/docker/DockerSettings.ts"
import * as EventFile from "../../../src/layers/shared/EventFile.ts"
import * as NodeDisk from "../../../src/layers/shared/NodeDisk.ts"
import * as EventLogContract from "../../contracts/eventLog.ts"
import { poll } from "../oci/LabContainer.ts"
import { shareDaemon } from "./dockerSubject.ts"
import type { LabDocker } from "./LabDocker.ts"

const daemon = shareDaemon()
let logs = 0

const layerOf = ({ host, folder }: Pick<LabDocker, "host" | "folder">) =>
  Layer.unwrapEffect(Effect.map(Effect.orDie(DockerSettings.complete({ host })), (settings) =>
    Layer.provide(
      DockerEvents.layer(
        host,
        Layer.provide(
          EventFile.layer({ root: `${folder}/log${logs++}` }),
          Layer.merge(NodeFileSystem.layer, NodeDisk.layer)
        )
      ),
      DockerApi.layer(settings)
    )))

// The contract's events are the only ones of its daemon at the times that it asks for.
EventLogContract.suite("docker", () => Layer.unwrapEffect(Effect.map(daemon, layerOf)))

/** Follows, and gives what comes as it comes, once the daemon says that somebody listens. */
const followed = (log: typeof EventLog.EventLog.Service, lab: LabDocker, filter?: Event.EventFilter) =>
  Effect.gen(function* () {
    const before = yield* listeners(lab)
    const events = yield* Queue.unbounded<Event.Event>()
    const fiber = yield* Effect.forkScoped(Stream.runForEach(log.follow(filter), (event) => Queue.offer(events, event)))
    yield* poll(listeners(lab), (now) => now > before)
    return { events, fiber }
  })

const listeners = ({ docker }: LabDocker) =>
  Effect.map(docker("info", "--format", "{{json .NEventsListener}}"), (text) => Number(text))

const actions = (events: Iterable<Event.Event>) => Array.from(events, ({ Action }) => Action)

/** What has come when an event of this action has. */
const until = (events: Queue.Dequeue<Event.Event>, action: string) =>
  Stream.fromQueue(events).pipe(
    Stream.takeUntil(({ Action }) => Action === action),
    Stream.runCollect,
    Effect.map(Chunk.toArray)
  )

const ours = (id: string, name: string, attributes: Readonly<Record<string, string>> = {}) =>
  Effect.map(Effect.clock, (clock) =>
    Event.make(
      "checkpoint",
      { id, state: "running", labels: {}, identity: id },
      { checkpoint: name, ...attributes },
      clock.unsafeCurrentTimeMillis()
    ))

describe("DockerEvents", () => {
  it.scopedLive("follows what the daemon tells and what is ours, and keeps only ours", () =>
    Effect.gen(function* () {
      const lab = yield* daemon
      const log = yield* Effect.provide(EventLog.EventLog, layerOf(lab))
      const { events } = yield* followed(log, lab)
      const web = yield* lab.container({ labels: { team: "blue" } })
      const first = yield* until(events, "start")
      expect(actions(first)).toEqual(["create", "start"])
      expect(first[1]).toEqual({
        Type: "container",
        Action: "start",
        Actor: { ID: web.id, Attributes: { image: "bb", name: web.name, team: "blue" } },
        time: expect.any(Number),
        timeNano: expect.any(Number)
      })
      yield* log.append(yield* ours(web.id, "one"))
      expect((yield* until(events, "checkpoint"))[0]?.Actor.Attributes["checkpoint"]).toBe("one")
      yield* lab.docker("pause", web.id)
      yield* lab.docker("unpause", web.id)
      expect(actions(yield* until(events, "unpause"))).toEqual(["pause", "unpause"])
      expect(actions(yield* Stream.runCollect(log.history()))).toEqual(["checkpoint"])
    }))

  it.scopedLive("gives what was before in the order of time, and nothing twice", () =>
    Effect.gen(function* () {
      const lab = yield* daemon
      const log = yield* Effect.provide(EventLog.EventLog, layerOf(lab))
      const web = yield* lab.container()
      yield* log.append(yield* ours(web.id, "one"))
      yield* lab.docker("pause", web.id)
      yield* log.append(yield* ours(web.id, "two"))
      yield* lab.docker("unpause", web.id)
      const { events } = yield* followed(log, lab, { since: 0, container: web.id })
      yield* lab.docker("kill", web.id)
      expect(actions(yield* until(events, "die"))).toEqual(
        ["create", "start", "checkpoint", "pause", "checkpoint", "unpause", "kill", "die"]
      )
    }))

  it.scopedLive("looks at one container or action where it is asked to", () =>
    Effect.gen(function* () {
      const lab = yield* daemon
      const log = yield* Effect.provide(EventLog.EventLog, layerOf(lab))
      const { events } = yield* followed(log, lab, { container: "shop", actions: ["start", "die"] })
      yield* lab.container()
      const shop = yield* lab.container({ name: "shop" })
      yield* lab.docker("kill", shop.id)
      expect((yield* until(events, "die")).map(({ Action, Actor }) => [Action, Actor.ID])).toEqual([
        ["start", shop.id],
        ["die", shop.id]
      ])
    }))

  it.scopedLive(
    "shows a checkpoint that the daemon made for us once, and those that it made for others",
    () =>
      Effect.gen(function* () {
        const lab = yield* daemon
        const log = yield* Effect.provide(EventLog.EventLog, layerOf(lab))
        const web = yield* lab.container()
        yield* web.counted(1)
        const { events } = yield* followed(log, lab, { container: web.id, actions: ["checkpoint"] })
        yield* lab.docker("checkpoint", "create", "--leave-running", web.id, "made-for-us")
        yield* log.append(yield* ours(web.id, "made-for-us"))
        expect((yield* Queue.take(events)).Actor.Attributes["checkpoint"]).toBe("made-for-us")
        // Made past the daemon: what the daemon tells beside it is another one.
        yield* log.append(yield* ours(web.id, "past-it", { beneath: "runc" }))
        yield* lab.docker("rm", "--force", web.id)
        const other = yield* lab.container()
        yield* other.counted(1)
        const { events: others } = yield* followed(log, lab, { container: other.id, actions: ["checkpoint"] })
        yield* lab.docker("checkpoint", "create", other.id, "theirs")
        yield* log.append(yield* ours(other.id, "past-it", { beneath: "runc" }))
        const seen = [yield* Queue.take(others), yield* Queue.take(others)]
        expect(seen.map(({ Actor }) => Actor.Attributes["checkpoint"])).toEqual(["past-it", undefined])
        expect(
          (yield* Queue.takeAll(events)).pipe(Chunk.toReadonlyArray).map(({ Actor }) => Actor.Attributes["checkpoint"])
        )
          .toEqual(["past-it"])
      }),
    40_000
  )

  it.scopedLive("ends with the time that it is given", () =>
    Effect.gen(function* () {
      const lab = yield* daemon
      const log = yield* Effect.provide(EventLog.EventLog, layerOf(lab))
      const now = Math.floor((yield* Effect.clock).unsafeCurrentTimeMillis() / 1000)
      const web = yield* lab.container()
      const seen = yield* Stream.runCollect(log.follow({ since: now, until: now + 1, container: web.id }))
      expect(actions(seen)).toEqual(["create", "start"])
    }))

  it.scopedLive("goes on after the daemon was ended and started again", () =>
    Effect.gen(function* () {
      const lab = yield* daemon
      const log = yield* Effect.provide(EventLog.EventLog, layerOf(lab))
      const { events, fiber } = yield* followed(log, lab)
      yield* lab.stop
      yield* log.append(yield* ours("gone", "meanwhile"))
      expect(actions(yield* until(events, "checkpoint"))).toContain("checkpoint")
      yield* lab.start
      yield* poll(listeners(lab), (now) => now === 1)
      const web = yield* lab.container()
      const seen = yield* until(events, "start")
      expect(seen.filter(({ Actor }) => Actor.ID === web.id).map(({ Action }) => Action)).toEqual(["create", "start"])
      expect(yield* Fiber.poll(fiber)).toMatchObject({ _tag: "None" })
    }), 30_000)

  it.scopedLive("says at once that there is no daemon", () =>
    Effect.gen(function* () {
      const { folder } = yield* daemon
      const log = yield* Effect.provide(EventLog.EventLog, layerOf({ host: `unix://${folder}/none.sock`, folder }))
      expect(yield* Effect.flip(Stream.runDrain(log.follow()))).toMatchObject({
        _tag: "EventLogFailed",
        message: `Cannot follow the event log "unix://${folder}/none.sock": there is no such socket; ` +
          "start the Docker daemon, or name its address in DOCKER_HOST"
      })
      // Ours is read and written without one.
      yield* log.append(yield* ours("web", "one"))
      expect(actions(yield* Stream.runCollect(log.history()))).toEqual(["checkpoint"])
    }))
})
