// Against a daemon that is made up: how long is waited for it, and what is not done to processes that are not the container's.
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as TestClock from "effect/TestClock"
import * as DockerCheckpoint from "../../../src/layers/docker/DockerCheckpoint.ts"
import * as DockerLifecycle from "../../../src/layers/docker/DockerLifecycle.ts"
import * as SeenProcess from "../../../src/layers/docker/SeenProcess.ts"
import * as NodeDisk from "../../../src/layers/shared/NodeDisk.ts"
import { container, engineOf, inspected } from "./StubEngine.ts"

describe("waiting for a stop", () => {
  const stopped = (pid: number, inspect: Effect.Effect<ReturnType<typeof inspected>>) =>
    DockerLifecycle.awaitStopped(engineOf({ inspect }), "stop", container, pid)

  it.effect("ends after ten seconds, also where each answer takes long", () =>
    Effect.gen(function* () {
      const slow = Effect.delay(Effect.succeed(inspected()), "4 seconds")
      const waiting = yield* Effect.fork(Effect.flip(stopped(1, slow)))
      yield* TestClock.adjust("9 seconds")
      expect(yield* Fiber.poll(waiting)).toEqual(Option.none())
      yield* TestClock.adjust("1 seconds")
      expect(yield* Fiber.join(waiting)).toMatchObject({ _tag: "RuntimeFailed", reason: "Busy" })
    }))

  it.effect("ends as soon as another process is in its place", () =>
    Effect.gen(function* () {
      yield* stopped(1, Effect.succeed(inspected({ State: { Pid: 2 } })))
      yield* stopped(1, Effect.succeed(inspected({ State: { Status: "exited", Running: false, Pid: 0 } })))
    }))
})

describe("a process that has the container's pid and is none of its", () => {
  it("is not taken for it", () => {
    expect(SeenProcess.of(container.id, process.pid)).toBeUndefined()
  })

  it.effect("is not thawed, and not killed", () =>
    Effect.gen(function* () {
      const asked: Array<string> = []
      const inspect = Effect.sync(() =>
        inspected({
          State: asked.length > 0 ? { Status: "exited", Running: false, Pid: 0 } : { Pid: process.pid }
        })
      )
      const post = (path: string) => Effect.as(Effect.sync(() => asked.push(path)), 204)
      const engine = engineOf({ inspect, post })
      yield* DockerLifecycle.resume(engine, container, { descriptors: [] })
      expect(asked).toEqual([])
      yield* DockerLifecycle.stop(engine, container, { descriptors: [] })
      expect(asked).toEqual([`/containers/${container.id}/kill`])
    }).pipe(Effect.provide(Layer.merge(NodeFileSystem.layer, NodeDisk.layer))))

  it.effect("is not dumped, which is said", () =>
    Effect.gen(function* () {
      const engine = engineOf({ inspect: Effect.succeed(inspected({ State: { Pid: process.pid } })) })
      const request = {
        imagePath: "/no/such/folder/first",
        workPath: "/no/such/folder",
        after: "running" as const,
        options: {},
        lease: { descriptors: [] },
        report: () => Effect.void
      }
      expect(yield* Effect.flip(DockerCheckpoint.checkpoint(engine, container, request))).toMatchObject({
        reason: "Permission",
        message:
          "Cannot checkpoint container web: its processes are not seen here; run it in the pid namespace of the daemon"
      })
    }).pipe(Effect.provide(Layer.merge(NodeFileSystem.layer, NodeDisk.layer))))
})
