// The process that asked for a dump or a restore goes, or containerd, its shim, runc or CRIU does.
import { spawn } from "node:child_process"
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
import * as ContainerdUndo from "../../../src/layers/containerd/ContainerdUndo.ts"
import * as Services from "../../../src/layers/containerd/Services.ts"
import * as LabContainer from "../oci/LabContainer.ts"
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
        yield* LabContainer.poll(Effect.sync(() => existsSync(`${work}/dump.log`)), (there) => there)
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

  it.scopedLive("a process in the container that calls itself CRIU, or has the arguments of runc, is not waited for", () =>
    Effect.gen(function* () {
      const container = yield* LabContainerd.make({ programs: true, args: LabContainerd.python("") })
      const { id } = container
      yield* container.counted(3)
      const called = "open('/proc/self/comm', 'w').write('criu')\nimport time\nwhile True: time.sleep(60)"
      const forged = ["restore", `/run/default/${id}/log.json`, id]
      const exec = ["task", "exec", "--detach", "--exec-id", "forged", id, "/usr/bin/python3", "-c", called]
      yield* container.ctr(...exec, ...forged)
      yield* LabContainer.poll(
        Effect.sync(() => inside(id)),
        (pids) => pids.some((pid) => readProc(pid, "comm") === "criu\n")
      )
      expect(ContainerdSettle.isBusy("default", id)).toBe(false)
      expect(ContainerdSettle.isRestored("default", id)).toBe(false)
    }))

  it.scopedLive("who looks into the folder of a failed restore is neither waited for nor ended", () =>
    Effect.gen(function* () {
      const container = yield* LabContainerd.make()
      const workPath = `${container.containerd.folder}/work-${container.id}`
      mkdirSync(workPath)
      const other = yield* Effect.acquireRelease(
        Effect.sync(() => spawn("sleep", ["1000"], { stdio: "ignore", cwd: workPath })),
        (child) => Effect.sync(() => child.kill("SIGKILL"))
      )
      const settings = complete(container.config)
      const client = ContainerdClient.make(settings)
      const metadata = yield* client.call(Services.getContainer, { id: container.id })
      yield* ContainerdUndo.awaitCriu({ settings, client }, metadata, workPath, 0)
      expect(other.exitCode ?? other.signalCode).toBe(null)
    }))

  it.scopedLive("runc is killed below the shim: CRIU is waited for, and the container goes on", () =>
    Effect.gen(function* () {
      const container = yield* LabContainerd.make({ programs: true, args: heavy })
      yield* Effect.gen(function* () {
        const before = yield* container.counted(3)
        const { fiber, seen } = yield* LabContainer.amid(
          (attempt) => Effect.either(Checkpoints.create(container.id, `first-${attempt}`, { leaveRunning: true })),
          Effect.zipRight(
            waitFor((line) => line.startsWith("criu: dump")),
            waitFor((line) => line.startsWith("runc ") && line.includes(" checkpoint "))
          )
        )
        kill(seen, "SIGKILL")
        const result = yield* Fiber.join(fiber)
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
        // On a machine that is at something else, it may be over before it is seen.
        yield* Effect.raceFirst(
          waitFor((line) => line.startsWith("runc ") && line.includes(" checkpoint ")),
          Fiber.await(dump)
        )
        yield* container.containerd.restart
        const created = yield* Effect.either(Fiber.join(dump))
        expect(ContainerdSettle.isBusy("default", container.id)).toBe(false)
        if (Either.isLeft(created)) {
          // It goes on, and is checkpointed anew.
          yield* container.counted(before + 5)
          yield* Checkpoints.create(container.id, "first")
        }
        const restore = yield* Effect.fork(Checkpoints.restore(container.id, "first"))
        yield* Effect.raceFirst(waitFor(isRestore), Fiber.await(restore))
        yield* container.containerd.restart
        // A shim may end its runc with the connection: then nothing is left of the task, and it is restored anew.
        if (Either.isLeft(yield* Effect.either(Fiber.join(restore)))) {
          yield* expectNothing(container)
          yield* Checkpoints.restore(container.id, "first")
        }
        yield* container.counted(before + 10)
      }).pipe(Effect.provide(LabContainerd.layerOf(container)))
    }))
})

describe("a restore is ended in the middle: nothing of it is left but the container's files, and it is restored anew", () => {
  const isCriu = (line: string) => line.startsWith("criu: restore")
  const isShim = (id: string) => (line: string) =>
    /containerd-shim-runc-v2 .*-id /.test(line) && line.includes(` ${id} `)

  it.scopedLive.each<[string, (id: string) => (line: string) => boolean]>([
    ["runc", () => isRestore],
    ["CRIU", () => isCriu],
    ["the shim", isShim]
  ])("%s is killed", ([_, victim]) =>
    Effect.gen(function* () {
      const container = yield* LabContainerd.make({ programs: true, args: heavy })
      const { id } = container
      const files = () =>
        readdirSync(`${container.containerd.folder}/rootfs-${id}`, { recursive: true, encoding: "utf8" }).sort()
      yield* Effect.gen(function* () {
        const before = yield* container.counted(3)
        yield* Checkpoints.create(id, "first")
        const kept = files()
        expect(kept).toContain("bin/busybox")
        const { fiber, seen } = yield* LabContainer.amid(
          (attempt) => Effect.either(Checkpoints.restore(id, "first", { replace: attempt > 1 })),
          // By then runc has the container's files mounted, and CRIU is at the memory of what it has made.
          Effect.zipRight(
            LabContainer.poll(Effect.sync(() => inside(id)), (pids) => pids.some((pid) => pagesOf(pid) > 10_000)),
            waitFor(victim(id))
          )
        )
        kill(seen, "SIGKILL")
        expect(Either.isLeft(yield* Fiber.join(fiber))).toBe(true)
        yield* expectNothing(container)
        // Without its shim, containerd has runc delete it at once, and may be quicker than we are to save its files.
        if (victim === isShim) return
        expect(files()).toEqual(kept)
        yield* Checkpoints.restore(id, "first")
        yield* container.counted(before + 5)
      }).pipe(Effect.provide(LabContainerd.layerOf(container)))
    }))
})

/** Neither a task, nor what runc keeps of it, nor a process. */
const expectNothing = (container: LabContainerd.LabContainer) =>
  Effect.gen(function* () {
    const { id } = container
    expect(yield* container.ctr("task", "ls", "--quiet")).toBe("")
    expect(existsSync(`/run/containerd/runc/default/${id}`)).toBe(false)
    expect(inside(id)).toEqual([])
    expect(ContainerdSettle.isBusy("default", id)).toBe(false)
  })

const isRestore = (line: string) => line.startsWith("runc ") && line.includes(" restore ")

/** How many pages a process has in memory. */
const pagesOf = (pid: string) => Number(readProc(pid, "statm").split(" ")[1])

/** The processes in the container's cgroup; CRIU is in it, too, while it restores. */
const inside = (id: string): ReadonlyArray<string> =>
  processes().filter((pid) =>
    readProc(pid, "cgroup").includes(`/default/${id}`) && /\) [^ZX] /.test(readProc(pid, "stat"))
  )

const waitFor = (wanted: (line: string) => boolean) =>
  LabContainer.poll(Effect.sync(() => running(wanted)), (pid) => pid !== undefined).pipe(
    Effect.map((pid) => pid ?? 0)
  )

const running = (wanted: (line: string) => boolean): number | undefined => {
  const pid = processes().find((name) => wanted(readProc(name, "cmdline").replaceAll("\0", " ").trim()))
  return pid === undefined ? undefined : Number(pid)
}

const processes = () => readdirSync("/proc").filter((name) => /^\d+$/.test(name))

const readProc = (pid: string, name: string): string => {
  try {
    return readFileSync(`/proc/${pid}/${name}`, "utf8")
  } catch {
    return ""
  }
}
