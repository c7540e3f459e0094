import { existsSync, readdirSync, readFileSync, statSync } from "node:fs"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Checkpoints from "../../../src/effects/Checkpoints.ts"
import { ContainerStore } from "../../../src/effects/ContainerStore.ts"
import { noLease } from "../../../src/effects/Disk.ts"
import { Runtime } from "../../../src/effects/Runtime.ts"
import * as LabContainer from "./LabContainer.ts"

for (const runtime of LabContainer.runtimes) {
  describe(runtime, () => {
    it.scopedLive("checkpoints a running container, which goes on", () =>
      Effect.gen(function* () {
        const container = yield* LabContainer.make({ runtime, annotations: { team: "blue" } })
        yield* Effect.gen(function* () {
          const before = yield* container.counted(5)
          const created = yield* Checkpoints.create(container.id, "first", { leaveRunning: true })
          expect(created.warnings).toEqual([])
          expect(created.state).toBe("running")
          const { root, stasisRoot } = container.config
          expect(created.checkpoint.directory).toBe(
            `${stasisRoot}/oci/${root.replaceAll("/", "%2f")}/${container.id}/checkpoints`
          )
          yield* container.counted(before + 10)
          const [listed] = yield* Checkpoints.list(container.id)
          expect(listed?.status).toBe("complete")
          expect(readdirSync(created.checkpoint.path)).toEqual(
            expect.arrayContaining(["config.json", "inventory.img", "spec.json", "stats-dump"])
          )
          // CRIU writes the statistics to its work path: they are in the checkpoint, and nothing else is left of the attempt.
          const everything = readdirSync(container.config.stasisRoot, { recursive: true, encoding: "utf8" })
          expect(everything.filter((path) => path.endsWith("/stats-dump"))).toEqual([
            `${created.checkpoint.path}/stats-dump`.slice(container.config.stasisRoot.length + 1)
          ])
          expect(everything.filter((path) => path.endsWith("/dump.log"))).toEqual([])
          expect(listed?.record?.container?.labels).toEqual({ team: "blue" })
          expect(listed?.record?.statistics?.pagesWritten).toBeGreaterThan(0)
          expect(listed?.record?.files?.map((file) => file.path)).toContain(`${container.bundle}/rootfs/bin/busybox`)
        }).pipe(Effect.provide(LabContainer.layerOf(container)))
      }))

    it.scopedLive("checkpoints and stops, and restores to where it was", () =>
      Effect.gen(function* () {
        const container = yield* LabContainer.make({ runtime })
        yield* Effect.gen(function* () {
          const before = yield* container.counted(20)
          const created = yield* Checkpoints.create(container.id, "first")
          // None says that it was gone before it was to be stopped.
          expect(created.warnings).toEqual([])
          expect(created.state).toBe("forgotten")
          expect(created.checkpoint.exit).toBe(true)
          const restored = yield* Checkpoints.restore(container.id, "first")
          expect(restored.state).toBe("running")
          expect(restored.pid).toBe(yield* container.pid)
          const after = yield* container.counted(before + 1)
          expect(after).toBeLessThan(before + 100)
          yield* container.counted(after + 5)
          expect(yield* Checkpoints.names(container.id)).toEqual(["first"])
        }).pipe(Effect.provide(LabContainer.layerOf(container)))
      }))

    it.scopedLive("kills a frozen container without letting it run again", () =>
      Effect.gen(function* () {
        const folder = yield* LabContainer.temporaryFolder
        const loop = `i=$((i+1)); echo $i > ${folder}/next; mv ${folder}/next ${folder}/count; usleep 10000`
        const args = ["/bin/sh", "-c", `i=0; while true; do ${loop}; done`]
        const container = yield* LabContainer.make({ runtime, binds: [folder], args })
        const outside = Effect.sync(() =>
          existsSync(`${folder}/count`) ? Number(readFileSync(`${folder}/count`, "utf8")) : 0
        )
        yield* Effect.gen(function* () {
          const service = yield* Runtime
          yield* LabContainer.poll(outside, (count) => count >= 3)
          const found = yield* Effect.flatMap(ContainerStore, (store) => store.get(container.id))
          yield* service.pause(found, noLease)
          const frozen = yield* outside
          yield* service.stop(found, noLease)
          expect(yield* outside).toBe(frozen)
          expect(yield* Effect.flatMap(ContainerStore, (store) => store.list)).toEqual([])
        }).pipe(Effect.provide(LabContainer.layerOf(container)))
      }))

    it.scopedLive("writes no value of the environment into a record or an event", () =>
      Effect.gen(function* () {
        const container = yield* LabContainer.make({ runtime })
        yield* Effect.gen(function* () {
          yield* container.counted(3)
          const { checkpoint } = yield* Checkpoints.create(container.id, "first")
          yield* Checkpoints.restore(container.id, "first")
          const read = (path: string) => readFileSync(path, "utf8")
          expect(read(`${checkpoint.path}/spec.json`)).toContain("TERM=xterm")
          expect(statSync(`${checkpoint.path}/spec.json`).mode & 0o777).toBe(0o600)
          expect(read(`${checkpoint.path}/config.json`)).not.toContain("xterm")
          const events = read(`${container.config.stasisRoot}/events/00000001.ndjson`)
          expect(events.split("\n")).toHaveLength(3)
          expect(events).not.toContain("xterm")
        }).pipe(Effect.provide(LabContainer.layerOf(container)))
      }))

    it.scopedLive("knows a container that its runtime has forgotten, and restores it by an id prefix", () =>
      Effect.gen(function* () {
        const container = yield* LabContainer.make({ runtime })
        yield* Effect.gen(function* () {
          yield* container.counted(2)
          yield* Checkpoints.create(container.id, "first")
          expect(yield* Effect.flatMap(ContainerStore, (store) => store.list)).toEqual([])
          const listed = yield* Checkpoints.list()
          expect(listed.map((one) => [one.container, one.name])).toEqual([[container.id, "first"]])
          expect((yield* Checkpoints.get(container.id.slice(0, 5), "first")).status).toBe("complete")
          const restored = yield* Checkpoints.restore(container.id.slice(0, 5), "first")
          expect(restored.state).toBe("running")
        }).pipe(Effect.provide(LabContainer.layerOf(container)))
      }))
  })
}
