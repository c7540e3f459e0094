// Servers with clients that are attached: the connections go on, or end as the option says.
import { chmodSync, readFileSync, writeFileSync } from "node:fs"
import process from "node:process"
import { afterAll, beforeAll, describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Checkpoints } from "stasis"
import * as Criu from "stasis/Criu"
import * as Process from "../../src/layers/shared/Process.ts"
import * as LabProcess from "../layers/criu/LabProcess.ts"
import * as CommandLine from "../cli/Program.ts"
import * as Client from "./Client.ts"
import * as Program from "./Program.ts"
import * as Table from "./Table.ts"

/** Runs something to its good end and gives what it printed. */
const run = (program: string, ...args: ReadonlyArray<string>) =>
  Effect.flatMap(
    Effect.orDie(Process.run({ program, args })),
    ({ code, stderr, stdout }) => code === 0 ? Effect.succeed(stdout) : Effect.dieMessage(`${program}: ${stderr}`)
  )

/** Runs something until it ends well and its output is as wanted. */
const until = (wanted: (output: string) => boolean, program: string, ...args: ReadonlyArray<string>) =>
  Program.poll(
    Effect.map(Effect.orDie(Process.run({ program, args })), ({ code, stdout }) => code === 0 ? stdout : undefined),
    (output) => output !== undefined && wanted(output)
  )

/** Waits until a client has had more answers. */
const further = (client: Client.Client) =>
  Effect.suspend(() => {
    const lines = client.output().split("\n").length
    return Program.poll(Effect.sync(client.output), (output) => output.split("\n").length > lines + 5)
  })

/** Root has the right to see the limits of other users' processes here: then nothing of theirs is refused. */
const seesLimits = ((effective) => (BigInt(`0x${effective}`) >> 24n) % 2n === 1n)(
  /^CapEff:\s*(\w+)$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? "0"
)

describe("a Node.js HTTP server", () => {
  const start = Program.start({
    command: (cwd) => ({ program: "node", args: [`${Program.sources}server.mjs`], cwd })
  })

  it.scopedLive("answers its client over the same connection with tcpEstablished", () =>
    Effect.gen(function* () {
      const program = yield* start
      const port = yield* program.reads("port", (text) => text !== "")
      const client = yield* Client.python("asks.py", [port, "/", "counts"], program.folder)
      yield* further(client)
      const error = yield* Program.failure(Program.checkpoint(program, "running", { leaveRunning: true }))
      expect(error.reason).toBe("EstablishedTcp")
      yield* further(client)
      const options = yield* Program.leaveRunning(program)
      yield* further(client)
      yield* Program.stopAndRestore(program, options, Effect.void)
      yield* further(client)
      expect(yield* client.finish).toMatch(/^same connection$/m)
      yield* Table.expectRow(
        "nodeKept",
        Table.works(options, "the client goes on over the same connection, no answer lost")
      )
    }))

  it.scopedLive("ends the connection with tcpClose, and takes new ones", () =>
    Effect.gen(function* () {
      const program = yield* start
      const port = yield* program.reads("port", (text) => text !== "")
      const client = yield* Client.python("asks.py", [port, "/", "counts"], program.folder)
      yield* further(client)
      const options = yield* Program.leaveRunning(program, { tcpClose: true })
      yield* further(client)
      yield* Program.stopAndRestore(program, options, client.prints(/^reset$/m))
      const another = yield* Client.python("asks.py", [port, "/"], program.folder)
      yield* further(another)
      expect(yield* another.finish).toMatch(/^same connection$/m)
      yield* Table.expectRow(
        "nodeClosed",
        Table.works(options, "the client's connection is reset when the server stops; the restored one takes new ones")
      )
    }))
})

describe("nginx", () => {
  const port = "17481"
  const start = (user: string) =>
    Effect.gen(function* () {
      const program = yield* Program.start({
        command: (folder) => ({ program: "nginx", args: ["-p", folder, "-c", "nginx.conf"], cwd: folder }),
        files: {
          "index.html": "hello",
          large: "0123456789abcdef".repeat(131_072),
          "nginx.conf": `user ${user}; worker_processes 2; daemon off; pid pid; error_log errors;
events { worker_connections 64; }
http {
  access_log off; keepalive_timeout 600; keepalive_requests 1000000;
  client_body_temp_path a; proxy_temp_path b; fastcgi_temp_path c; uwsgi_temp_path d; scgi_temp_path e;
  server { listen 127.0.0.1:${port}; root .; location /large { limit_rate 1m; } }
}`
        }
      })
      chmodSync(program.folder, 0o711)
      yield* until((text) => text === "hello", "python3", "-c", ask("index.html"))
      return program
    })
  const ask = (path: string) =>
    `import urllib.request; print(urllib.request.urlopen("http://127.0.0.1:${port}/${path}").read().decode(), end="", flush=True)`

  it.scopedLive("goes on with its downloads and its connections", () =>
    Effect.gen(function* () {
      const program = yield* start("root")
      const client = yield* Client.python("asks.py", [port, "/"], program.folder)
      const download = yield* Client.start("python3", ["-c", ask("large")], program.folder)
      yield* further(client)
      const options = yield* Program.leaveRunning(program)
      yield* further(client)
      expect(download.output()).toBe("")
      yield* Program.stopAndRestore(program, options, Effect.void)
      yield* further(client)
      expect(download.output()).toBe("")
      expect(yield* client.finish).toMatch(/^same connection$/m)
      expect(yield* download.finish).toBe(program.read("large"))
      // The master still looks after its workers: told to, it starts others.
      const workers = LabProcess.childrenOf(yield* program.pid)
      process.kill(yield* program.pid, "SIGHUP")
      yield* Program.poll(
        Effect.map(program.pid, LabProcess.childrenOf),
        (now) => now.length === 2 && !now.some((pid) => workers.includes(pid))
      )
      yield* Table.expectRow(
        "nginx",
        Table.works(
          options,
          "the download arrives whole, the connections go on, the master still looks after its workers"
        )
      )
    }))

  it.scopedLive.skipIf(seesLimits)(
    "cannot be checkpointed with workers of another user where CRIU lacks a right of root",
    () =>
      Effect.gen(function* () {
        const program = yield* start("nobody nogroup")
        const error = yield* Program.failure(Program.leaveRunning(program))
        expect(error.reason).toBe("Permission")
        yield* until((text) => text === "hello", "python3", "-c", ask("index.html"))
        yield* Table.expectRow(
          "nginxUsers",
          Table.fails(error, "or run its workers as root")
        )
      })
  )
})

describe("Redis", () => {
  const port = "17379"
  const cli = (...args: ReadonlyArray<string>) => run("redis-cli", "-p", port, ...args)
  const saving = Effect.map(cli("info", "persistence"), (text) => ({
    underWay: /rdb_bgsave_in_progress:1/.test(text),
    status: /rdb_last_bgsave_status:(\w+)/.exec(text)?.[1]
  }))

  it.scopedLive("keeps its client and ends its background save", () =>
    Effect.gen(function* () {
      const program = yield* Program.start({
        command: (folder) => ({
          program: "redis-server",
          // Slow enough that the save is still under way when all is done: 2500 keys of 1 ms each.
          args: ["--port", port, "--bind", "127.0.0.1", "--dir", folder, "--save", "", "--rdb-key-save-delay", "1000"]
        })
      })
      yield* until((text) => text === "PONG\n", "redis-cli", "-p", port, "ping")
      yield* cli("eval", 'for i = 1, 2500 do redis.call("set", "key" .. i, i) end', "0")
      const client = yield* Client.python("increments.py", [port], program.folder)
      yield* cli("bgsave")
      yield* further(client)
      const options = yield* Program.leaveRunning(program)
      yield* further(client)
      expect((yield* saving).underWay).toBe(true)
      yield* Program.stopAndRestore(program, options, Effect.void)
      yield* further(client)
      expect((yield* saving).underWay).toBe(true)
      expect(yield* Program.poll(saving, ({ underWay }) => !underWay)).toEqual({ underWay: false, status: "ok" })
      expect(yield* run("redis-check-rdb", `${program.folder}/dump.rdb`)).toMatch(/250[01] keys read/)
      const printed = yield* client.finish
      expect(yield* cli("get", "count")).toBe(/(\d+)\nsame connection\n$/.exec(printed)?.[1] + "\n")
      yield* Table.expectRow(
        "redis",
        Table.works(options, "the client goes on over the same connection, and the save ends well")
      )

      // The checkpoint that left it running holds the unfinished file of the save open, and that is gone since.
      yield* Effect.flatMap(program.pid, Program.end)
      const error = yield* Program.failure(Program.restore(program, "running"))
      expect(error.reason).toBe("FileMissing")
      expect(error.detail).toMatch(/temp-\d+\.rdb/)
      yield* Table.expectRow("redisLater", Table.fails(error, "or checkpoint it when no save is under way"))
    }))
})

describe("PostgreSQL", () => {
  let cli: CommandLine.Program
  beforeAll(async () => {
    cli = await CommandLine.make()
  })
  afterAll(() => cli.remove())

  const port = "17432"
  const bin = (name: string) => `/usr/lib/postgresql/17/bin/${name}`
  const asPostgres = ["--reuid", "postgres", "--regid", "postgres", "--clear-groups"]
  const rights = ["checkpoint_restore", "sys_ptrace", "setpcap", "net_admin", "sys_admin", "dac_override"]
  const withRights = ["--inh-caps", "--ambient-caps"].flatMap((set) => [set, rights.map((right) => `+${right}`).join()])
  const psql = ["-h", "127.0.0.1", "-p", port, "-U", "postgres", "-At"]
  const ask = (query: string) => run("psql", ...psql, "-c", query)
  const start = (...before: ReadonlyArray<string>) =>
    Effect.gen(function* () {
      const [program = "", ...args] = [...before, "setpriv", ...asPostgres, bin("postgres")]
      const server = yield* Program.start({
        command: (folder) => ({ program, args: [...args, "-D", `${folder}/data`], cwd: folder }),
        before: (folder) =>
          Effect.gen(function* () {
            chmodSync(folder, 0o711)
            yield* run("install", "--directory", "--owner=postgres", `${folder}/data`)
            yield* run("setpriv", ...asPostgres, bin("initdb"), "--no-sync", "--auth=trust", "-D", `${folder}/data`)
            writeFileSync(`${folder}/data/postgresql.conf`, `port = ${port}\nunix_socket_directories = ''\n`)
          })
      })
      yield* until(() => true, "psql", ...psql, "-c", "select 1")
      return server
    })

  it.scopedLive("commits what was open, checkpointed by its own user and restored by root", () =>
    Effect.gen(function* () {
      const server = yield* start("unshare", "--ipc")
      const pid = yield* server.pid
      const stasisRoot = `${server.folder}/own`
      yield* run("install", "--directory", "--owner=postgres", "--mode=700", stasisRoot)
      const create = (name: string, ...flags: ReadonlyArray<string>) =>
        Effect.map(
          Effect.orDie(Process.run({
            program: "setpriv",
            args: [
              ...asPostgres,
              ...withRights,
              ...cli.command,
              "create",
              `pid:${pid}`,
              name,
              "--runtime",
              "criu",
              ...flags
            ],
            env: { STASIS_ROOT: stasisRoot }
          })),
          ({ code, stderr }) => ({ code, stderr })
        )
      yield* ask("create table numbers (n integer)")
      const sessions = yield* Effect.forEach([1, 2, 3], () => Client.start("psql", psql, server.folder))
      yield* Effect.forEach(sessions, (session) =>
        Effect.zipRight(
          session.send(
            "begin; insert into numbers select generate_series(1, 100); select 'rows ' || count(*) from numbers;\n"
          ),
          session.prints(/rows 100/)
        ))
      const refused = yield* create("refused", "--leave-running")
      expect(refused.code).toBe(1)
      expect(refused.stderr).toMatch(/established TCP connection/)
      expect(yield* create("running", "--leave-running", "--tcp-established")).toEqual({ code: 0, stderr: "" })
      expect(yield* ask("select count(*) from numbers")).toBe("0\n")
      expect((yield* create("stopped", "--tcp-established")).code).toBe(0)
      yield* Effect.acquireRelease(
        Checkpoints.restore(`pid:${pid}`, "stopped").pipe(Effect.provide(Criu.layer({ stasisRoot }))),
        () => Program.end(pid)
      )
      expect(yield* ask("select count(*) from numbers")).toBe("0\n")
      yield* Effect.forEach(
        sessions,
        (session, index) =>
          session.send(`insert into numbers select generate_series(1, 10); ${index === 0 ? "rollback" : "commit"};\n`)
      )
      for (const session of sessions) yield* session.finish
      expect(yield* ask("select count(*), sum(n) from numbers")).toBe(`220|${2 * (5050 + 55)}\n`)
      yield* Table.expectRow(
        "postgres",
        Table.works(
          { tcpEstablished: true },
          "the sessions go on and their transactions end as they are told; its user was given " +
            `${rights.map((right) => `CAP_${right.toUpperCase()}`).join(", ")}, and root restored it`
        )
      )
    }))

  it.scopedLive.skipIf(seesLimits)(
    "is refused where another user checkpoints it, and goes on",
    () =>
      Effect.gen(function* () {
        const apart = yield* start("unshare", "--ipc")
        const right = yield* Program.failure(Program.leaveRunning(apart))
        expect(right.reason).toBe("Permission")
        yield* ask("select 1")
        yield* Table.expectRow(
          "postgresRoot",
          Table.fails(right, "which the row above does")
        )
        yield* Effect.flatMap(apart.pid, Program.end)
      })
  )
})
