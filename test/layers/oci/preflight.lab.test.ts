// The dry run is right: what it says of a real container is what the real CRIU, asked past it, then does.
import { existsSync, mkdirSync, rmSync, symlinkSync } from "node:fs"
import { spawn } from "node:child_process"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { CreateOptions } from "../../../src/domain/CheckpointOptions.ts"
import type { Preflight } from "../../../src/domain/Preflight.ts"
import * as Checkpoints from "../../../src/effects/Checkpoints.ts"
import { ContainerStore } from "../../../src/effects/ContainerStore.ts"
import { noLease } from "../../../src/effects/Disk.ts"
import { Runtime } from "../../../src/effects/Runtime.ts"
import * as Process from "../../../src/layers/shared/Process.ts"
import * as LabContainer from "./LabContainer.ts"

interface Condition {
  readonly what: string
  /** What the program does first, in Python; `FOLDER` is a folder that it shares with the machine. */
  readonly setup: string
  /** Paths of namespaces to join, by type. */
  readonly namespaces?: Readonly<Record<string, string>>
  /** Verdict and reason of what stands against a checkpoint without options; none when nothing does. */
  readonly stands?: readonly [string, string]
  /** The options that it then needs, and with which CRIU goes through. */
  readonly needs?: CreateOptions
}

const syscall = (number: number, ...args: ReadonlyArray<string>) => `
import ctypes
kept = ctypes.CDLL(None).syscall(${[number, ...args].join(", ")})
assert kept > 0`

const ghost = (write: string) => `
held = open('/ghost', 'wb')
${write}
held.flush()
os.unlink('/ghost')`

const wal = `
import sqlite3
db = sqlite3.connect('/db')
db.execute('pragma journal_mode=wal')
db.execute('create table t (x)')`

const datagram = "s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)\ns.connect('FOLDER/datagram')"

/** Takes over a descriptor that a program of this machine has opened. */
const given = (path: string) => `
s = socket.socket(socket.AF_UNIX)
s.connect('FOLDER/give')
s.send(b'${path}')
kept = socket.recv_fds(s, 1, 1)
s.close()`

const conditions: ReadonlyArray<Condition> = [
  { what: "nothing special", setup: "" },
  {
    what: "an established TCP connection",
    setup: `
s = socket.create_server(('127.0.0.1', 7000))
c = socket.create_connection(('127.0.0.1', 7000))
a, _ = s.accept()`,
    stands: ["option", "EstablishedTcp"],
    needs: { tcpEstablished: true }
  },
  {
    what: "a TCP connection that its other end has closed",
    setup: `
s = socket.create_server(('127.0.0.1', 7000))
c = socket.create_connection(('127.0.0.1', 7000))
s.accept()[0].close()`,
    stands: ["option", "EstablishedTcp"],
    needs: { tcpEstablished: true }
  },
  {
    what: "a TCP connection that nobody has accepted",
    setup: `
s = socket.create_server(('127.0.0.1', 7000))
socket.create_connection(('127.0.0.1', 7000)).close()`,
    stands: ["blocked", "EstablishedTcp"]
  },
  { what: "a TCP socket that listens", setup: "s = socket.create_server(('127.0.0.1', 7000))" },
  { what: "a TCP socket that is neither bound nor connected", setup: "s = socket.socket()" },
  {
    what: "a multipath TCP socket",
    setup: "s = socket.socket(socket.AF_INET, socket.SOCK_STREAM, 262)\ns.bind(('127.0.0.1', 0))\ns.listen()",
    stands: ["blocked", "Unsupported"]
  },
  { what: "a pair of unix sockets", setup: "s = socket.socketpair()" },
  { what: "a unix socket whose other end is closed", setup: "s, t = socket.socketpair()\nt.close()" },
  {
    what: "a stream unix socket to outside",
    setup: "s = socket.socket(socket.AF_UNIX)\ns.connect('FOLDER/stream')",
    stands: ["blocked", "ExternalUnixSocket"]
  },
  {
    what: "a datagram unix socket to another network namespace",
    setup: datagram,
    stands: ["blocked", "ExternalUnixSocket"]
  },
  {
    what: "a datagram unix socket to outside",
    setup: datagram,
    namespaces: { network: "/proc/self/ns/net" },
    stands: ["option", "ExternalUnixSocket"],
    needs: { externalUnixSockets: true }
  },
  {
    what: "a lock of flock(2)",
    setup: "held = open('/held', 'w')\nfcntl.flock(held, fcntl.LOCK_EX)",
    stands: ["option", "FileLock"],
    needs: { fileLocks: true }
  },
  {
    what: "a POSIX lock",
    setup: "held = open('/held', 'w')\nfcntl.lockf(held, fcntl.LOCK_EX)",
    stands: ["option", "FileLock"],
    needs: { fileLocks: true }
  },
  { what: "a small deleted file", setup: ghost("held.write(b'x' * 500000)") },
  {
    what: "a large deleted file",
    setup: ghost("held.write(b'x' * 3000000)"),
    stands: ["option", "GhostFile"],
    needs: { ghostLimit: 3_002_368 }
  },
  { what: "a large deleted file with nothing in it", setup: ghost("held.truncate(30000000)") },
  {
    what: "a large deleted file that is mapped only",
    setup: `
import mmap
held = os.open('/ghost', os.O_RDWR | os.O_CREAT)
os.write(held, b'x' * 3000000)
ctypes = __import__('ctypes')
libc = ctypes.CDLL(None)
libc.mmap.restype = ctypes.c_void_p
libc.mmap(None, ctypes.c_size_t(3000000), 3, 1, held, ctypes.c_long(0))
os.close(held)
os.unlink('/ghost')`,
    stands: ["option", "GhostFile"],
    needs: { ghostLimit: 3_002_368 }
  },
  {
    what: "a deleted file with another name",
    setup: "held = open('/held', 'w')\nos.link('/held', '/other')\nos.unlink('/held')",
    stands: ["blocked", "LinkRemap"]
  },
  { what: "a terminal of its own", setup: "held = os.openpty()" },
  { what: "a pidfd of itself", setup: "held = os.pidfd_open(os.getpid())" },
  { what: "a file in memory", setup: "held = os.memfd_create('x')\nos.write(held, b'x' * 3000000)" },
  { what: "secret memory", setup: syscall(447, "0"), stands: ["blocked", "ExternalResource"] },
  {
    what: "io_uring",
    setup: syscall(425, "8", "ctypes.create_string_buffer(256)"),
    stands: ["blocked", "Unsupported"]
  },
  { what: "userfaultfd", setup: syscall(323, "1"), stands: ["blocked", "Unsupported"] },
  { what: "half of a pipe", setup: "r, w = os.pipe()\nos.close(w)" },
  {
    what: "epoll, eventfd and timers",
    setup: "import select\nheld = [select.epoll(), os.eventfd(0), os.timerfd_create(1)]"
  },
  { what: "a device", setup: given("/dev/fuse"), stands: ["blocked", "Unsupported"] },
  {
    what: "a device outside of it that reads as a file does",
    setup: given("/dev/zero"),
    stands: ["blocked", "ExternalResource"]
  },
  { what: "a file outside of it", setup: given("/etc/passwd"), stands: ["blocked", "ExternalResource"] },
  { what: "a folder outside of it", setup: given("/etc"), stands: ["blocked", "ExternalResource"] },
  {
    what: "a terminal outside of it",
    setup: given("terminal"),
    stands: ["blocked", "ExternalResource"]
  },
  {
    what: "a user namespace below its own",
    setup: `
if os.fork() == 0:
    os.unshare(os.CLONE_NEWUSER)
    time.sleep(1e6)
time.sleep(0.2)`,
    stands: ["blocked", "Unsupported"]
  }
]

for (const runtime of LabContainer.runtimes) {
  describe(runtime, () => {
    for (const { namespaces = {}, needs, setup, stands, what } of conditions) {
      it.scopedLive(what, () =>
        Effect.gen(function* () {
          const folder = yield* sockets
          const args = LabContainer.python(setup.replaceAll("FOLDER", folder))
          const container = yield* LabContainer.make({ runtime, programs: true, binds: [folder], args, namespaces })
          yield* container.counted(1)
          yield* Effect.gen(function* () {
            const found = yield* Checkpoints.preflight(container.id, "first")
            expect(standing(found)).toEqual(stands === undefined ? [] : [stands])
            expect(found.possible).toBe(stands === undefined)
            expect(found.options).toEqual(needs ?? {})
            expect(yield* dump(container, {})).toBe(stands === undefined ? "dumped" : stands[1])
            if (needs === undefined) return
            expect((yield* Checkpoints.preflight(container.id, "first", needs)).possible).toBe(true)
            expect(yield* dump(container, needs)).toBe("dumped")
          }).pipe(Effect.provide(LabContainer.layerOf(container)))
        }))
    }

    it.scopedLive("SQLite in WAL mode: CRIU says that all is well, and the lock is gone", () =>
      Effect.gen(function* () {
        const container = yield* LabContainer.make({ runtime, programs: true, args: LabContainer.python(wal) })
        const before = yield* container.counted(1)
        yield* Effect.gen(function* () {
          const locked = { fileLocks: true }
          const found = yield* Checkpoints.preflight(container.id, "first", locked)
          expect(standing(found)).toEqual([["silent", "LockLost"]])
          const error = yield* Effect.flip(Checkpoints.create(container.id, "first", locked))
          expect(error).toMatchObject({ _tag: "RuntimeFailed", reason: "LockLost" })
          expect(error).not.toHaveProperty("log")
          expect(yield* locksOf(container)).toContain("/db-shm")
          yield* Checkpoints.create(container.id, "first", { ...locked, force: true })
          yield* Checkpoints.restore(container.id, "first")
          yield* container.counted(before + 1)
          expect(yield* locksOf(container)).not.toContain("/db-shm")
        }).pipe(Effect.provide(LabContainer.layerOf(container)))
      }))

    it.scopedLive("a mount whose source is a link is refused: no restore would come of it", () =>
      Effect.gen(function* () {
        const folder = yield* LabContainer.temporaryFolder
        mkdirSync(`${folder}/real`)
        symlinkSync("real", `${folder}/link`)
        const container = yield* LabContainer.make({ runtime, binds: [`${folder}/link`] })
        yield* container.counted(1)
        yield* Effect.gen(function* () {
          const found = yield* Checkpoints.preflight(container.id, "first")
          expect(standing(found)).toEqual([["blocked", "ExternalResource"]])
          const error = yield* Effect.flip(Checkpoints.create(container.id, "first"))
          expect(error).toMatchObject({ _tag: "RuntimeFailed", reason: "ExternalResource" })
          expect(error.message).toContain(`"${folder}/link"`)
          yield* Checkpoints.create(container.id, "first", { force: true })
          expect(yield* Effect.flip(Checkpoints.restore(container.id, "first"))).toMatchObject({
            _tag: "RuntimeFailed"
          })
        }).pipe(Effect.provide(LabContainer.layerOf(container)))
      }))
  })
}

/** What stands against the checkpoint. */
const standing = ({ findings }: Preflight) => [
  ...new Map(
    findings.filter(({ stands }) => stands).map(({ reason, verdict }) => [`${verdict} ${reason}`, [verdict, reason]])
  ).values()
]

/** Asks the runtime itself for a dump, which looks at nothing beforehand; why that failed. */
const dump = (container: LabContainer.LabContainer, options: CreateOptions) =>
  Effect.gen(function* () {
    const runtime = yield* Runtime
    const found = yield* Effect.flatMap(ContainerStore, (store) => store.get(container.id))
    const [imagePath, workPath] = [`${container.folder}/images`, `${container.folder}/work`]
    for (const path of [imagePath, workPath]) {
      rmSync(path, { recursive: true, force: true })
      mkdirSync(path, { mode: 0o700 })
    }
    const request = { imagePath, workPath, options, lease: noLease, report: () => Effect.void }
    return yield* runtime.checkpoint(found, { ...request, after: "running" }).pipe(
      Effect.as("dumped"),
      Effect.catchTag("RuntimeFailed", (error) =>
        Effect.succeed(error.reason === "Unknown" ? error.detail : error.reason))
    )
  })

/** The files of a container that are locked. */
const locksOf = (container: LabContainer.LabContainer) =>
  Effect.flatMap(container.pid, (pid) =>
    Effect.map(
      Effect.orDie(Process.run({
        program: "sh",
        args: ["-c", `cd /proc/${pid}/fdinfo && for f in $(grep -l ^lock: *); do readlink ../fd/$f; done; true`]
      })),
      ({ stdout }) => stdout
    ))

/** A folder with sockets that a program of this machine has, gone with the scope. */
const sockets = Effect.gen(function* () {
  const folder = yield* LabContainer.temporaryFolder
  const program = `
import os, socket, threading
a = socket.socket(socket.AF_UNIX)
a.bind('${folder}/stream')
a.listen()
b = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
b.bind('${folder}/datagram')
kept = []
def keep():
    while True: kept.append(a.accept())
threading.Thread(target=keep, daemon=True).start()
c = socket.socket(socket.AF_UNIX)
c.bind('${folder}/give')
c.listen()
_, terminal = os.openpty()
while True:
    s, _ = c.accept()
    path = s.recv(100).decode()
    socket.send_fds(s, [b'x'], [terminal if path == 'terminal' else os.open(path, os.O_RDONLY)])
    s.recv(1)
    s.close()`
  yield* Effect.acquireRelease(
    Effect.sync(() => spawn("python3", ["-c", program], { stdio: "ignore" })),
    (child) => Effect.sync(() => child.kill("SIGKILL"))
  )
  yield* LabContainer.poll(Effect.sync(() => existsSync(`${folder}/give`)), (there) => there)
  return folder
})
