// Docker's restart policy: a container that is stopped by a checkpoint stays stopped, and has its policy all the same.
import { existsSync, mkdirSync, writeFileSync } from "node:fs"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Checkpoints from "../../../src/effects/Checkpoints.ts"
import { poll } from "../oci/LabContainer.ts"
import { apiLayerOf, layerOf, shareDaemon } from "./dockerSubject.ts"
import type { LabDockerContainer } from "./LabDocker.ts"

const daemon = shareDaemon()

const policyOf = (web: LabDockerContainer) =>
  web.tell("{{.HostConfig.RestartPolicy.Name}} {{.HostConfig.RestartPolicy.MaximumRetryCount}}")

/** Waits until the daemon has started another container cold more than once, which takes longer than the first time does. */
const aWhile = Effect.gen(function* () {
  const { container } = yield* daemon
  const crashing = yield* container({ args: ["/bin/false"], restart: "always" })
  yield* poll(crashing.tell("{{.RestartCount}}"), (count) => Number(count) >= 2)
}).pipe(Effect.scoped)

describe("a container that Docker restarts", () => {
  for (const [how, layerFor] of [["runtime beneath", layerOf], ["daemon", apiLayerOf]] as const) {
    it.scopedLive(`stays stopped after a checkpoint by the ${how}, until it is restored`, () =>
      Effect.gen(function* () {
        const lab = yield* daemon
        const stopped = (restart: string) =>
          Effect.gen(function* () {
            const web = yield* lab.container({ restart })
            const before = yield* web.counted(5)
            expect((yield* Checkpoints.create(web.id, "first")).state).toBe("stopped")
            return { web, before }
          })
        yield* Effect.gen(function* () {
          const all = yield* Effect.forEach(["always", "unless-stopped", "on-failure:3"], stopped)
          yield* aWhile
          const policies = ["always 0", "unless-stopped 0", "on-failure 3"]
          for (const { web } of all) expect(yield* web.tell("{{.State.Status}} {{.RestartCount}}")).toBe("exited 0")
          expect(yield* Effect.forEach(all, ({ web }) => policyOf(web))).toEqual(policies)
          for (const { before, web } of all) {
            yield* Checkpoints.restore(web.id, "first")
            expect(yield* web.counted(before + 1)).toBeLessThan(before + 150)
          }
          expect(yield* Effect.forEach(all, ({ web }) => policyOf(web))).toEqual(policies)
        }).pipe(Effect.provide(layerFor(lab)))
      }))
  }

  it.scopedLive("is rolled back and not started beside it", () =>
    Effect.gen(function* () {
      const lab = yield* daemon
      const web = yield* lab.container({ restart: "always" })
      yield* Effect.gen(function* () {
        const before = yield* web.counted(5)
        yield* Checkpoints.create(web.id, "first", { leaveRunning: true })
        yield* web.counted(before + 200)
        yield* Checkpoints.restore(web.id, "first", { replace: true })
        expect(yield* web.count).toBeLessThan(before + 150)
        expect(yield* policyOf(web)).toBe("always 0")
        expect(yield* web.tell("{{.RestartCount}}")).toBe("0")
      }).pipe(Effect.provide(layerOf(lab)))
    }))

  it.scopedLive("is given back the policy that a killed process has put aside", () =>
    Effect.gen(function* () {
      const lab = yield* daemon
      const web = yield* lab.container({ restart: "on-failure:3" })
      const home = `${lab.folder}/stasis/docker/moby/${web.id}`
      const killed = Effect.gen(function* () {
        mkdirSync(home, { recursive: true, mode: 0o700 })
        writeFileSync(`${home}/restart-policy.json`, JSON.stringify({ Name: "on-failure", MaximumRetryCount: 3 }))
        yield* lab.docker("update", "--restart", "no", web.id)
        expect(yield* policyOf(web)).toBe("no 0")
      })
      const mended = Effect.gen(function* () {
        expect(yield* policyOf(web)).toBe("on-failure 3")
        expect(existsSync(`${home}/restart-policy.json`)).toBe(false)
      })
      yield* Effect.gen(function* () {
        yield* web.counted(1)
        // While it runs yet, and when it has stopped.
        yield* killed
        yield* Checkpoints.create(web.id, "first", { leaveRunning: true })
        yield* mended
        yield* lab.docker("kill", web.id)
        yield* killed
        yield* Checkpoints.recover(web.id)
        yield* mended
        expect(yield* web.status).toBe("exited")
        yield* killed
        yield* Checkpoints.restore(web.id, "first")
        yield* mended
      }).pipe(Effect.provide(layerOf(lab)))
    }))

  it.scopedLive("is not given back what is no policy", () =>
    Effect.gen(function* () {
      const lab = yield* daemon
      const web = yield* lab.container({ restart: "always" })
      const home = `${lab.folder}/stasis/docker/moby/${web.id}`
      yield* Effect.gen(function* () {
        yield* web.counted(1)
        mkdirSync(home, { recursive: true, mode: 0o700 })
        // As a loss of power may leave it.
        writeFileSync(`${home}/restart-policy.json`, "")
        yield* Checkpoints.create(web.id, "first", { leaveRunning: true })
        expect(yield* policyOf(web)).toBe("always 0")
        expect(existsSync(`${home}/restart-policy.json`)).toBe(false)
      }).pipe(Effect.provide(layerOf(lab)))
    }))
})
