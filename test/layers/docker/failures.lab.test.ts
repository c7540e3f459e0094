// What is left when something fails, or was killed: the container as it was, and nothing of ours in the daemon's folders.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Checkpoints from "../../../src/effects/Checkpoints.ts"
import { ContainerStore } from "../../../src/effects/ContainerStore.ts"
import { failureOf, layerOf, shareDaemon } from "./dockerSubject.ts"
import type { LabDocker } from "./LabDocker.ts"

const daemon = shareDaemon()

/** The names in a container's checkpoint directory, hidden ones too. */
const inCheckpoints = ({ dataRoot }: LabDocker, id: string) =>
  readdirSync(`${dataRoot}/containers/${id}/checkpoints`).sort()

const conf = "/etc/criu/runc.conf"

/** What CRIU beneath runc is told; `undefined` where there is no such file. */
const readConf = () => existsSync(conf) ? readFileSync(conf, "utf8") : undefined

const writeConf = (text: string | undefined) => {
  mkdirSync("/etc/criu", { recursive: true })
  if (text === undefined) rmSync(conf, { force: true })
  else writeFileSync(conf, text)
}

/** Has it be this for as long as the scope is open. */
const confIs = (text: string | undefined) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const before = readConf()
      writeConf(text)
      return before
    }),
    (before) => Effect.sync(() => writeConf(before))
  )

const marked = "# stasis: for the restore that runs now\ntcp-established\n# stasis: end\n"

describe("a restore that fails", () => {
  it.scopedLive("returns a container that was rolled back to where it was", () =>
    Effect.gen(function* () {
      const lab = yield* daemon
      const web = yield* lab.container({ restart: "always" })
      yield* Effect.gen(function* () {
        const before = yield* web.counted(5)
        const { checkpoint } = yield* Checkpoints.create(web.id, "first", { leaveRunning: true })
        rmSync(`${checkpoint.path}/pages-1.img`)
        const later = yield* web.counted(before + 100)
        const error = yield* failureOf(Checkpoints.restore(web.id, "first", { replace: true }))
        expect(error).toMatchObject({ _tag: "RuntimeFailed", operation: "restore", container: web.name })
        expect(yield* web.count).toBeGreaterThanOrEqual(later)
        yield* web.counted(later + 20)
        expect(inCheckpoints(lab, web.id)).toEqual(["first"])
        expect(yield* web.tell("{{.HostConfig.RestartPolicy.Name}} {{.RestartCount}}")).toBe("always 0")
      }).pipe(Effect.provide(layerOf(lab)))
    }))

  for (const [what, own] of [["no such file", undefined], ["lines of its own", "ghost-limit 2M\n"]] as const) {
    it.scopedLive(`leaves it stopped, tells CRIU's reason, and leaves CRIU's configuration as it was: ${what}`, () =>
      Effect.gen(function* () {
        const lab = yield* daemon
        yield* confIs(own)
        const web = yield* lab.container()
        yield* Effect.gen(function* () {
          yield* web.counted(5)
          const { checkpoint } = yield* Checkpoints.create(web.id, "first")
          const pages = readFileSync(`${checkpoint.path}/pages-1.img`)
          rmSync(`${checkpoint.path}/pages-1.img`)
          const error = yield* failureOf(
            Checkpoints.restore(web.id, "first", { tcpEstablished: true, fileLocks: true })
          )
          expect(error).toMatchObject({ _tag: "RuntimeFailed", operation: "restore" })
          expect("log" in error ? error.log : "").toMatch(/Error \(criu\/.*Can't read/)
          expect(yield* web.status).toBe("exited")
          expect(inCheckpoints(lab, web.id)).toEqual(["first"])
          expect(readConf()).toBe(own)
          // With the file back, it is restored; the configuration is as it was after that, too.
          writeFileSync(`${checkpoint.path}/pages-1.img`, pages)
          yield* Checkpoints.restore(web.id, "first", { tcpEstablished: true })
          yield* web.counted(6)
          expect(inCheckpoints(lab, web.id)).toEqual(["first"])
          expect(readConf()).toBe(own)
        }).pipe(Effect.provide(layerOf(lab)))
      }))
  }

  it.scopedLive("names the source of a mount that is gone, before anything is killed", () =>
    Effect.gen(function* () {
      const lab = yield* daemon
      const source = `${lab.folder}/source`
      mkdirSync(source)
      const web = yield* lab.container({ volumes: [`${source}:/source`] })
      yield* Effect.gen(function* () {
        yield* web.counted(5)
        const pid = yield* web.pid
        yield* Checkpoints.create(web.id, "first", { leaveRunning: true })
        rmSync(source, { recursive: true })
        const error = yield* failureOf(Checkpoints.restore(web.id, "first", { replace: true }))
        expect(error).toMatchObject({ _tag: "RuntimeFailed", reason: "FileMissing" })
        expect(error.message).toContain(`"${source}" of its mount "/source" is gone`)
        expect(yield* web.pid).toBe(pid)
      }).pipe(Effect.provide(layerOf(lab)))
    }))

  it.scopedLive("says of a container that was removed that nothing takes its place", () =>
    Effect.gen(function* () {
      const lab = yield* daemon
      const web = yield* lab.container()
      const checkpointDir = `${lab.folder}/kept`
      mkdirSync(checkpointDir, { mode: 0o700 })
      yield* Effect.gen(function* () {
        yield* web.counted(1)
        yield* Checkpoints.create(web.id, "first", { checkpointDir })
        yield* lab.docker("rm", web.id)
        const error = yield* failureOf(Checkpoints.restore(web.id, "first", { checkpointDir }))
        expect(error).toMatchObject({ _tag: "RuntimeFailed", reason: "ContainerGone" })
        expect(yield* Checkpoints.names(web.id, { checkpointDir })).toEqual(["first"])
        yield* Checkpoints.remove(web.id, "first", { checkpointDir })
      }).pipe(Effect.provide(layerOf(lab)))
    }))
})

describe("what a killed process has left", () => {
  it.scopedLive("is swept by the next operation: what was handed to the daemon, and what CRIU was told", () =>
    Effect.gen(function* () {
      const lab = yield* daemon
      yield* confIs(undefined)
      const web = yield* lab.container()
      yield* Effect.gen(function* () {
        yield* web.counted(1)
        const { checkpoint } = yield* Checkpoints.create(web.id, "first", { leaveRunning: true })
        const left = `${checkpoint.directory}/.stasis-restore-x`
        const leave = Effect.sync(() => {
          mkdirSync(left)
          symlinkSync(`../../../first/inventory.img`, `${left}/inventory.img`)
          writeConf(`${marked}ghost-limit 2M\n`)
        })
        const operations = [
          Checkpoints.create(web.id, "second", { leaveRunning: true }),
          Checkpoints.restore(web.id, "first", { replace: true }),
          Checkpoints.recover(web.id)
        ]
        for (const operation of operations) {
          yield* leave
          // Nobody takes it for a checkpoint.
          expect(yield* Checkpoints.names(web.id)).not.toContain(".stasis-restore-x")
          yield* operation
          expect(readConf()).toBe("ghost-limit 2M\n")
          expect(inCheckpoints(lab, web.id)).toEqual(["first", "second"])
          expect(existsSync(`${checkpoint.path}/inventory.img`)).toBe(true)
        }
        // Nothing but ours: the file is gone with it.
        writeConf(marked)
        yield* Checkpoints.recover(web.id)
        expect(readConf()).toBeUndefined()
      }).pipe(Effect.provide(layerOf(lab)))
    }))

  it.scopedLive("may be frozen, which the daemon does not know of: it counts as paused and goes on when it is let", () =>
    Effect.gen(function* () {
      const lab = yield* daemon
      const web = yield* lab.container()
      const runc = (word: string) => lab.runc(word, web.id)
      yield* Effect.gen(function* () {
        yield* web.counted(5)
        yield* runc("pause")
        const before = yield* web.count
        expect(yield* web.status).toBe("running")
        const find = Effect.flatMap(ContainerStore, (store) => store.find(web.id))
        expect((yield* find).state).toBe("paused")
        expect((yield* Checkpoints.create(web.id, "left", { leaveRunning: true })).state).toBe("paused")
        expect(yield* web.count).toBe(before)
        yield* runc("resume")
        yield* web.counted(before + 5)
        yield* runc("pause")
        expect(yield* Checkpoints.create(web.id, "stopped")).toMatchObject({ state: "stopped", warnings: [] })
        // Its restore pauses it by the daemon, which knows of it now.
        expect((yield* Checkpoints.restore(web.id, "stopped")).state).toBe("paused")
        expect(yield* web.status).toBe("paused")
        yield* lab.docker("unpause", web.id)
        yield* web.counted(before + 10)
      }).pipe(Effect.provide(layerOf(lab)))
    }))
})

describe("the daemon's folders", () => {
  it.scopedLive("hold no byte more when checkpoints were made, restored and removed", () =>
    Effect.gen(function* () {
      const lab = yield* daemon
      const web = yield* lab.container()
      yield* Effect.gen(function* () {
        yield* web.counted(5)
        yield* lab.docker("kill", web.id)
        const before = bytesOf(lab)
        yield* lab.docker("start", web.id)
        yield* web.counted(5)
        yield* Checkpoints.create(web.id, "left", { leaveRunning: true })
        yield* Checkpoints.create(web.id, "stopped")
        const [left = ""] = Object.keys(bytesOf(lab)).filter((path) => path.endsWith("/left/inventory.img"))
        expect(left).toContain(web.id)
        yield* Checkpoints.restore(web.id, "stopped")
        yield* Checkpoints.restore(web.id, "left", { replace: true })
        yield* Checkpoints.remove(web.id, "left")
        yield* Checkpoints.remove(web.id, "stopped")
        yield* lab.docker("kill", web.id)
        expect(bytesOf(lab)).toEqual(before)
      }).pipe(Effect.provide(layerOf(lab)))
    }))
})

/** The sizes of all files in the daemon's folders by their paths, empty ones aside; the daemon's own notes of a container change. */
const bytesOf = ({ dataRoot }: LabDocker): Readonly<Record<string, number>> =>
  Object.fromEntries(
    readdirSync(dataRoot, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile() && !/(\.db$|-json\.log$|^\.tmp-|^config\.v2\.json$|^hostconfig\.json$)/.test(entry.name)
    ).map(({ name, parentPath }) => [`${parentPath}/${name}`, statSync(`${parentPath}/${name}`).size] as const).filter((
      [, size]
    ) => size > 0)
  )
