// The process that asked for a dump goes, or runc below the shim does, and CRIU goes on.
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs"
import { kill } from "node:process"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Fiber from "effect/Fiber"
import * as Checkpoints from "../../../src/effects/Checkpoints.ts"
import { ContainerStore } from "../../../src/effects/ContainerStore.ts"
import { Runtime } from "../../../src/effects/Runtime.ts"
import * as ContainerdClient from "../../../src/layers/containerd/ContainerdClient.ts"
import { complete } from "../../../src/layers/containerd/ContainerdSettings.ts"
import * as ContainerdSettle from "../../../src/layers/containerd/ContainerdSettle.ts"
import * as Services from "../../../src/layers/containerd/Services.ts"
import * as LabContainerd from "./LabContainerd.ts"

const heavy = LabContainerd.python("memory = bytearray(os.urandom(1000000) * 300)")

describe("a dump goes on", () => {
  it.scopedLive("settle waits for what a gone process has begun, and the container is told from others meanwhile", () =>
    Effect.gen(function* () {
      const container = yield* LabContainerd.make({ programs: true, args: heavy })
      const { id } = container
      const images = `${container.containerd.folder}/images`
      const work = `${container.containerd.folder}/work`
      for (const path of [images, work]) mkdirSync(path)
      yield* Effect.gen(function* () {
        const runtime = yield* Runtime
        const store = yield* ContainerStore
        const before = yield* container.counted(3)
        const found = yield* store.get(id)
        yield* runtime.settle(found)
        const client = ContainerdClient.make(complete(container.config))
        const dump = yield* Effect.fork(client.call(Services.checkpointTask, {
          id,
          options: {
            exit: false,
            openTcp: false,
            externalUnixSockets: false,
            terminal: false,
            fileLocks: false,
            imagePath: images,
            workPath: work
          }
        }))
        yield* LabContainerd.poll(Effect.sync(() => existsSync(`${work}/dump.log`)), (there) => there)
        expect(ContainerdSettle.isBusy("default", id)).toBe(true)
        expect(ContainerdSettle.isBusy("default", "another")).toBe(false)
        expect(ContainerdSettle.isBusy("other", id)).toBe(false)
        yield* runtime.settle(found)
        expect(readFileSync(`${work}/dump.log`, "utf8")).toContain("Dumping finished successfully")
        expect(existsSync(`${images}/inventory.img`)).toBe(true)
        yield* Fiber.join(dump)
        expect((yield* store.get(id)).state).toBe("running")
        yield* container.counted(before + 5)
      }).pipe(Effect.provide(LabContainerd.layerOf(container)))
    }))

  it.scopedLive("runc is killed below the shim: CRIU is waited for, and the container goes on", () =>
    Effect.gen(function* () {
      const container = yield* LabContainerd.make({ programs: true, args: heavy })
      yield* Effect.gen(function* () {
        const before = yield* container.counted(3)
        const dump = yield* Effect.fork(
          Effect.either(Checkpoints.create(container.id, "first", { leaveRunning: true }))
        )
        yield* waitFor((line) => line.startsWith("criu: dump"))
        kill(yield* waitFor((line) => line.startsWith("runc ") && line.includes(" checkpoint ")), "SIGKILL")
        const result = yield* Fiber.join(dump)
        // CRIU notices only where it had something left to ask of runc.
        if (Either.isRight(result)) expect(result.right.warnings.join()).toContain("ended before CRIU was")
        else expect("reason" in result.left ? result.left.reason : result.left.message).toBe("CriuKilled")
        expect(ContainerdSettle.isBusy("default", container.id)).toBe(false)
        yield* container.counted(before + 5)
        yield* Checkpoints.create(container.id, "second", { leaveRunning: true })
      }).pipe(Effect.provide(LabContainerd.layerOf(container)))
    }))

  it.scopedLive("containerd is started again during a dump and during a restore: nothing stands still, and nothing is left", () =>
    Effect.gen(function* () {
      const container = yield* LabContainerd.make({ programs: true, args: heavy })
      yield* Effect.gen(function* () {
        const before = yield* container.counted(3)
        const dump = yield* Effect.fork(Checkpoints.create(container.id, "first"))
        yield* waitFor((line) => line.startsWith("runc ") && line.includes(" checkpoint "))
        yield* container.containerd.restart
        const created = yield* Effect.either(Fiber.join(dump))
        expect(ContainerdSettle.isBusy("default", container.id)).toBe(false)
        if (Either.isLeft(created)) {
          // It goes on, and is checkpointed anew.
          yield* container.counted(before + 5)
          yield* Checkpoints.create(container.id, "first")
        }
        const restore = yield* Effect.fork(Checkpoints.restore(container.id, "first"))
        yield* waitFor((line) => line.startsWith("runc ") && line.includes(" restore "))
        yield* container.containerd.restart
        // A shim may end its runc with the connection: then nothing is left of the task, and it is restored anew.
        if (Either.isLeft(yield* Effect.either(Fiber.join(restore)))) {
          expect(yield* container.ctr("task", "ls", "--quiet")).toBe("")
          yield* Checkpoints.restore(container.id, "first")
        }
        yield* container.counted(before + 10)
      }).pipe(Effect.provide(LabContainerd.layerOf(container)))
    }))
})

const waitFor = (wanted: (line: string) => boolean) =>
  LabContainerd.poll(Effect.sync(() => running(wanted)), (pid) => pid !== undefined).pipe(
    Effect.map((pid) => pid ?? 0)
  )

const running = (wanted: (line: string) => boolean): number | undefined => {
  const pid = readdirSync("/proc").find((name) => /^\d+$/.test(name) && wanted(commandOf(name)))
  return pid === undefined ? undefined : Number(pid)
}

const commandOf = (pid: string): string => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim()
  } catch {
    return ""
  }
}
