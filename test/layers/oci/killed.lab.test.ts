// Somebody else ends CRIU, or the runtime above it, in the middle of a dump or a restore.
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs"
import { kill } from "node:process"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Fiber from "effect/Fiber"
import * as Checkpoints from "../../../src/effects/Checkpoints.ts"
import * as NetworkLock from "../../../src/layers/shared/NetworkLock.ts"
import * as Process from "../../../src/layers/shared/Process.ts"
import * as LabContainer from "./LabContainer.ts"

const heavy = LabContainer.python(`
s = socket.create_server(('127.0.0.1', 7000))
c = socket.create_connection(('127.0.0.1', 7000))
a, _ = s.accept()
memory = bytearray(os.urandom(1000000) * 300)`)

for (const runtime of LabContainer.runtimes) {
  describe(runtime, () => {
    it.scopedLive("CRIU is killed: the container goes on, with its network, and can be checkpointed again", () =>
      Effect.gen(function* () {
        const container = yield* LabContainer.make({ runtime, programs: true, args: heavy })
        yield* Effect.gen(function* () {
          const before = yield* container.counted(3)
          const pid = yield* container.pid
          const options = { leaveRunning: true, tcpEstablished: true }
          const locked = LabContainer.poll(NetworkLock.isLocked(`/proc/${pid}/ns/net`), (is) => is === true)
          // A CRIU that ends while it puts its code into a process may take that process with it, which nobody can mend; that is
          // over when it writes pages.
          const writes = LabContainer.poll(
            Effect.sync(() => pagesIn(container.config.stasisRoot)),
            (bytes) => bytes > 0
          )
          const { attempt, fiber, seen } = yield* LabContainer.amid(
            (attempt) => Effect.either(Checkpoints.create(container.id, `first-${attempt}`, options)),
            Effect.zipLeft(
              waitFor((line) => line.startsWith("criu: dump") && line.endsWith(` ${pid}`)),
              Effect.zipRight(locked, writes)
            )
          )
          kill(seen, "SIGKILL")
          const error = yield* Effect.flip(Effect.flatten(Fiber.join(fiber)))
          expect("reason" in error ? error.reason : error).toBe("CriuKilled")
          yield* container.counted(before + 5)
          expect(yield* NetworkLock.isLocked(`/proc/${pid}/ns/net`)).toBe(false)
          expect(yield* Checkpoints.names(container.id)).not.toContain(`first-${attempt}`)
          yield* Checkpoints.create(container.id, "second", options)
        }).pipe(Effect.provide(LabContainer.layerOf(container)))
      }))

    it.scopedLive("the runtime is killed: CRIU is waited for, and the container goes on", () =>
      Effect.gen(function* () {
        const container = yield* LabContainer.make({ runtime, programs: true, args: heavy })
        yield* Effect.gen(function* () {
          const before = yield* container.counted(3)
          const pid = yield* container.pid
          const options = { leaveRunning: true, tcpEstablished: true }
          const { fiber, seen } = yield* LabContainer.amid(
            (attempt) => Effect.either(Checkpoints.create(container.id, `first-${attempt}`, options)),
            Effect.zipRight(
              waitFor((line) => line.startsWith("criu: dump") && line.endsWith(` ${pid}`)),
              waitFor((line) => line.startsWith(`${runtime} `) && line.includes(" checkpoint "))
            )
          )
          kill(seen, "SIGKILL")
          const result = yield* Fiber.join(fiber)
          // CRIU notices only where it had something left to ask of the runtime.
          if (Either.isRight(result)) expect(result.right.warnings.join()).toContain("ended before CRIU was")
          else expect("reason" in result.left ? result.left.reason : result.left).toBe("CriuKilled")
          yield* container.counted(before + 5)
          expect(running((line) => line.startsWith("criu: dump"))).toBeUndefined()
          expect(yield* NetworkLock.isLocked(`/proc/${pid}/ns/net`)).toBe(false)
        }).pipe(Effect.provide(LabContainer.layerOf(container)))
      }))

    it.scopedLive(
      "the runtime is killed in the middle of a restore: every file of the container is kept, and it is restored anew",
      () =>
        Effect.gen(function* () {
          const container = yield* LabContainer.make({
            runtime,
            programs: true,
            args: LabContainer.python("memory = bytearray(os.urandom(1000000) * 300)")
          })
          const files = () =>
            readdirSync(`${container.bundle}/rootfs`, { recursive: true, encoding: "utf8" }).sort().filter((path) =>
              !path.startsWith("tmp/")
            )
          yield* Effect.gen(function* () {
            const before = yield* container.counted(3)
            yield* Checkpoints.create(container.id, "first")
            const kept = files()
            expect(kept).toContain("bin/busybox")
            const { fiber, seen } = yield* LabContainer.amid(
              (attempt) => Effect.either(Checkpoints.restore(container.id, "first", { replace: attempt > 1 })),
              Effect.zipRight(
                waitFor((line) => line.startsWith("criu: restore")),
                waitFor((line) => line.startsWith(`${runtime} `) && line.includes(" restore "))
              )
            )
            kill(seen, "SIGKILL")
            expect(Either.isLeft(yield* Fiber.join(fiber))).toBe(true)
            expect(files()).toEqual(kept)
            // crun's is in the bundle, and is left there where we are killed with it.
            const mounted = `${container.bundle}/criu-root`
            expect(existsSync(mounted)).toBe(false)
            if (runtime === "crun") {
              mkdirSync(mounted)
              yield* Process.run({ program: "mount", args: ["--bind", `${container.bundle}/rootfs`, mounted] })
              expect(existsSync(`${mounted}/bin/busybox`)).toBe(true)
            }
            yield* Checkpoints.restore(container.id, "first")
            yield* container.counted(before + 5)
            expect(existsSync(mounted)).toBe(false)
            expect(files()).toEqual(kept)
          }).pipe(Effect.provide(LabContainer.layerOf(container)))
        })
    )

    it.scopedLive("a network namespace that outlives its container stays locked until the restore", () =>
      Effect.gen(function* () {
        const network = yield* LabContainer.networkNamespace
        const container = yield* LabContainer.make({
          runtime,
          programs: true,
          args: heavy,
          namespaces: { network: network.path }
        })
        yield* Effect.gen(function* () {
          const before = yield* container.counted(3)
          expect(yield* NetworkLock.isLocked(network.path)).toBe(false)
          const created = yield* Checkpoints.create(container.id, "first", { tcpEstablished: true })
          expect(created.state).toBe("forgotten")
          expect(yield* NetworkLock.isLocked(network.path)).toBe(true)
          expect(created.warnings.join()).toContain(network.path)
          yield* Checkpoints.restore(container.id, "first")
          expect(yield* NetworkLock.isLocked(network.path)).toBe(false)
          yield* container.counted(before + 5)
          yield* Checkpoints.create(container.id, "second", { tcpEstablished: true })
          expect(yield* NetworkLock.unlock(network.path)).toBe(true)
          expect(yield* NetworkLock.isLocked(network.path)).toBe(false)
        }).pipe(Effect.provide(LabContainer.layerOf(container)))
      }))
  })
}

/** The pid of a process whose command line is like that. */
const running = (wanted: (line: string) => boolean): number | undefined => {
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue
    try {
      if (wanted(readFileSync(`/proc/${name}/cmdline`, "utf8").replaceAll("\0", " ").trim())) return Number(name)
    } catch {
      // It ended meanwhile.
    }
  }
  return undefined
}

/** The size of all files of pages below a folder. */
const pagesIn = (folder: string): number =>
  readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((path) => /\/pages-\d+\.img$/.test(path)).reduce(
    (sum, path) => sum + (statSync(`${folder}/${path}`, { throwIfNoEntry: false })?.size ?? 0),
    0
  )

const waitFor = (wanted: (line: string) => boolean): Effect.Effect<number> =>
  Effect.map(LabContainer.poll(Effect.sync(() => running(wanted)), (pid) => pid !== undefined), (pid) => pid ?? 0)
