// What CRIU keeps only with care, or not at all: the reason is told, the program goes on, and what is said to help does.
import { readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import process from "node:process"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { CheckpointError } from "stasis"
import * as Client from "./Client.ts"
import * as Program from "./Program.ts"
import * as Table from "./Table.ts"

/** Waits until a program of `holds.py` has counted further. */
const further = (program: Program.Program) =>
  Effect.suspend(() => {
    const now = Number(program.read("count"))
    return program.reads("count", (text) => Number(text) > now)
  })

const holds = (kind: string, ...more: ReadonlyArray<string>) =>
  Effect.tap(Program.start({ command: Program.python("holds.py", kind, ...more) }), further)

/** Fails to checkpoint it, for this reason; it goes on. */
const refused = (
  program: Program.Program,
  reason: CheckpointError.FailureReason,
  options: Program.Options = {}
): Effect.Effect<CheckpointError.RuntimeFailed, CheckpointError.CheckpointError> =>
  Effect.gen(function* () {
    const error = yield* Program.failure(Program.checkpoint(program, "refused", options))
    expect({ reason: error.reason, message: error.message }).toEqual({ reason, message: error.message })
    yield* further(program)
    return error
  })

/** What only has to be let go of. */
const closed = (
  subject: Table.Subject,
  reason: CheckpointError.FailureReason,
  start: Effect.Effect<Program.Program, never, Scope.Scope>,
  options: Program.Options = {},
  cure = ""
) =>
  Effect.gen(function* () {
    const program = yield* start
    yield* Table.expectRow(subject, Table.fails(yield* refused(program, reason, options), cure))
  })

/** A program that talks to a neighbour over a unix socket. */
const beside = (neighbour: string, kind: string, name: (folder: string) => string) =>
  Effect.gen(function* () {
    const program = yield* Program.start({
      command: (cwd) => ({
        program: "/bin/sh",
        args: [
          "-c",
          `until [ -S neighbour ]; do :; done; exec python3 -B ${Program.sources}holds.py "${kind}" ${name(cwd)}`
        ],
        cwd
      })
    })
    const client = yield* Client.python("neighbour.py", [neighbour, name(program.folder)], program.folder)
    yield* client.prints(/begun/)
    yield* further(program)
    return { program, client }
  })

const whole = (folder: string) => `${folder}/neighbour`

describe("a program with a neighbour", () => {
  it.scopedLive("is not restored where the neighbour's socket has a name that is not a whole path", () =>
    Effect.gen(function* () {
      const { program } = yield* beside("receive", "unix datagram", () => "neighbour")
      yield* Program.checkpoint(program, "stopped", { externalUnixSockets: true })
      const error = yield* Program.failure(Program.restore(program, "stopped"))
      expect(error.reason).toBe("ExternalUnixSocket")
      yield* Table.expectRow("unixRelative", Table.fails(error, ""))
    }))

  it.scopedLive("goes on to send to it over a datagram socket", () =>
    Effect.gen(function* () {
      const { client, program } = yield* beside("receive", "unix datagram", whole)
      const error = yield* refused(program, "ExternalUnixSocket")
      expect(error.hint).toMatch(/option "externalUnixSockets"/)
      const options = yield* Program.leaveRunning(program)
      yield* Program.stopAndRestore(program, options, Effect.void)
      const counted = Number(yield* further(program))
      yield* client.prints(new RegExp(`^got ${counted}$`, "m"))
      const received = (yield* client.finish).match(/^got \d+$/gm) ?? []
      expect(received.slice(0, counted)).toEqual(Array.from({ length: counted }, (_, index) => `got ${index + 1}`))
      yield* Table.expectRow("unixDatagram", Table.works(options, "it goes on to send, nothing lost"))
    }))
})

describe("what has to be closed first", () => {
  it.scopedLive("an io_uring", () => closed("uring", "Unsupported", holds("io_uring")))
  it.scopedLive("a performance counter", () => closed("perf", "Unsupported", holds("perf")))
  it.scopedLive("a device", () => closed("device", "Unsupported", holds("device", "/dev/fuse")))
  it.scopedLive("a pidfd of somebody outside", () =>
    closed("outsider", "Unsupported", holds("pidfd", String(process.pid))))
  it.scopedLive("a unix stream socket to somebody outside", () =>
    closed(
      "unixStream",
      "ExternalUnixSocket",
      Effect.map(beside("listen", "unix stream", whole), ({ program }) => program),
      { externalUnixSockets: true },
      "close it first: the option keeps sockets of the datagram kind alone"
    ))
})

describe("what goes once something else is done", () => {
  it.scopedLive("a connection that is not accepted yet, when it is", () =>
    Effect.gen(function* () {
      const program = yield* holds("waiting")
      const client = yield* Client.python("neighbour.py", ["connect", program.read("port")], program.folder)
      yield* client.prints(/begun/)
      const error = yield* refused(program, "EstablishedTcp", { tcpEstablished: true })
      yield* program.write("accept")
      yield* further(program)
      yield* further(program)
      yield* Program.stopAndRestore(program, { tcpEstablished: true }, Effect.void)
      yield* further(program)
      yield* client.finish
      yield* Table.expectRow("waiting", Table.fails(error, ""))
    }))

  it.scopedLive("a program under a debugger, when that has ended", () =>
    Effect.gen(function* () {
      const program = yield* holds("nothing")
      const tracer = yield* Client.python("neighbour.py", ["trace", String(yield* program.pid)], program.folder)
      yield* tracer.prints(/begun/)
      const error = yield* refused(program, "Traced")
      yield* tracer.finish
      yield* Program.stopAndRestore(program, {}, Effect.void)
      yield* further(program)
      yield* Table.expectRow("traced", Table.fails(error, ""))
    }))

  it.scopedLive("System V shared memory, in an IPC namespace of its own", () =>
    Effect.gen(function* () {
      const error = yield* refused(yield* holds("shared memory"), "Unsupported")
      const apart = yield* Program.start({
        command: (cwd) => ({
          program: "unshare",
          args: ["--ipc", "python3", "-B", `${Program.sources}holds.py`, "shared memory"],
          cwd
        })
      })
      yield* further(apart)
      yield* Program.stopAndRestore(apart, {}, Effect.void)
      yield* further(apart)
      yield* Table.expectRow("sharedMemory", Table.fails(error, "start it with `unshare --ipc`"))
    }))

  it.scopedLive("an open file that has lost one of its names, when it has lost the others too", () =>
    Effect.gen(function* () {
      const program = yield* Program.start({ command: Program.python("deleted.py", "1000", "linked") })
      const state = (after = 0) => program.reads("state", (text) => Number(text.split(" ")[0]) > after)
      const now = Number((yield* state()).split(" ")[0])
      const error = yield* Program.failure(Program.checkpoint(program, "refused"))
      expect(error.reason).toBe("LinkRemap")
      yield* state(now)
      rmSync(`${program.folder}/other`)
      yield* Program.stopAndRestore(program, {}, Effect.void)
      expect(yield* state(Number(program.read("state").split(" ")[0]))).toMatch(/^\d+ 1000 without a name /)
      yield* Table.expectRow("deletedLinked", Table.fails(error, "remove its other names too"))
    }))

  it.scopedLive("a process id that is taken, in a pid namespace", () =>
    Effect.gen(function* () {
      const program = yield* holds("nothing")
      const pid = yield* program.pid
      yield* Program.checkpoint(program, "stopped")
      const counted = Number(program.read("count"))
      yield* Program.poll(
        Effect.gen(function* () {
          writeFileSync("/proc/sys/kernel/ns_last_pid", String(pid - 1))
          return (yield* Client.start("sleep", ["1000"], program.folder)).pid
        }),
        (got) => got === pid
      )
      const error = yield* Program.failure(Program.restore(program, "stopped"))
      expect(error.reason).toBe("PidConflict")
      yield* Program.restore(program, "stopped", { criu: { newPids: true } })
      expect(yield* program.pid).not.toBe(pid)
      yield* program.reads("count", (text) => Number(text) > counted)
      yield* Table.expectRow("takenPid", Table.fails(error, ""))
    }))
})

describe("SQLite in WAL mode", () => {
  it.scopedLive("is refused; with force its locks are lost, as the error says", () =>
    Effect.gen(function* () {
      const program = yield* Program.start({ command: Program.python("sqlite.py", "wal") })
      yield* program.reads("at", (text) => Number(text.split(" ")[0]) > 1)
      const error = yield* Program.failure(Program.leaveRunning(program))
      expect(error.reason).toBe("LockLost")
      const locks = Effect.map(program.pid, (pid) => {
        const node = statSync(`${program.folder}/db-shm`).ino
        return readFileSync("/proc/locks", "utf8").split("\n").filter((line) => line.includes(` ${pid} `))
          .filter((line) => line.includes(`:${node} `)).length
      })
      yield* program.write("hold")
      yield* program.reads("at", (text) => text.endsWith(" 100"))
      expect(yield* locks).toBeGreaterThan(0)
      yield* Program.stopAndRestore(program, { fileLocks: true, force: true }, Effect.void)
      expect(yield* locks).toBe(0)
      yield* Table.expectRow("sqliteWal", Table.fails(error, "or use a rollback journal"))
    }))
})

describe("a program at a terminal", () => {
  it.scopedLive("answers there while it is left running, and at another one after its restore", () =>
    Effect.gen(function* () {
      const terminal = yield* Client.python(
        "neighbour.py",
        ["terminal", "/usr/bin/python3", "-B", `${Program.sources}answers.py`],
        Program.sources
      )
      const [, child] = yield* terminal.prints(/child (\d+)/)
      yield* terminal.prints(/ready/)
      const program = yield* Program.track(Number(child))
      const error = yield* Program.failure(Program.checkpoint(program, "refused"))
      expect(error.reason).toBe("ShellJob")
      const options = yield* Program.leaveRunning(program)
      yield* terminal.send("one\n")
      yield* terminal.prints(/answer 1 to one, a terminal/)
      yield* Program.checkpoint(program, "stopped", options)
      const missing = yield* Program.failure(Program.restore(program, "stopped"))
      expect(missing.reason).toBe("ConsoleMissing")
      const other = yield* Client.python("neighbour.py", ["empty terminal"], program.folder)
      const [, path] = yield* other.prints(/path (\S+)/)
      yield* Program.restore(program, "stopped", { criu: { terminal: path } })
      yield* other.send("two\n")
      yield* other.prints(/answer 2 to two, a terminal/)
      yield* Table.expectRow(
        "terminal",
        Table.works(options, `it goes on at the terminal that its restore is given: ${missing.hint}`)
      )
    }))
})
