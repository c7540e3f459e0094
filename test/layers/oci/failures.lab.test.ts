// A dump that fails leaves the container running and says why. Each condition is a real one.
import { existsSync, mkdirSync, writeFileSync } from "node:fs"
import * as net from "node:net"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type * as Scope from "effect/Scope"
import type { CreateOptions } from "../../../src/domain/CheckpointOptions.ts"
import type { CreateError } from "../../../src/effects/createCheckpoint.ts"
import * as Checkpoints from "../../../src/effects/Checkpoints.ts"
import { ContainerStore } from "../../../src/effects/ContainerStore.ts"
import { noLease } from "../../../src/effects/Disk.ts"
import { Runtime } from "../../../src/effects/Runtime.ts"
import * as Proc from "../../../src/layers/shared/Proc.ts"
import * as Process from "../../../src/layers/shared/Process.ts"
import * as Oci from "../../../src/layers/oci/Oci.ts"
import * as LabContainer from "./LabContainer.ts"

const tcp = LabContainer.python(`
s = socket.create_server(('127.0.0.1', 7000))
c = socket.create_connection(('127.0.0.1', 7000))
a, _ = s.accept()`)

const lock = LabContainer.python(`
held = open('/held', 'w')
fcntl.flock(held, fcntl.LOCK_EX)`)

const ghost = LabContainer.python(`
held = open('/ghost', 'wb')
held.write(b'x' * 3000000)
held.flush()
os.unlink('/ghost')`)

const heavy = LabContainer.python(`
with open('/tmp/heavy', 'wb') as f: f.write(os.urandom(12000000))`)

for (const runtime of LabContainer.runtimes) {
  describe(runtime, () => {
    it.scopedLive("an established TCP connection", () =>
      Effect.gen(function* () {
        const container = yield* LabContainer.make({ runtime, programs: true, args: tcp })
        const error = yield* failing(container, {})
        expect(reasonOf(error)).toEqual(["RuntimeFailed", "EstablishedTcp"])
        expect(error.message).toContain("tcpEstablished")
        // Found before the freeze: CRIU was not asked.
        expect(logOf(error)).toBeUndefined()
        yield* cured(container, { tcpEstablished: true, leaveRunning: true })
      }))

    it.scopedLive("a dump that was to leave it paused: the runtime itself lets it go on", () =>
      Effect.gen(function* () {
        const container = yield* LabContainer.make({ runtime, programs: true, args: tcp })
        yield* Effect.gen(function* () {
          const store = yield* ContainerStore
          const service = yield* Runtime
          yield* container.counted(3)
          const [imagePath, workPath] = [`${container.folder}/images`, `${container.folder}/work`]
          for (const path of [imagePath, workPath]) mkdirSync(path, { mode: 0o700 })
          const request = { imagePath, workPath, options: {}, lease: noLease, report: () => Effect.void }
          const found = yield* store.get(container.id)
          const error = yield* Effect.flip(service.checkpoint(found, { ...request, after: "paused" }))
          expect("reason" in error ? error.reason : error).toBe("EstablishedTcp")
          expect("log" in error ? error.log : undefined).toMatch(/Error .*Connected TCP socket/)
          expect((yield* store.get(container.id)).state).toBe("running")
          yield* container.counted((yield* container.count) + 5)
        }).pipe(Effect.provide(Oci.layer(container.config)))
      }))

    it.scopedLive("a connected external unix socket", () =>
      Effect.gen(function* () {
        const folder = yield* socketFolder
        const args = LabContainer.python(`
s = socket.socket(socket.AF_UNIX)
s.connect('${folder}/socket')`)
        const container = yield* LabContainer.make({ runtime, programs: true, binds: [folder], args })
        const error = yield* failing(container, {})
        expect(reasonOf(error)).toEqual(["RuntimeFailed", "ExternalUnixSocket"])
        const again = yield* failing(container, { externalUnixSockets: true })
        expect(reasonOf(again)).toEqual(["RuntimeFailed", "ExternalUnixSocket"])
        expect(again.message).toContain("close it first")
      }))

    it.scopedLive("a held file lock", () =>
      Effect.gen(function* () {
        const container = yield* LabContainer.make({ runtime, programs: true, args: lock })
        const error = yield* failing(container, {})
        expect(reasonOf(error)).toEqual(["RuntimeFailed", "FileLock"])
        expect(error.message).toContain("fileLocks")
        yield* cured(container, { fileLocks: true })
      }))

    it.scopedLive("a deleted but open file over the ghost limit", () =>
      Effect.gen(function* () {
        const container = yield* LabContainer.make({ runtime, programs: true, args: ghost })
        const error = yield* failing(container, {})
        expect(reasonOf(error)).toEqual(["RuntimeFailed", "GhostFile"])
        expect(error.message).toContain("ghostLimit")
        yield* cured(container, { ghostLimit: 4_000_000 })
      }))

    it.scopedLive("an output that is a file outside of it", () =>
      Effect.gen(function* () {
        const folder = yield* LabContainer.temporaryFolder
        const container = yield* LabContainer.make({ runtime, output: `${folder}/output` })
        for (const options of [{}, { leaveRunning: true }]) {
          const error = yield* failing(container, options)
          expect(reasonOf(error)).toEqual(["RuntimeFailed", "ExternalResource"])
          expect(error.message).toContain(`its descriptor 1 is of "${folder}/output"`)
          // Found before the freeze: CRIU was not asked.
          expect(logOf(error)).toBeUndefined()
        }
      }))

    it.scopedLive("another descriptor of a file outside of it", () =>
      Effect.gen(function* () {
        const folder = yield* LabContainer.temporaryFolder
        const args = LabContainer.python(`
s = socket.socket(socket.AF_UNIX)
s.bind('${folder}/socket')
s.listen()
c, _ = s.accept()
kept = socket.recv_fds(c, 1, 1)
c.send(b'x')
c.close()
s.close()`)
        const container = yield* LabContainer.make({ runtime, programs: true, args, binds: [folder] })
        yield* LabContainer.poll(Effect.sync(() => existsSync(`${folder}/socket`)), (there) => there)
        writeFileSync(`${folder}/outside`, "")
        const send = `
import socket
s = socket.socket(socket.AF_UNIX)
s.connect('${folder}/socket')
f = open('${folder}/outside')
socket.send_fds(s, [b'x'], [f.fileno()])
s.recv(1)`
        expect((yield* Effect.orDie(Process.run({ program: "python3", args: ["-c", send] }))).stderr).toBe("")
        const error = yield* failing(container, {})
        expect(reasonOf(error)).toEqual(["RuntimeFailed", "ExternalResource"])
        expect(error.message).toContain(`is of "${folder}/outside"`)
      }))

    it.scopedLive("an open file whose name is gone while another name of it is left: CRIU's link is not kept", () =>
      Effect.gen(function* () {
        const args = LabContainer.python(`
held = open('/held', 'w')
os.link('/held', '/other')
os.unlink('/held')`)
        const container = yield* LabContainer.make({ runtime, programs: true, args })
        expect(reasonOf(yield* failing(container, {}))).toEqual(["RuntimeFailed", "LinkRemap"])
        expect(reasonOf(yield* failing(container, { linkRemap: true }))[0]).toBe("OptionUnsupported")
      }))

    it.scopedLive("another program checkpoints the same container", () =>
      Effect.gen(function* () {
        const args = LabContainer.python("memory = bytearray(os.urandom(1000000) * 300)")
        const container = yield* LabContainer.make({ runtime, programs: true, args })
        const bare = `${container.folder}/bare`
        mkdirSync(bare)
        yield* container.counted(3)
        const folders = ["--image-path", bare, "--work-path", bare]
        const other = yield* Effect.fork(container.bare("checkpoint", "--leave-running", ...folders, container.id))
        const traced = Effect.map(container.pid, (pid) => Proc.findTraced([pid])?.tracer)
        yield* LabContainer.poll(traced, (tracer) => tracer === "criu")
        const error = yield* Effect.flip(Checkpoints.create(container.id, "first", { leaveRunning: true })).pipe(
          Effect.provide(Oci.layer(container.config))
        )
        expect(reasonOf(error)).toEqual(["RuntimeFailed", "Busy"])
        yield* Fiber.await(other)
        const now = yield* container.count
        yield* container.counted(now + 5)
      }))

    it.scopedLive("no space left on the device, found before the freeze", () =>
      Effect.gen(function* () {
        const container = yield* LabContainer.make({ runtime })
        const checkpointDir = yield* smallDisk(container, "100k")
        const error = yield* failing(container, { checkpointDir })
        expect(reasonOf(error)).toEqual(["StorageFailed", "NoSpace"])
      }))

    it.scopedLive("no space left on the device, in the middle of the dump", () =>
      Effect.gen(function* () {
        const container = yield* LabContainer.make({ runtime, programs: true, args: heavy })
        const checkpointDir = yield* smallDisk(container, "11m")
        const error = yield* failing(container, { checkpointDir })
        expect(reasonOf(error)).toEqual(["RuntimeFailed", "NoSpace"])
      }))

    it.scopedLive("CRIU is missing", () =>
      Effect.gen(function* () {
        const container = yield* LabContainer.make({ runtime })
        const criu = `${container.folder}/nowhere/criu`
        const error = yield* failing({ ...container, config: { ...container.config, criu } }, {})
        expect(reasonOf(error)).toEqual(["RuntimeUnavailable", criu])
        expect(error.message).toContain("install CRIU")
      }))

    it.scopedLive("CRIU is too old for the kernel (a stand-in that says it is 3.17, its check passing)", () =>
      Effect.gen(function* () {
        const container = yield* LabContainer.make({ runtime })
        const criu = `${container.folder}/old/criu`
        mkdirSync(`${container.folder}/old`)
        writeFileSync(
          criu,
          '#!/bin/sh\n[ "$1" = --version ] && { echo \'Version: 3.17\'; exit; }\nexec /usr/sbin/criu "$@"\n',
          {
            mode: 0o755
          }
        )
        const error = yield* failing({ ...container, config: { ...container.config, criu } }, {})
        expect(reasonOf(error)).toEqual(["RuntimeUnavailable", criu])
        expect(error.message).toMatch(/version 3\.17 is too old for kernel \S+; install CRIU \d\.\d or newer/)
      }))
  })
}

/** The tag, and the field that tells failures of one tag apart. */
const reasonOf = (error: CreateError) => [
  error._tag,
  "reason" in error ? error.reason : "program" in error ? error.program : error.message
]

/** What CRIU said; nothing where it was not asked. */
const logOf = (error: CreateError) => "log" in error ? error.log : undefined

/** Creates, expects that to fail, and expects the container to go on as it was, with nothing listed. */
const failing = (container: LabContainer.LabContainer, options: CreateOptions) =>
  Effect.gen(function* () {
    const pid = yield* container.pid
    yield* container.counted(3)
    const error = yield* Effect.flip(Checkpoints.create(container.id, "first", options))
    const before = yield* container.count
    yield* container.counted(before + 5)
    expect(yield* container.pid).toBe(pid)
    expect(yield* Checkpoints.list(container.id, options)).toEqual([])
    return error
  }).pipe(Effect.provide(Oci.layer(container.config)))

/** Creates and restores with the options that the failure named. */
const cured = (container: LabContainer.LabContainer, options: CreateOptions) =>
  Effect.gen(function* () {
    const before = yield* container.count
    yield* Checkpoints.create(container.id, "cured", options)
    if (options.leaveRunning !== true) yield* Checkpoints.restore(container.id, "cured")
    yield* container.counted(before + 5)
  }).pipe(Effect.provide(Oci.layer(container.config)))

/** A small file system of its own, gone with the scope. */
const smallDisk = (container: LabContainer.LabContainer, size: string): Effect.Effect<string, never, Scope.Scope> => {
  const path = `${container.folder}/small`
  return Effect.acquireRelease(
    Effect.gen(function* () {
      mkdirSync(path)
      yield* Effect.orDie(Process.run({ program: "mount", args: ["-t", "tmpfs", "-o", `size=${size}`, "small", path] }))
      mkdirSync(`${path}/checkpoints`, { mode: 0o700 })
      return `${path}/checkpoints`
    }),
    () => Effect.ignore(Process.run({ program: "umount", args: ["--lazy", path] }))
  )
}

/** A folder with a socket that this process listens on, gone with the scope. */
const socketFolder: Effect.Effect<string, never, Scope.Scope> = Effect.gen(function* () {
  const folder = yield* LabContainer.temporaryFolder
  yield* Effect.acquireRelease(
    Effect.async<net.Server>((resume) => {
      const server = net.createServer()
      server.listen(`${folder}/socket`, () => resume(Effect.succeed(server)))
    }),
    (server) => Effect.sync(() => server.close())
  )
  return folder
})
