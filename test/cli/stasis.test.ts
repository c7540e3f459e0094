import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Deferred from "effect/Deferred"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as Errors from "../../src/domain/CheckpointError.ts"
import { Checkpoint } from "../../src/domain/Checkpoint.ts"
import type { Container } from "../../src/domain/Container.ts"
import type { CreateOptions, RestoreOptions } from "../../src/domain/CheckpointOptions.ts"
import * as Event from "../../src/domain/Event.ts"
import { Created, Recovered, Removed } from "../../src/domain/Outcome.ts"
import * as Operation from "../../src/effects/Operation.ts"
import { goldenFolder } from "../golden/goldenFolder.ts"
import { standIn, stasis } from "./CommandLine.ts"
import { created, damaged, restored, whole } from "./samples.ts"

const lines = (text: string) => text.split("\n").slice(0, -1)
const readJson = <A, I>(schema: Schema.Schema<A, I>, text: string) =>
  Schema.decodeUnknown(Schema.parseJson(schema))(text)

/** A world in which create works and tells what it was asked for. */
const creating = (result = created) => {
  const asked: Array<readonly [string, string, CreateOptions]> = []
  const world = standIn({
    checkpoints: {
      beginCreate: (container, name, options) => {
        asked.push([container, name, options ?? {}])
        return Operation.begin(() => Effect.succeed(result))
      }
    }
  })
  return { asked, world }
}

const failing = (error: Errors.CheckpointError) =>
  standIn({
    // Each failure is one that some operation has; which does not matter to how it is printed.
    checkpoints: { list: () => Effect.fail(error as Errors.ContainerNotFound) }
  })

describe("create", () => {
  it.effect("says that it stops the container, and how to have it otherwise", () =>
    Effect.gen(function* () {
      const { asked, world } = creating()
      const ran = yield* stasis(["create", "web", "first"], world)
      expect(ran).toMatchObject({ code: 0, err: "" })
      expect(lines(ran.out)).toEqual([
        'Checkpointed web as "first", 11.8 MiB, frozen for 84 ms',
        "The container was stopped (--leave-running lets it go on)"
      ])
      expect(asked).toEqual([["web", "first", {}]])
    }))

  it.effect("says when the container goes on, and when it did not though it should", () =>
    Effect.gen(function* () {
      const goesOn = yield* stasis(
        ["create", "--leave-running", "web", "first"],
        creating({ ...created, state: "running" }).world
      )
      expect(lines(goesOn.out)[1]).toBe("The container goes on running")
      const died = yield* stasis(
        ["create", "--leave-running", "web", "first"],
        creating({ ...created, state: "stopped" }).world
      )
      expect(lines(died.out)[1]).toBe("The container did not go on: it is stopped")
    }))

  it.effect("hands every flag on as the option it is named for", () =>
    Effect.gen(function* () {
      const { asked, world } = creating()
      const line = "create web first --leave-running --checkpoint-dir /d --tcp-established --tcp-close --ext-unix-sk " +
        "--shell-job --file-locks --link-remap --ghost-limit 4M --manage-cgroups-mode ignore --empty-ns network " +
        "--parent-path zero --pre-dump --force --durability none --no-wait --timeout 1m30s"
      const ran = yield* stasis(line.split(" "), world)
      expect(ran).toMatchObject({ code: 0, err: "" })
      expect(asked).toEqual([["web", "first", {
        leaveRunning: true,
        checkpointDir: "/d",
        tcpEstablished: true,
        tcpClose: true,
        externalUnixSockets: true,
        shellJob: true,
        fileLocks: true,
        linkRemap: true,
        ghostLimit: 4 * 1024 * 1024,
        manageCgroupsMode: "ignore",
        emptyNamespaces: ["network"],
        parentPath: "zero",
        preDump: true,
        durability: "none",
        force: true,
        wait: false,
        timeout: 90_000
      }]])
    }))

  it.effect("prints JSON that reads back, and only the name when quiet; warnings go to standard error", () =>
    Effect.gen(function* () {
      const { world } = creating({ ...created, warnings: ["no\nevent"] })
      const json = yield* stasis(["create", "web", "first", "--format", "json"], world)
      expect(yield* readJson(Created, json.out)).toEqual({ ...created, warnings: ["no\nevent"] })
      const quiet = yield* stasis(["create", "web", "first", "-q"], world)
      expect(quiet.out).toBe("first\n")
      expect(quiet.err).toBe("stasis: warning: no\\nevent\n")
    }))

  for (const step of ["dumping", "restoring"] as const) {
    it.effect(`draws a bar on a terminal and takes it away again: ${step}`, () =>
      Effect.gen(function* () {
        const shown = yield* Deferred.make<void>()
        const half = <A>(result: A) =>
          Operation.begin((report) =>
            report({ step, bytes: 512, total: 1024 }).pipe(Effect.zipRight(Deferred.await(shown)), Effect.as(result))
          )
        const world = standIn({
          checkpoints: { beginCreate: () => half(created), beginRestore: () => half(restored) }
        })
        const onErr = (text: string) =>
          text.includes("50%") ? Effect.asVoid(Deferred.succeed(shown, undefined)) : Effect.void
        const command = step === "dumping" ? "create" : "restore"
        const ran = yield* stasis([command, "web", "first"], world, { columns: 60, onErr })
        expect(ran.err).toMatch(new RegExp(`\\r${step} {2}\\[#+ +\\] {3}50% {2}512 B of 1\\.00 KiB\\u001b\\[K`))
        expect(ran.err.endsWith("\r\u001b[K")).toBe(true)
        for (const line of ran.err.split("\r")) expect(line.replace("\u001b[K", "").length).toBeLessThan(60)
      }))
  }

  it.effect("interrupted, it says what it waits for, waits, and rolls back", () =>
    Effect.gen(function* () {
      const dumping = yield* Deferred.make<void>()
      const said = yield* Deferred.make<void>()
      const ended = yield* Deferred.make<void>()
      let err = ""
      let cancelled = false
      const world = standIn({
        checkpoints: {
          beginCreate: () =>
            Operation.begin((report) =>
              report({ step: "dumping", bytes: 0, total: 1 }).pipe(
                Effect.zipRight(Deferred.succeed(dumping, undefined)),
                Effect.zipRight(Effect.uninterruptible(Deferred.await(ended))),
                Effect.zipRight(Effect.never),
                Effect.onInterrupt(() => Effect.sync(() => cancelled = true))
              )
            )
        }
      })
      const onErr = (text: string) => {
        err += text
        return text.includes("waiting") ? Effect.asVoid(Deferred.succeed(said, undefined)) : Effect.void
      }
      const running = yield* Effect.fork(stasis(["create", "web", "first"], world, { onErr }))
      yield* Deferred.await(dumping)
      const stopping = yield* Effect.fork(Fiber.interrupt(running))
      yield* Deferred.await(said)
      expect(Option.isNone(yield* Fiber.poll(stopping))).toBe(true)
      yield* Deferred.succeed(ended, undefined)
      yield* Fiber.join(stopping)
      expect(cancelled).toBe(true)
      expect(err).toContain("waiting for the end of the dump, which is then rolled back")
      expect(err).toContain("stasis: rolled back")
    }))
})

describe("restore", () => {
  it.effect("hands every flag on, and says what runs", () =>
    Effect.gen(function* () {
      const asked: Array<RestoreOptions | undefined> = []
      const world = standIn({
        checkpoints: {
          beginRestore: (_container, _name, options) => {
            asked.push(options)
            return Operation.begin(() => Effect.succeed(restored))
          }
        }
      })
      const line =
        "restore --replace web first --bundle /b --console-socket /c --pid-file /p --stdout /o --stderr /e " +
        "--lazy-pages --tcp-close --timeout 5"
      const ran = yield* stasis(line.split(" "), world)
      expect(ran).toMatchObject({ code: 0, err: "", out: 'Restored web from "first"; it is running, pid 4711\n' })
      expect(asked).toEqual([{
        replace: true,
        lazyPages: true,
        tcpClose: true,
        tcpEstablished: false,
        timeout: 5_000,
        oci: { bundle: "/b", consoleSocket: "/c", pidFile: "/p", stdout: "/o", stderr: "/e" }
      }])
      yield* stasis(["restore", "web", "first"], world)
      expect(asked[1]).toEqual({})
      yield* stasis(["restore", "web", "first", "--new-pids", "--terminal", "/dev/pts/3"], world)
      expect(asked[2]).toEqual({ criu: { newPids: true, terminal: "/dev/pts/3" } })
    }))
})

describe("plain processes", () => {
  const running: Container = {
    id: "web",
    state: "running",
    labels: {},
    identity: "i",
    image: "/bin/x",
    process: { pid: 7, startTime: 1 }
  }
  const asked: Array<unknown> = []
  const world = standIn({
    containers: { list: Effect.succeed([running, { id: "db", state: "stopped", labels: {}, identity: "j" }]) },
    processes: {
      track: (...given) => Effect.as(Effect.sync(() => asked.push(given)), running),
      untrack: (...given) => Effect.asVoid(Effect.sync(() => asked.push(given))),
      run: (...given) =>
        Effect.as(Effect.sync(() => asked.push(given)), { container: running, stdout: "/s/out", stderr: "/s/err" })
    }
  })

  it.effect("are started, named, listed and forgotten", () =>
    Effect.gen(function* () {
      expect(yield* stasis(["run", "web", "--", "x", "--flag", "-q"], world)).toMatchObject({
        code: 0,
        err: "",
        out: 'Started "web", pid 7\nIts output goes to /s/out, its errors to /s/err\n'
      })
      expect((yield* stasis(["track", "web", "7"], world)).out).toBe(
        'Process 7 (/bin/x) and those below it are "web" from now on\n'
      )
      expect((yield* stasis(["untrack", "web"], world)).out).toContain('"web" is no name of a process tree any more')
      expect(asked).toEqual([["web", { program: "x", args: ["--flag", "-q"] }], ["web", 7], ["web"]])
      expect(lines((yield* stasis(["ps"], world)).out)).toEqual([
        "CONTAINER   STATE     PID   IMAGE",
        "db          stopped   -     -",
        "web         running   7     /bin/x"
      ])
      expect((yield* stasis(["ps", "-q"], world)).out).toBe("db\nweb\n")
      expect(yield* stasis(["track", "web", "x7"], world)).toMatchObject({ code: 2, out: "" })
    }))

  it.effect("are meant by what only they have, unless another runtime is named", () =>
    Effect.gen(function* () {
      const runtimeOf = (argv: ReadonlyArray<string>, env = {}) =>
        Effect.map(stasis(argv, world, { env }), ({ opened }) => opened.join())
      expect(yield* runtimeOf(["track", "web", "7"])).toBe("criu")
      expect(yield* runtimeOf(["run", "web", "--", "track"])).toBe("criu")
      expect(yield* runtimeOf(["create", "pid:7", "first"])).toBe("criu")
      expect(yield* runtimeOf(["ls", "--quiet", "pid:7"])).toBe("criu")
      expect(yield* runtimeOf(["create", "track", "first"])).toBe("runc")
      expect(yield* runtimeOf(["track", "web", "7", "--runtime", "crun"])).toBe("crun")
      expect(yield* runtimeOf(["create", "pid:7", "first"], { STASIS_RUNTIME: "runc" })).toBe("runc")
    }))
})

describe("ls", () => {
  const world = standIn({ checkpoints: { list: () => Effect.succeed([whole, damaged]) } })

  it.effect("one container", () =>
    Effect.gen(function* () {
      const ran = yield* stasis(["ls", "web"], world)
      expect(lines(ran.out)).toEqual([
        "CHECKPOINT   CREATED         SIZE       FROZEN   RUNTIME    STATUS",
        "first        0 seconds ago   11.8 MiB   84 ms    runc       complete",
        "zweite       -               -          -        stand-in   damaged: config.json is not valid JSON"
      ])
    }))

  it.effect("all containers", () =>
    Effect.gen(function* () {
      const ran = yield* stasis(["ls"], world)
      expect(lines(ran.out)[1]).toMatch(/^4f0b9d8c7e6a {3}first/)
      const whole = yield* stasis(["ls", "--no-trunc"], world)
      expect(lines(whole.out)[1]).toMatch(
        /^4f0b9d8c7e6a5b4c3d2e1f0a9b8c7d6e5f4a3b2c1d0e9f8a7b6c5d4e3f2a1b0c {3}first {8}1970-/
      )
    }))

  it.effect("colours only on a terminal", () =>
    Effect.gen(function* () {
      expect((yield* stasis(["ls"], world)).out).not.toContain("\u001b")
      expect((yield* stasis(["ls"], world, { columns: 80 })).out).toContain("\u001b[31mdamaged")
    }))

  it.effect("JSON, and names", () =>
    Effect.gen(function* () {
      const json = yield* stasis(["ls", "web"], world, { env: { STASIS_FORMAT: "json" } })
      expect(yield* readJson(Schema.Array(Checkpoint), json.out)).toEqual([whole, damaged])
      expect((yield* stasis(["ls", "-q", "web"], world)).out).toBe("first\nzweite\n")
      expect((yield* stasis(["ls", "-q"], world)).out).toBe(`${whole.container} first\n${whole.container} zweite\n`)
    }))

  it.effect("nothing there", () =>
    Effect.gen(function* () {
      const empty = standIn({ checkpoints: { list: () => Effect.succeed([]) } })
      expect(lines((yield* stasis(["ls"], empty)).out)).toEqual([
        "CONTAINER   CHECKPOINT   CREATED   SIZE   FROZEN   RUNTIME   STATUS"
      ])
      expect((yield* stasis(["ls", "--format=json"], empty)).out).toBe("[]\n")
    }))
})

/** What lies in every checkpoint. */
const golden = { openDamaged: (path: string) => Effect.succeed(goldenFolder(path)) }

describe("inspect", () => {
  it.effect("shows when, how, how large, how long frozen, and which runtime and CRIU", () =>
    Effect.gen(function* () {
      const world = standIn({ checkpoints: { get: () => Effect.succeed(whole) }, images: golden })
      const ran = yield* stasis(["inspect", "web", "first"], world)
      expect(ran.out).toMatchInlineSnapshot(`
        "Name:          first
        Container:     4f0b9d8c7e6a5b4c3d2e1f0a9b8c7d6e5f4a3b2c1d0e9f8a7b6c5d4e3f2a1b0c
        Status:        complete
        Created:       1970-01-01T00:00:00.000000000Z (0 seconds ago)
        Path:          /var/lib/stasis/runc/%2frun%2frunc/web/checkpoints/first
        Container was: stopped
        Options:       --tcp-established --ghost-limit 4096
        Runtime:       runc 1.1.15
        CRIU:          4.2
        Kernel:        6.18.0
        Size:          11.8 MiB (12345678 bytes)
        Took:          251 ms
        Frozen for:    84 ms
        Freezing took: 900 µs
        Memory dump:   20 ms
        Memory write:  10 ms
        Pages:         3000 of 4000 written
        Open files:    /srv/log (2.00 KiB)
        Images:        34.1 KiB in 70 files
        Machine:       X86_64
        Processes:     7, with 8 threads, below 1 (web)
        Descriptors:   64, to 48 files, 13 of them sockets
        Memory:        2.70 MiB, 0 B dumped, 320 KiB missing

        Processes
        PID   USER   STATE               THREADS   MEMORY     DUMPED   COMMAND
        1     0      running             1         308 KiB    0 B      [web]
        6     0      running             3         1.35 MiB   0 B      ├─ [web]
        7     0      running             1         276 KiB    0 B      ├─ [web]
        8     0      running             1         260 KiB    0 B      ├─ [web]
        9     0      running             1         260 KiB    0 B      ├─ [web]
        10    0      stopped (SIGSTOP)   1         276 KiB    0 B      ├─ [web]
        11    -      zombie (3)          0         -          -        └─ [web]
        "
      `)
    }))

  it.effect("shows what little is known of another program's", () =>
    Effect.gen(function* () {
      const world = standIn({ checkpoints: { get: () => Effect.succeed(damaged) } })
      const ran = yield* stasis(["inspect", "web", "zweite"], world)
      expect(ran.out).toMatchInlineSnapshot(`
        "Name:      zweite
        Container: 4f0b9d8c7e6a5b4c3d2e1f0a9b8c7d6e5f4a3b2c1d0e9f8a7b6c5d4e3f2a1b0c
        Status:    damaged: config.json is not valid JSON
        Created:   unknown
        Path:      /var/lib/stasis/runc/%2frun%2frunc/web/checkpoints/zweite
        Made by:   another program: there is no more in its record
        "
      `)
    }))
})

describe("rm", () => {
  const missing = new Errors.CheckpointNotFound({ container: "web", checkpoint: "gone", directory: "/d" })
  const world = standIn({
    checkpoints: {
      list: () => Effect.succeed([whole, damaged]),
      remove: (_container, name) =>
        name === "gone" ? Effect.fail(missing) : Effect.succeed({ checkpoint: { ...whole, name }, warnings: [] })
    }
  })

  it.effect("removes several, each once, and goes on after one that fails", () =>
    Effect.gen(function* () {
      const ran = yield* stasis(["rm", "web", "first", "gone", "second", "first"], world)
      expect(ran.code).toBe(1)
      expect(ran.out).toBe("first\nsecond\n")
      expect(lines(ran.err)[0]).toBe('stasis: Checkpoint "gone" of container "web" not found in "/d"')
    }))

  it.effect("removes all", () =>
    Effect.gen(function* () {
      const ran = yield* stasis(["rm", "--all", "web", "--format", "json"], world)
      expect((yield* readJson(Schema.Array(Removed), ran.out)).map((one) => one.checkpoint.name)).toEqual([
        "first",
        "zweite"
      ])
    }))

  it.effect("does not guess what is to be removed", () =>
    Effect.gen(function* () {
      for (const argv of [["rm", "web"], ["rm", "--all", "web", "first"]]) {
        const ran = yield* stasis(argv, world)
        expect(ran).toMatchObject({ code: 2, out: "" })
      }
    }))
})

describe("recover", () => {
  it.effect("goes through all containers when none is named", () =>
    Effect.gen(function* () {
      const world = standIn({
        checkpoints: {
          recover: (container) =>
            Effect.succeed(
              [container ?? "a", "b"].map((one) => ({
                container: one,
                checkpoint: "x",
                directory: "/d",
                action: "published",
                path: "/d/x",
                resumed: one === "b"
              }))
            )
        }
      })
      const ran = yield* stasis(["recover"], world)
      expect(lines(ran.out)).toEqual([
        'Published checkpoint "x" of a: /d/x',
        'Published checkpoint "x" of b: /d/x; the container stood still and goes on'
      ])
    }))

  it.effect("says which network it unlocked; there is no checkpoint to name", () =>
    Effect.gen(function* () {
      const unlocked = { container: "web", action: "unlocked", network: "/run/netns/a" } as const
      const world = standIn({ checkpoints: { recover: () => Effect.succeed([unlocked]) } })
      expect((yield* stasis(["recover", "web"], world)).out).toBe(
        `Removed CRIU's lock from the network namespace "/run/netns/a" of web: it dropped every packet\n`
      )
      expect((yield* stasis(["recover", "web", "--quiet"], world)).out).toBe("")
      expect(
        yield* readJson(Schema.Array(Recovered), (yield* stasis(["recover", "web", "--format", "json"], world)).out)
      )
        .toEqual([unlocked])
    }))
})

describe("events", () => {
  const event = Event.make(
    "checkpoint-failed",
    { id: "web", state: "running", labels: {}, identity: "" },
    { checkpoint: "first", reason: "a\u001b[31mb" },
    1_500
  )
  const world = standIn({ events: { history: () => Stream.make(event, event), follow: () => Stream.never } })

  it.effect("a line for an event, nothing of which acts on a terminal", () =>
    Effect.gen(function* () {
      const ran = yield* stasis(["events"], world)
      expect(lines(ran.out)[0]).toBe(
        "1970-01-01T00:00:01.500Z  checkpoint-failed   web  first  (reason=a\\u001b[31mb)"
      )
      const json = yield* stasis(["events", "--format", "json"], world)
      for (const line of lines(json.out)) {
        expect(Either.getOrThrow(Schema.decodeEither(Event.EventLine)(line))).toEqual(event)
      }
    }))

  it.effect("hands the filter on", () =>
    Effect.gen(function* () {
      const seen: Array<readonly [string, Event.EventFilter | undefined]> = []
      const asking = standIn({
        events: {
          history: (filter) => {
            seen.push(["history", filter])
            return Stream.empty
          },
          follow: (filter) => {
            seen.push(["follow", filter])
            return Stream.empty
          }
        }
      })
      yield* stasis(["events", "web", "--since", "1970-01-01T00:00:10Z", "--until=20m", "--action", "restore"], asking)
      yield* stasis(["events", "-f"], asking)
      expect(seen).toEqual([
        ["history", { container: "web", since: 10, until: -1200, actions: ["restore"] }],
        ["follow", { since: 0 }]
      ])
      expect((yield* stasis(["events", "--since", "yesterday"], asking)).code).toBe(2)
    }))

  it.effect("ends quietly when its reader is gone", () =>
    Effect.gen(function* () {
      const endless = standIn({ events: { follow: () => Stream.forever(Stream.make(event)) } })
      expect(yield* stasis(["events", "--follow"], endless, { closesAfter: 1 })).toMatchObject({ code: 0, err: "" })
    }))
})

describe("check", () => {
  const capabilities = (verdict: "ok" | "missing") => ({
    runtime: "runc",
    findings: [
      { subject: "criu", verdict, detail: "not found", remedy: "install criu 4.2" },
      { subject: "kernel: soft-dirty tracking", verdict: "limited" as const, detail: "off" }
    ],
    unsupported: { preDump: "needs soft-dirty tracking" }
  })

  it.effect("says no with 1, and what to do", () =>
    Effect.gen(function* () {
      const world = standIn({ runtime: { capabilities: Effect.succeed(capabilities("missing")) } })
      const ran = yield* stasis(["check"], world)
      expect(ran.code).toBe(1)
      expect(ran.out).toMatchInlineSnapshot(`
        "          WHAT                          FOUND
        missing   criu                          not found
        limited   kernel: soft-dirty tracking   off

        Flags that cannot be used here
          --pre-dump: needs soft-dirty tracking

        What to do
          criu: install criu 4.2
        "
      `)
      expect(ran.err).toBe("stasis: no checkpoint can be made with runc here, missing: criu\n")
    }))

  it.effect("says yes with 0", () =>
    Effect.gen(function* () {
      const world = standIn({ runtime: { capabilities: Effect.succeed(capabilities("ok")) } })
      const ran = yield* stasis(["check"], world)
      expect(ran).toMatchObject({ code: 0, err: "" })
      expect(ran.out).toContain("Checkpoints work here with runc")
    }))
})

describe("failures", () => {
  it.effect.each<[Errors.CheckpointError, number, string]>([
    [
      new Errors.ContainerNotFound({ container: "we\nb" }),
      1,
      "stasis: No such container: we\\nb\nhint: stasis ps lists the containers there are\n"
    ],
    [
      new Errors.InvalidCheckpointName({ checkpoint: "../x", allowed: "[a]", reason: "Pattern" }),
      2,
      "stasis: Invalid checkpoint ID (../x), only [a] are allowed\n"
    ],
    [
      new Errors.InvalidCheckpointDirectory({ directory: "x", reason: "Relative" }),
      2,
      'stasis: Cannot use checkpoint directory "x": it is a relative path, give an absolute one\n'
    ],
    [
      new Errors.InvalidCheckpointDirectory({ directory: "/x", reason: "Missing" }),
      1,
      'stasis: Cannot use checkpoint directory "/x": there is no such folder\n'
    ],
    [
      new Errors.RuntimeFailed({
        operation: "checkpoint",
        container: "web",
        runtime: "runc",
        reason: "EstablishedTcp",
        detail: "a TCP connection is established",
        hint: "tcpEstablished keeps it",
        log: "(00.1) Error (x.c:1): one\n(00.2) Error\u0007: two\n"
      }),
      1,
      "stasis: Cannot checkpoint container web: a TCP connection is established; --tcp-established keeps it\n" +
      "    (00.1) Error (x.c:1): one\n    (00.2) Error\\u0007: two\n"
    ],
    [
      new Errors.OptionUnsupported({
        option: "lazyPages",
        runtime: "crun",
        detail: "it has none",
        supportedBy: ["runc"]
      }),
      1,
      'stasis: Cannot use option "--lazy-pages" with crun: it has none (supported by: runc)\n'
    ]
  ])("%s", ([error, code, err]) =>
    Effect.gen(function* () {
      expect(yield* stasis(["ls"], failing(error))).toMatchObject({ code, out: "", err })
      const json = yield* stasis(["ls", "--format", "json"], failing(error))
      expect(json).toMatchObject({ code, out: "" })
      expect(yield* readJson(Errors.CheckpointError, json.err)).toEqual(error)
      expect(yield* readJson(Schema.Struct({ message: Schema.String }), json.err)).toEqual({ message: error.message })
    }))

  it.effect("a defect is one line, and its trace only on request", () =>
    Effect.gen(function* () {
      const world = standIn({ checkpoints: { list: () => Effect.die(new Error("over\nthe edge")) } })
      const ran = yield* stasis(["ls"], world)
      expect(ran.code).toBe(1)
      expect(lines(ran.err)).toEqual([
        "stasis: this is a fault of stasis itself: Error: over",
        "hint: set STASIS_DEBUG=1 to see where it happened"
      ])
      expect((yield* stasis(["ls"], world, { env: { STASIS_DEBUG: "1" } })).err).toContain("stasis.test.ts")
      expect((yield* stasis(["ls", "--log-level", "debug"], world)).err).toContain("stasis.test.ts")
    }))

  it.effect("wrong usage ends with 2 and opens no world", () =>
    Effect.gen(function* () {
      const world = standIn({})
      for (
        const argv of [
          ["create"],
          ["create", "web"],
          ["create", "web", "first", "extra"],
          ["frobnicate"],
          ["ls", "--format", "xml"],
          ["ls", "--nonsense"],
          ["create", "web", "first", "--ghost-limit", "much"],
          ["create", "web", "first", "--timeout", "0"],
          ["create", "web", "first", "--durability", "half"]
        ]
      ) {
        const ran = yield* stasis(argv, world)
        expect([argv, ran.code, ran.out, ran.settings]).toEqual([argv, 2, "", undefined])
        expect(ran.err).toMatch(/^stasis: .+\nhint: see stasis.* --help\n$/)
      }
      const json = yield* stasis(["ls", "--format", "xml", "--format", "json", "--nonsense"], world)
      expect(yield* readJson(Schema.Struct({ _tag: Schema.String }), json.err)).toEqual({ _tag: "UsageError" })
    }))
})

describe("settings", () => {
  it.effect("from flags on either side of the command, and from the environment", () =>
    Effect.gen(function* () {
      const world = standIn({ checkpoints: { list: () => Effect.succeed([]) } })
      const env = { STASIS_RUNTIME: "crun", STASIS_RUNTIME_ROOT: "/r", STASIS_ROOT: "/s", STASIS_FORMAT: "json" }
      const expected = {
        runtime: Option.some("crun"),
        root: Option.some("/r"),
        stasisRoot: Option.some("/s"),
        format: "json"
      }
      const line = ["--runtime", "crun", "--root=/r", "--stasis-root", "/s", "--format", "json"]
      expect((yield* stasis(["ls"], world, { env })).settings).toMatchObject(expected)
      expect((yield* stasis([...line, "ls"], world)).settings).toMatchObject(expected)
      expect((yield* stasis(["ls", ...line], world)).settings).toMatchObject(expected)
      const other = yield* stasis(["ls", "--runtime", "runc"], world, { env })
      expect(other.settings).toMatchObject({ ...expected, runtime: Option.some("runc") })
      expect((yield* stasis(["ls"], world)).settings).toMatchObject({
        runtime: Option.none(),
        root: Option.none()
      })
      expect((yield* stasis(["ls"], world, { env: { STASIS_RUNTIME: "jail" } })).code).toBe(2)
    }))
})

describe("help", () => {
  it.effect("of the program and of every command, in any order", () =>
    Effect.gen(function* () {
      const world = standIn({})
      const help = yield* stasis([], world)
      expect(help.code).toBe(0)
      const commands = [...help.out.matchAll(/^ {2}([a-z]+) {2,}/gm)].map((match) => match[1] ?? "")
      expect(commands).toEqual([
        ...["create", "ls", "inspect", "memory", "diff", "verify", "seal", "restore", "rm", "recover", "events"],
        "check",
        ...["ps", "run", "track", "untrack"]
      ])
      for (const command of commands) {
        const texts = yield* Effect.forEach(
          [["help", command], [command, "--help"], ["-h", command], [command, "web", "-h"]],
          (argv) => stasis(argv, world)
        )
        for (const ran of texts) expect(ran).toEqual({ code: 0, err: "", out: texts[0]?.out, opened: [] })
        expect(texts[0]?.out).toMatch(new RegExp(`^Usage: stasis ${command} `))
        expect(texts[0]?.out).not.toContain("\u001b")
      }
    }))

  it.effect("completions for each shell, without colours", () =>
    Effect.gen(function* () {
      for (const shell of ["bash", "fish", "zsh"]) {
        const ran = yield* stasis(["--completions", shell], standIn({}))
        expect(ran).toMatchObject({ code: 0, err: "" })
        expect(ran.out).toContain("leave-running")
        expect(ran.out).not.toContain("\u001b")
      }
    }))
})
