// Without the runtime beneath the daemon: checkpoints by Docker's own API, which has fewer words for them.
import { existsSync, readdirSync, rmSync } from "node:fs"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { CreateOptions } from "../../../src/domain/CheckpointOptions.ts"
import * as Checkpoints from "../../../src/effects/Checkpoints.ts"
import { Runtime } from "../../../src/effects/Runtime.ts"
import { apiLayerOf, failureOf, shareDaemon } from "./dockerSubject.ts"

const daemon = shareDaemon()

describe("Docker's API", () => {
  it.scopedLive("leaves a container running, stops it, and restores both", () =>
    Effect.gen(function* () {
      const lab = yield* daemon
      const web = yield* lab.container()
      yield* Effect.gen(function* () {
        const before = yield* web.counted(5)
        const left = yield* Checkpoints.create(web.id, "left", { leaveRunning: true })
        expect(left).toMatchObject({ state: "running", warnings: [] })
        const record = left.checkpoint.record
        expect(record?.runtime).toMatchObject({ name: "docker" })
        expect(record?.runtime).not.toHaveProperty("beneath")
        yield* web.counted(before + 10)
        const exit = yield* Checkpoints.create(web.id, "exit")
        expect(exit).toMatchObject({ state: "stopped", warnings: [] })
        expect((yield* lab.docker("checkpoint", "ls", web.id)).split("\n").slice(1, 3)).toEqual(["exit", "left"])
        for (const name of ["left", "exit", "exit"]) {
          yield* Checkpoints.restore(web.id, name, { replace: true })
          expect(yield* web.counted(before + 1)).toBeLessThan(before + 200)
        }
        yield* Checkpoints.remove(web.id, "left")
        expect(yield* Checkpoints.names(web.id)).toEqual(["exit"])
      }).pipe(Effect.provide(apiLayerOf(lab)))
    }))

  it.scopedLive("keeps a paused container paused", () =>
    Effect.gen(function* () {
      const lab = yield* daemon
      const web = yield* lab.container()
      yield* Effect.gen(function* () {
        yield* web.counted(5)
        yield* lab.docker("pause", web.id)
        const before = yield* web.count
        expect((yield* Checkpoints.create(web.id, "first", { leaveRunning: true })).state).toBe("paused")
        expect(yield* web.count).toBe(before)
        expect((yield* Checkpoints.restore(web.id, "first", { replace: true })).state).toBe("paused")
        yield* lab.docker("unpause", web.id)
        yield* web.counted(before + 5)
      }).pipe(Effect.provide(apiLayerOf(lab)))
    }))

  it.scopedLive("is not asked for what it has no word for, and nothing is touched", () =>
    Effect.gen(function* () {
      const lab = yield* daemon
      const web = yield* lab.container({ restart: "always" })
      yield* Effect.gen(function* () {
        yield* web.counted(1)
        const [pid, since] = [yield* web.pid, new Date().toISOString()]
        const asked: ReadonlyArray<CreateOptions> = [
          { tcpEstablished: true },
          { tcpClose: true },
          { fileLocks: true },
          { externalUnixSockets: true, leaveRunning: true },
          { ghostLimit: 1 },
          { preDump: true }
        ]
        for (const options of asked) {
          const error = yield* failureOf(Checkpoints.create(web.id, "first", options))
          expect(error).toMatchObject({ _tag: "OptionUnsupported", option: Object.keys(options)[0], runtime: "docker" })
        }
        expect(yield* Checkpoints.names(web.id)).toEqual([])
        expect(yield* web.pid).toBe(pid)
        yield* web.counted((yield* web.count) + 2)
        // It was neither paused nor was its policy touched.
        const until = new Date().toISOString()
        const events = yield* lab.docker(
          "events",
          "--since",
          since,
          "--until",
          until,
          "--filter",
          `container=${web.id}`
        )
        expect(events).toBe("")
      }).pipe(Effect.provide(apiLayerOf(lab)))
    }))

  it.scopedLive("says why CRIU refuses, and the container goes on", () =>
    Effect.gen(function* () {
      const lab = yield* daemon
      const script = "import fcntl, os, time\nf = open('/tmp/lock', 'w'); fcntl.flock(f, fcntl.LOCK_EX)\n" +
        "i = 0\nwhile True:\n    i += 1\n    open('/tmp/next', 'w').write(str(i))\n    os.rename('/tmp/next', '/tmp/count')\n" +
        "    time.sleep(0.01)"
      const web = yield* lab.container({ python: true, args: ["/bin/python3", "-c", script] })
      yield* Effect.gen(function* () {
        const before = yield* web.counted(1)
        // What was found beforehand is passed over, so that it is CRIU that refuses.
        const error = yield* failureOf(Checkpoints.create(web.id, "first", { force: true }))
        expect(error).toMatchObject({
          _tag: "RuntimeFailed",
          reason: "FileLock",
          container: web.name,
          hint: expect.stringContaining('"fileLocks"')
        })
        yield* web.counted(before + 5)
        expect(readdirSync(`${lab.dataRoot}/containers/${web.id}/checkpoints`)).toEqual([])
      }).pipe(Effect.provide(apiLayerOf(lab)))
    }))

  it.scopedLive("says that a restore has failed, and leaves the container stopped", () =>
    Effect.gen(function* () {
      const lab = yield* daemon
      const web = yield* lab.container()
      yield* Effect.gen(function* () {
        yield* web.counted(1)
        const { checkpoint } = yield* Checkpoints.create(web.id, "first")
        rmSync(`${checkpoint.path}/pages-1.img`)
        const error = yield* failureOf(Checkpoints.restore(web.id, "first"))
        expect(error).toMatchObject({ _tag: "RuntimeFailed", operation: "restore" })
        expect(yield* web.status).toBe("exited")
        expect(existsSync(checkpoint.path)).toBe(true)
      }).pipe(Effect.provide(apiLayerOf(lab)))
    }))

  it.scopedLive("is said to be all there is by what the runtime can do", () =>
    Effect.gen(function* () {
      const lab = yield* daemon
      const { findings, version } = yield* Effect.flatMap(Runtime, (runtime) => runtime.capabilities).pipe(
        Effect.provide(apiLayerOf(lab))
      )
      expect(version).toBe((yield* lab.docker("version", "--format", "{{.Server.Version}}")).trim())
      expect(findings.map(({ subject, verdict }) => `${subject} ${verdict}`)).toEqual([
        "docker ok",
        "docker: experimental features ok",
        "docker: files of the daemon ok"
      ])
    }))
})
