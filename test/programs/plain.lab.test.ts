// Programs without a client: pipes, threads, databases in files, locks, deleted files, and what an event loop is made of.
import { readFileSync, rmSync, writeFileSync } from "node:fs"
import process from "node:process"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Checkpoints } from "stasis"
import * as Client from "./Client.ts"
import * as Program from "./Program.ts"
import * as Table from "./Table.ts"

const decode = <A, I>(schema: Schema.Schema<A, I>) => Schema.decodeUnknownSync(Schema.parseJson(schema))

describe("a shell pipeline", () => {
  // The numbers from one on, until there is a file "stop"; the last one in the pipeline writes the sum of them all.
  const script = `
set -o pipefail
i=0; while [ ! -e stop ]; do echo $((++i)); done |
  awk '{ s += $1 } NR % 1000 == 0 { print NR > "at"; close("at") } END { print NR, s }' | sed 's/^/numbers /' > sum
echo $? > code`

  it.scopedLive("counts on, no number lost", () =>
    Effect.gen(function* () {
      const program = yield* Program.start({
        command: (cwd) => ({ program: "/bin/bash", args: ["-c", script], cwd })
      })
      const further = Effect.suspend(() => {
        const now = Number(program.read("at"))
        return program.reads("at", (text) => Number(text) > now)
      })
      yield* further
      const options = yield* Program.leaveRunning(program)
      yield* further
      yield* Program.stopAndRestore(program, options, Effect.void)
      yield* further
      yield* program.write("stop")
      expect(yield* program.reads("code", (text) => text.endsWith("\n"))).toBe("0\n")
      const [, count, sum] = /^numbers (\d+) (\d+)\n$/.exec(program.read("sum")) ?? []
      expect(Number(sum)).toBe(Number(count) * (Number(count) + 1) / 2)
      yield* Table.expectRow("pipeline", Table.works(options, "it goes on, and nothing in the pipes is lost"))
    }))
})

describe("a Python program with threads", () => {
  const read = decode(Schema.Struct({ total: Schema.Int, sum: Schema.Int, least: Schema.Int }))

  it.scopedLive("all of them go on, the lock between them whole", () =>
    Effect.gen(function* () {
      const program = yield* Program.start({ command: Program.python("threads.py") })
      const further = Effect.suspend(() => {
        const now = program.read("state") === "" ? 0 : read(program.read("state")).least
        return program.reads("state", (text) => text !== "" && read(text).least > now)
      })
      yield* further
      const options = yield* Program.leaveRunning(program)
      yield* further
      yield* Program.stopAndRestore(program, options, Effect.void)
      yield* further
      yield* program.write("stop")
      const end = read(yield* program.reads("end", (text) => text !== ""))
      expect(end.sum).toBe(end.total)
      yield* Table.expectRow("threads", Table.works(options, "all threads go on, and their sums agree"))
    }))
})

describe("SQLite", () => {
  const read = decode(
    Schema.Struct({ check: Schema.String, transactions: Schema.Int, sizes: Schema.Array(Schema.Int) })
  )
  const look = (program: Program.Program, ...args: ReadonlyArray<string>) =>
    Effect.scoped(Effect.flatMap(Client.python("reads.py", args, program.folder), (client) => client.finish))

  it.scopedLive("with a rollback journal, a transaction that was open is committed as a whole", () =>
    Effect.gen(function* () {
      const program = yield* Program.start({ command: Program.python("sqlite.py", "delete") })
      yield* program.reads("at", (text) => Number(text.split(" ")[0]) > 1)
      yield* program.write("hold")
      yield* program.reads("at", (text) => text.endsWith(" 100"))
      const options = yield* Program.leaveRunning(program)
      yield* Program.stopAndRestore(program, options, Effect.void)
      expect(yield* look(program, "begin")).toBe("database is locked\n")
      const [open] = program.read("at").split(" ")
      yield* Effect.sync(() => rmSync(`${program.folder}/hold`))
      yield* program.reads("at", (text) => Number(text.split(" ")[0]) > Number(open))
      yield* program.write("stop")
      const transactions = Number(yield* program.reads("end", (text) => text !== ""))
      expect(read(yield* look(program))).toEqual({ check: "ok", transactions, sizes: [200] })
      yield* Table.expectRow(
        "sqlite",
        Table.works(options, "the transaction goes on and is committed whole, the database is whole")
      )
    }))
})

describe("a program with file locks", () => {
  it.scopedLive("has each of them afterwards", () =>
    Effect.gen(function* () {
      const program = yield* Program.start({ command: Program.python("locks.py") })
      const further = Effect.suspend(() => {
        const now = Number(program.read("count").split(" ")[0])
        return program.reads("count", (text) => Number(text.split(" ")[0]) > now)
      })
      const refused = Effect.scoped(
        Effect.flatMap(Client.python("wants.py", [], program.folder), (client) => client.finish)
      )
      const [, lease] = (yield* further).split(" ")
      expect(yield* refused).toBe("flock posix ofd\n")
      const options = yield* Program.leaveRunning(program)
      yield* further
      expect(yield* refused).toBe("flock posix ofd\n")
      expect(yield* Program.stopAndRestore(program, options, refused)).toBe("\n")
      expect((yield* further).split(" ")[1]).toBe(lease)
      expect(yield* refused).toBe("flock posix ofd\n")
      yield* Table.expectRow(
        "locks",
        Table.works(options, "it has its locks again; while it is stopped, others can take them")
      )
    }))
})

describe("a program with deleted files", () => {
  const further = (program: Program.Program) =>
    Effect.suspend(() => {
      const now = Number(program.read("state").split(" ")[0])
      return program.reads("state", (text) => Number(text.split(" ")[0]) > now)
    })

  it.scopedLive("has them afterwards, and nobody else", () =>
    Effect.gen(function* () {
      const program = yield* Program.start({ command: Program.python("deleted.py", "100000") })
      expect(yield* further(program)).toMatch(/^\d+ 100000 without a name /)
      const options = yield* Program.leaveRunning(program)
      yield* Program.stopAndRestore(program, options, Effect.void)
      expect(yield* further(program)).toMatch(/^\d+ 100000 without a name /)
      yield* Table.expectRow("deleted", Table.works(options, "it has them again, with what is in them"))
    }))

  it.scopedLive("says the size that a large one takes", () =>
    Effect.gen(function* () {
      const program = yield* Program.start({ command: Program.python("deleted.py", "3000000") })
      yield* further(program)
      const error = yield* Program.failure(Program.checkpoint(program, "running", { leaveRunning: true }))
      expect(error.reason).toBe("GhostFile")
      const options = yield* Program.leaveRunning(program)
      yield* Program.stopAndRestore(program, options, Effect.void)
      expect(yield* further(program)).toMatch(/^\d+ 3000000 without a name /)
      yield* Table.expectRow(
        "deletedLarge",
        Table.works(options, "it has the file again; the error says the size that the option takes")
      )
    }))
})

describe("an event loop", () => {
  const read = decode(Schema.Struct({
    created: Schema.Int,
    ticks: Schema.Int,
    signals: Schema.Int,
    events: Schema.Int,
    memory: Schema.String,
    seals: Schema.Int
  }))

  it.scopedLive("still watches, ticks and is signalled", () =>
    Effect.gen(function* () {
      const program = yield* Program.start({ command: Program.python("events.py") })
      const sees = (wanted: (state: ReturnType<typeof read>) => boolean) =>
        Effect.map(program.reads("state", (text) => text !== "" && wanted(read(text))), read)
      const provoke = Effect.gen(function* () {
        const before = yield* sees(() => true)
        writeFileSync(`${program.folder}/watched/${before.created}`, "")
        process.kill(yield* program.pid, "SIGUSR1")
        return yield* sees((now) =>
          now.created === before.created + 1 && now.signals === before.signals + 1 && now.ticks > before.ticks
        )
      })
      yield* provoke
      const options = yield* Program.leaveRunning(program)
      yield* provoke
      yield* Program.stopAndRestore(program, options, Effect.void)
      const { created, memory, seals, signals } = yield* provoke
      expect({ created, memory, seals, signals }).toEqual({ created: 3, signals: 3, memory: "remembered", seals: 6 })
      yield* sees(({ events, ticks }) => events === 2 * ticks)
      yield* Table.expectRow("events", Table.works(options, "all of them go on, with what they had counted and sealed"))
    }))

  it.scopedLive("is warned of a timer that repeats by itself, and refused with a semaphore, for both come back broken", () =>
    Effect.gen(function* () {
      const program = yield* Program.start({ command: Program.python("fragile.py") })
      const [timer, events] = (yield* program.reads("descriptors", (text) => text !== "")).split(" ")
      const shows = (descriptor: string | undefined) =>
        Effect.map(program.pid, (pid) => readFileSync(`/proc/${pid}/fdinfo/${descriptor}`, "utf8"))
      const { findings } = yield* Checkpoints.preflight(program.id).pipe(Effect.provide(program.layer))
      expect(findings.map(({ reason, verdict }) => ({ reason, verdict }))).toEqual([
        { reason: "Unsupported", verdict: "silent" },
        { reason: "Unsupported", verdict: "notice" }
      ])
      const error = yield* Program.failure(Program.leaveRunning(program))
      expect(yield* shows(timer)).toMatch(/^it_interval: \(0, 1000000\)$/m)
      expect(yield* shows(events)).toMatch(/^eventfd-semaphore: 1$/m)
      yield* Program.stopAndRestore(program, { force: true }, Effect.void)
      expect(yield* shows(timer)).toMatch(/^it_value: \(0, 0\)\nit_interval: \(0, 1000000\)$/m)
      yield* program.write("take")
      expect(yield* program.reads("taken", (text) => text !== "")).toBe("10")
      yield* Table.expectRow(
        "repeating",
        Table.breaks("the timer never fires again; let the program set it anew after each tick (a dry run warns of it)")
      )
      yield* Table.expectRow("semaphore", Table.fails(error, "or let the program count by itself"))
    }))
})
