// Checkpoints of a real daemon's containers, beside those of Docker's own command; what Docker does with a container that is restored.
import { existsSync, mkdirSync, readdirSync } from "node:fs"
import process from "node:process"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Checkpoints from "../../../src/effects/Checkpoints.ts"
import { poll } from "../oci/LabContainer.ts"
import { apiLayerOf, layerOf, shareDaemon } from "./dockerSubject.ts"
import type { LabDocker } from "./LabDocker.ts"

const daemon = shareDaemon()

/** Does something at the daemon. */
const at = <A, E>(use: (lab: LabDocker) => Effect.Effect<A, E, Checkpoints.Checkpoints>) =>
  Effect.flatMap(daemon, (lab) => Effect.provide(use(lab), layerOf(lab)))

/** The checkpoints of a container that Docker's own command lists. */
const theirs = ({ docker }: LabDocker, container: string) =>
  Effect.map(
    docker("checkpoint", "ls", container),
    (text) => text.trim().split("\n").slice(1).map((line) => line.trim())
  )

/** What is in the content store of the daemon's containerd. */
const stored = ({ dataRoot }: LabDocker) => {
  const folder = `${dataRoot}/containerd/daemon/io.containerd.content.v1.content/blobs/sha256`
  return existsSync(folder) ? readdirSync(folder) : []
}

/** As far as a container that was checkpointed at a count can have come by now. */
const soonAfter = (count: number) => count + 150

describe("a checkpoint", () => {
  it.scopedLive("is Docker's as well: its own command lists it, and restores from it", () =>
    Effect.gen(function* () {
      const lab = yield* daemon
      const web = yield* lab.container()
      yield* at(() =>
        Effect.gen(function* () {
          const before = yield* web.counted(5)
          const { checkpoint, state, warnings } = yield* Checkpoints.create(web.name, "first")
          expect({ state, warnings }).toEqual({ state: "stopped", warnings: [] })
          expect(checkpoint.directory).toBe(`${lab.dataRoot}/containers/${web.id}/checkpoints`)
          expect(checkpoint.record?.runtime).toMatchObject({ name: "docker", beneath: "runc" })
          expect(yield* Checkpoints.verify({ container: web.id, name: "first" })).toMatchObject({ problems: [] })
          expect(checkpoint.record?.statistics?.pagesWritten).toBeGreaterThan(0)
          expect(yield* web.tell("{{.State.Status}} {{.State.ExitCode}} {{.State.OOMKilled}}")).toBe("exited 137 false")
          expect(yield* theirs(lab, web.id)).toEqual(["first"])
          yield* lab.docker("start", "--checkpoint", "first", web.id)
          const after = yield* web.counted(before + 1)
          expect(after).toBeLessThan(soonAfter(before))
          yield* web.counted(after + 5)
          yield* lab.docker("checkpoint", "rm", web.id, "first")
          expect(yield* Checkpoints.list(web.id)).toEqual([])
        })
      )
    }))

  it.scopedLive("of Docker's own command is restored any number of times, and removed", () =>
    Effect.gen(function* () {
      const lab = yield* daemon
      const web = yield* lab.container()
      yield* at(() =>
        Effect.gen(function* () {
          yield* web.counted(5)
          yield* lab.docker("checkpoint", "create", "--leave-running", web.id, "left")
          const before = yield* web.count
          // Until what the first one has stored is swept, the second may fail, and stop the container all the same (moby issue 42900).
          yield* poll(Effect.sync(() => stored(lab)), (blobs) => blobs.length === 0)
          yield* lab.docker("checkpoint", "create", web.id, "exit")
          yield* poll(web.status, (status) => status === "exited")
          const listed = yield* Checkpoints.list(web.id)
          expect(listed.map(({ name, record, status }) => ({ name, record, status }))).toEqual([
            { name: "exit", record: undefined, status: "complete" },
            { name: "left", record: undefined, status: "complete" }
          ])
          expect(existsSync(`${listed[0]?.path}/config.json`)).toBe(false)
          for (const name of ["exit", "left", "left", "exit", "exit"]) {
            yield* Checkpoints.restore(web.id, name, { replace: true })
            expect(yield* web.counted(1)).toBeLessThan(soonAfter(before))
          }
          const last = yield* web.count
          yield* web.counted(last + 5)
          expect(yield* theirs(lab, web.id)).toEqual(["exit", "left"])
          yield* Checkpoints.remove(web.id, "exit")
          yield* Checkpoints.remove(web.id, "left")
          expect(yield* theirs(lab, web.id)).toEqual([])
        })
      )
    }))

  it.scopedLive("is restored at once, twenty times out of twenty", () =>
    Effect.gen(function* () {
      const web = yield* (yield* daemon).container()
      yield* at(() =>
        Effect.gen(function* () {
          let count = yield* web.counted(3)
          for (let turn = 1; turn <= 20; turn++) {
            yield* Checkpoints.create(web.id, `turn${turn}`)
            const { state, warnings } = yield* Checkpoints.restore(web.id, `turn${turn}`)
            expect({ turn, state, warnings }).toEqual({ turn, state: "running", warnings: [] })
            count = yield* web.counted(count + 1)
          }
          expect(yield* Checkpoints.names(web.id)).toHaveLength(20)
        })
      )
    }))

  it.scopedLive(
    "in a folder of one's own is restored, with and without the runtime beneath",
    () =>
      Effect.gen(function* () {
        const lab = yield* daemon
        const web = yield* lab.container()
        for (const [how, layer] of [["runtime", layerOf(lab)], ["daemon", apiLayerOf(lab)]] as const) {
          const checkpointDir = `${lab.folder}/elsewhere-${how}`
          mkdirSync(checkpointDir, { mode: 0o700 })
          yield* Effect.gen(function* () {
            const before = yield* web.counted(3)
            const { checkpoint } = yield* Checkpoints.create(web.id, "first", { checkpointDir })
            expect(checkpoint.path).toBe(`${checkpointDir}/first`)
            yield* Checkpoints.restore(web.id, "first", { checkpointDir })
            expect(yield* web.counted(before + 1)).toBeLessThan(soonAfter(before))
            // It is in the list of all, though Docker knows nothing of it.
            expect((yield* Checkpoints.list()).map(({ path }) => path)).toContain(`${checkpointDir}/first`)
            expect(yield* theirs(lab, web.id)).toEqual([])
            yield* Checkpoints.remove(web.id, "first", { checkpointDir })
            expect(readdirSync(checkpointDir)).not.toContain("first")
          }).pipe(Effect.provide(layer))
        }
      }),
    15_000
  )
})

describe("a restored container", () => {
  it.scopedLive(
    "has its log, docker exec and docker stop, which its own exit code is told of",
    () =>
      Effect.gen(function* () {
        const lab = yield* daemon
        const loop = "i=$((i+1)); echo $i; echo $i > /tmp/next; mv /tmp/next /tmp/count; usleep 10000"
        const web = yield* lab.container({
          args: ["/bin/sh", "-c", `trap 'exit 7' TERM; i=0; while true; do ${loop}; done`]
        })
        yield* at(() =>
          Effect.gen(function* () {
            const before = yield* web.counted(5)
            yield* Checkpoints.create(web.id, "first")
            yield* Checkpoints.restore(web.id, "first")
            const count = yield* web.counted(before + 5)
            const lines = Effect.map(lab.docker("logs", web.id), (text) => text.trim().split("\n").map(Number))
            const log = yield* poll(lines, (found) => found.includes(count))
            // What it has counted is in the log in its order, each number once: that it was away does not show.
            expect(log.slice(0, count)).toEqual(Array.from({ length: count }, (_, index) => index + 1))
            expect(Number(yield* lab.docker("exec", web.id, "cat", "/tmp/count"))).toBeGreaterThanOrEqual(count)
            const waiting = yield* Effect.fork(lab.docker("wait", web.id))
            yield* lab.docker("stop", "--time", "5", web.id)
            expect((yield* Fiber.join(waiting)).trim()).toBe("7")
            expect(yield* web.tell("{{.State.Status}} {{.State.ExitCode}}")).toBe("exited 7")
            // A kill, after one more restore.
            yield* Checkpoints.restore(web.id, "first")
            const again = yield* Effect.fork(lab.docker("wait", web.id))
            yield* lab.docker("kill", web.id)
            expect((yield* Fiber.join(again)).trim()).toBe("137")
          })
        )
      }),
    15_000
  )

  it.scopedLive("is started cold by Docker when it dies, where its restart policy says so", () =>
    Effect.gen(function* () {
      const lab = yield* daemon
      const web = yield* lab.container({ restart: "always" })
      yield* at(() =>
        Effect.gen(function* () {
          yield* web.counted(20)
          yield* Checkpoints.create(web.id, "first")
          const { pid } = yield* Checkpoints.restore(web.id, "first")
          expect(yield* web.counted(20)).toBeGreaterThanOrEqual(20)
          process.kill(pid ?? 0, "SIGKILL")
          const next = yield* poll(web.pid, (now) => now !== 0 && now !== pid)
          expect(next).not.toBe(pid)
          expect(yield* web.counted(1)).toBeLessThan(20)
          expect(yield* web.tell("{{.RestartCount}}")).toBe("1")
        })
      )
    }))
})
