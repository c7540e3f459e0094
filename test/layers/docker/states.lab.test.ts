// What becomes of containers that Docker pauses, restarts and removes; each test asserts its row of the table in docs/docker.md.
import { existsSync } from "node:fs"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Checkpoints from "../../../src/effects/Checkpoints.ts"
import { poll } from "../oci/LabContainer.ts"
import { failureOf, layerOf, shareDaemon } from "./dockerSubject.ts"
import * as Kind from "./Kind.ts"
import type { LabDockerContainer } from "./LabDocker.ts"

const { table } = Kind

const daemon = shareDaemon()

describe("a container", () => {
  it.scopedLive("that is paused", () =>
    Effect.gen(function* () {
      const lab = yield* daemon
      const web = yield* lab.container()
      yield* Effect.gen(function* () {
        yield* web.counted(3)
        yield* lab.docker("pause", web.id)
        const before = yield* web.count
        const left = yield* Checkpoints.create(web.id, "left", { leaveRunning: true })
        expect(left).toMatchObject({ state: "paused", warnings: [] })
        expect(yield* web.count).toBe(before)
        expect(yield* Checkpoints.create(web.id, "stopped")).toMatchObject({ state: "stopped", warnings: [] })
        expect(yield* Checkpoints.restore(web.id, "stopped")).toMatchObject({ state: "paused", warnings: [] })
        expect(yield* web.status).toBe("paused")
        const after = yield* web.count
        expect(after).toBeLessThan(before + 100)
        yield* lab.docker("unpause", web.id)
        yield* web.counted(after + 5)
      }).pipe(Effect.provide(layerOf(lab)))
      const then = "it stays paused, and is paused again when it is restored"
      yield* table.expectRow("paused", "nothing", then)
    }))

  it.scopedLive("that Docker restarts", () =>
    Effect.gen(function* () {
      const lab = yield* daemon
      const holds = (web: LabDockerContainer) =>
        Effect.map(web.tell("{{.HostConfig.RestartPolicy.Name}}"), (name) => expect(name).toBe("always"))
      yield* Kind.works(lab, { recipe: { restart: "always" }, holds })
      // The others, and that none is started cold meanwhile, are tested in restartPolicy.lab.test.ts.
      yield* table.expectRow(
        "policy",
        "nothing",
        "it stays stopped until it is restored, and has its policy all the while"
      )
    }))

  it.scopedLive("that crashes and is restarted", () =>
    Effect.gen(function* () {
      const lab = yield* daemon
      const web = yield* lab.container({ args: ["/bin/false"], restart: "always" })
      // By then it is left alone for longer than a look takes.
      yield* poll(web.tell("{{.RestartCount}} {{.State.Restarting}}"), (told) => /^[4-9] true/.test(told))
      const error = yield* failureOf(Checkpoints.create(web.id, "first")).pipe(Effect.provide(layerOf(lab)))
      expect(error).toMatchObject({ _tag: "ContainerNotRunning", state: "restarting" })
      yield* table.expectRow(
        "crashing",
        "refused: `ContainerNotRunning`",
        "there is nothing to freeze between two starts"
      )
    }))

  it.scopedLive("that is removed when it stops", () =>
    Effect.gen(function* () {
      const lab = yield* daemon
      const error = yield* Kind.refused(lab, { recipe: { autoRemove: true } })
      expect(error).toMatchObject({
        _tag: "RuntimeFailed",
        reason: "Unsupported",
        hint: expect.stringContaining('use option "leaveRunning"')
      })
      yield* table.expectRow(
        "remove",
        "refused: `Unsupported`",
        "leave it running: its checkpoints go with it when it stops"
      )
    }))

  it.scopedLive("that is removed when it stops, left running", () =>
    Effect.gen(function* () {
      const lab = yield* daemon
      const web = yield* lab.container({ autoRemove: true })
      yield* web.counted(3)
      const { checkpoint, state } = yield* Checkpoints.create(web.id, "left", { leaveRunning: true }).pipe(
        Effect.provide(layerOf(lab))
      )
      expect(state).toBe("running")
      yield* Kind.goesOn(web)
      const told = yield* Checkpoints.preflight(web.id, "stopped").pipe(Effect.provide(layerOf(lab)))
      expect(told).toMatchObject({ possible: false, findings: [{ verdict: "blocked", option: "leaveRunning" }] })
      yield* lab.docker("kill", web.id)
      yield* poll(Effect.sync(() => existsSync(checkpoint.path)), (is) => !is)
      const then = "it goes on; its checkpoints go with it when it stops"
      yield* table.expectRow("removeLeft", "`leaveRunning`", then)
    }))
})
