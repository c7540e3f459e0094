/** The command line on a machine with several runtimes. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import { Capabilities } from "../../src/domain/Capabilities.ts"
import { type Checkpoint, Checkpoint as CheckpointSchema } from "../../src/domain/Checkpoint.ts"
import * as Errors from "../../src/domain/CheckpointError.ts"
import { type Container, resolve } from "../../src/domain/Container.ts"
import * as Event from "../../src/domain/Event.ts"
import type { OpenError, World } from "../../src/cli/Worlds.ts"
import { type Machine, standIn, stasis } from "./CommandLine.ts"
import { whole } from "./samples.ts"

const json = <A, I>(schema: Schema.Schema<A, I>, text: string) => Schema.decodeUnknown(Schema.parseJson(schema))(text)

const container = (id: string, more: Partial<Container> = {}): Container => ({
  id,
  state: "running",
  labels: {},
  identity: id,
  ...more
})

const checkpoint = (of: string, name: string): Checkpoint => {
  const { record: _, ...rest } = whole
  return { ...rest, container: of, name, path: `/kept/${of}/${name}` }
}

const named = (name: string, one: Checkpoint): Checkpoint => ({
  ...one,
  record: { version: 1, container: { id: one.container, name, identity: "" } }
})

/** A world with containers, and checkpoints of them and of others. */
const world = (
  name: string,
  containers: ReadonlyArray<Container>,
  checkpoints: ReadonlyArray<Checkpoint> = [],
  verdict: "ok" | "missing" = "ok"
) => {
  const known = [...containers, ...checkpoints.map((one) => container(one.container))]
  return standIn({
    containers: {
      list: Effect.succeed(containers),
      find: (reference) => resolve(reference, containers),
      get: (id) => Effect.mapError(resolve(id, containers), () => new Errors.ContainerNotFound({ container: id }))
    },
    checkpoints: {
      list: (reference) =>
        reference === undefined
          ? Effect.succeed(checkpoints)
          : Effect.map(resolve(reference, known), ({ id }) => checkpoints.filter((one) => one.container === id)),
      get: (reference) => Effect.succeed({ ...checkpoint(reference, name), created: "" }),
      recover: () =>
        Effect.succeed([
          {
            container: name,
            checkpoint: "x",
            directory: "/d",
            action: "discarded",
            path: "/d/x",
            resumed: false
          } as const
        ])
    },
    runtime: {
      name,
      capabilities: Effect.succeed({
        runtime: name,
        findings: [{ subject: "criu", verdict, detail: "4.2" }],
        unsupported: {}
      })
    },
    events: { history: () => Stream.make(event(name)), follow: () => Stream.make(event(name)) },
    processes: { untrack: () => Effect.void }
  })
}

const event = (name: string) => Event.make("checkpoint", container(name), { checkpoint: name }, 0)

const refused = new Errors.RuntimeUnavailable({
  runtime: "docker",
  program: "/var/run/docker.sock",
  detail: "permission denied",
  remedy: "run it as root"
})
const shut: Layer.Layer<World, OpenError> = Layer.unwrapEffect(Effect.fail(refused))
const shutSaid = 'docker could not be asked: Cannot use "/var/run/docker.sock": permission denied; run it as root'

/** It takes the question and never answers. */
const dead = standIn({
  containers: { list: Effect.never, find: () => Effect.never, get: () => Effect.never },
  runtime: { capabilities: Effect.never }
})

/** Runs to the end while the time that it waits for passes. */
const passing = <A>(seconds: number, effect: Effect.Effect<A>) =>
  Effect.gen(function* () {
    const fiber = yield* Effect.fork(effect)
    yield* TestClock.adjust(`${seconds} seconds`)
    return yield* Fiber.join(fiber)
  })

describe("a command with a container", () => {
  const machine: Machine = {
    docker: world("docker", [container("d1", { name: "web" })]),
    runc: world("runc", [container("job")], [checkpoint("gone", "first")]),
    crun: world("crun", [container("job"), container("web-2")])
  }

  it.effect.each<[string, string]>([
    ["web", "docker"],
    ["web-", "crun"],
    ["gone", "runc"]
  ])("works in the world that knows it: %s", ([reference, runtime]) =>
    Effect.gen(function* () {
      const ran = yield* stasis(["inspect", reference, "first", "-q"], machine)
      expect(ran).toEqual(expect.objectContaining({ code: 0, out: `${runtime}\n`, err: "" }))
      expect(ran.opened).toEqual(["docker", "runc", "crun"])
    }))

  it.effect("opens no other where one is named, or only one is there", () =>
    Effect.gen(function* () {
      for (
        const [line, runtime] of [
          ["inspect job first -q --runtime crun", "crun"],
          ["inspect web first -q --host unix:///d.sock", "docker"],
          ["rm job --all --runtime runc", "runc"],
          ["ls --runtime runc", "runc"],
          ["recover --runtime crun", "crun"],
          ["check --runtime crun", "crun"],
          ["events --runtime docker", "docker"]
        ] as const
      ) {
        const ran = yield* stasis(line.split(" "), machine)
        expect([line, ran.code, ran.opened]).toEqual([line, 0, [runtime]])
      }
      const alone = yield* stasis(["inspect", "whatever", "first", "-q"], { crun: world("crun", []) })
      expect([alone.out, alone.opened]).toEqual(["crun\n", ["crun"]])
      const none = yield* stasis(["untrack", "job"], { ...machine, criu: world("criu", []) })
      expect([none.code, none.opened]).toEqual([0, ["criu"]])
      const pid = yield* stasis(["inspect", "pid:7", "first"], { ...machine, criu: world("criu", []) })
      expect([pid.code, pid.opened]).toEqual([0, ["criu"]])
    }))

  it.effect("lists those that may be meant, with the flag for each", () =>
    Effect.gen(function* () {
      const ran = yield* stasis(["inspect", "job", "first"], machine)
      expect(ran).toMatchObject({ code: 1, out: "" })
      expect(ran.err).toBe(
        'stasis: Cannot tell which container "job" is meant: runc: job, crun: job; ' +
          "choose with --runtime runc or --runtime crun\n"
      )
      const { err } = yield* stasis(["rm", "--all", "job", "--format", "json"], machine)
      expect(JSON.parse(err)).toMatchObject({
        _tag: "AmbiguousRuntime",
        container: "job",
        matches: [{ runtime: "runc", id: "job" }, { runtime: "crun", id: "job" }]
      })
    }))

  it.effect("says who was asked for one that nobody knows, and who could not be asked", () =>
    Effect.gen(function* () {
      const ran = yield* stasis(["ls", "nope"], { ...machine, docker: shut })
      expect(ran).toMatchObject({ code: 1, out: "" })
      expect(ran.err).toBe(`stasis: No such container: nope (asked: runc, crun); ${shutSaid}\n`)
      const { err } = yield* stasis(["ls", "nope", "--format=json"], { ...machine, docker: shut })
      expect(JSON.parse(err)).toMatchObject({
        _tag: "ContainerNotFound",
        container: "nope",
        asked: ["runc", "crun"],
        unasked: [{ runtime: "docker" }]
      })
    }))

  it.effect("does not wait for ever for a daemon that is dead", () =>
    Effect.gen(function* () {
      const found = yield* passing(5, stasis(["inspect", "web-2", "first", "-q"], { ...machine, docker: dead }))
      expect(found).toMatchObject({
        code: 0,
        out: "crun\n",
        err: "stasis: warning: docker could not be asked: it gave no answer within 5 s\n"
      })
      const missed = yield* passing(5, stasis(["inspect", "web", "first"], { docker: dead, containerd: dead }))
      expect(missed).toMatchObject({ code: 1, out: "" })
      expect(missed.err).toContain(
        "stasis: Cannot ask any runtime for its containers: docker could not be asked: it gave"
      )
    }))

  it.effect("changes nothing while one that may know it, too, is silent, unless that may not be asked", () =>
    Effect.gen(function* () {
      for (const line of ["create job first", "restore job first", "rm job first", "rm job --all", "recover job"]) {
        const argv = line.split(" ")
        const ran = yield* passing(5, stasis(argv, { docker: dead, runc: world("runc", [container("job")]) }))
        expect([line, ran]).toEqual([
          line,
          expect.objectContaining({
            code: 1,
            out: "",
            err:
              'stasis: Cannot tell which container "job" is meant: runc: job; docker could not be asked: it gave no ' +
              "answer within 5 s; choose with --runtime runc or --runtime docker\n"
          })
        ])
      }
      const looked = yield* passing(
        5,
        stasis(["create", "job", "first", "--dry-run"], { docker: dead, runc: world("runc", [container("job")]) })
      )
      expect(looked.err).toContain("warning: docker could not be asked")
      const { err } = yield* passing(5, stasis(["rm", "web-", "first", "--format=json"], { ...machine, docker: dead }))
      expect(JSON.parse(err)).toMatchObject({
        _tag: "UnsureRuntime",
        matches: [{ runtime: "crun", id: "web-2" }],
        unasked: [{ runtime: "docker" }]
      })
      const recovered = yield* stasis(["recover", "job"], { docker: shut, runc: world("runc", [container("job")]) })
      expect(recovered).toMatchObject({ code: 0, err: `stasis: warning: ${shutSaid}\n` })
    }))

  it.effect("takes the beginning of a forgotten one for no more than that, wherever its checkpoints lie", () =>
    Effect.gen(function* () {
      // It looks into the container's own folder when it is given one, and into all folders when it is not.
      const elsewhere = (all: ReadonlyArray<Checkpoint>) =>
        standIn({
          containers: { list: Effect.succeed([]), find: (reference) => resolve(reference, []) },
          checkpoints: {
            list: (reference) =>
              reference === undefined || "web-forgotten".startsWith(reference)
                ? Effect.succeed(reference === undefined ? all : [])
                : Effect.fail(new Errors.ContainerNotFound({ container: reference })),
            get: (reference) => Effect.succeed({ ...checkpoint(reference, "runc"), created: "" })
          }
        })
      const lying = elsewhere([checkpoint("other", "x"), named("w", checkpoint("web-forgotten", "first"))])
      const live = { crun: world("crun", [container("web-2", { name: "web" })]) }
      const inspect = (reference: string, runc: Layer.Layer<World>) =>
        stasis(["inspect", reference, "first", "-q"], { runc, ...live })
      expect(yield* inspect("web", lying)).toMatchObject({ code: 0, out: "crun\n" })
      expect(yield* inspect("web", elsewhere([]))).toMatchObject({ code: 0, out: "crun\n" })
      expect(yield* inspect("web-forgotten", lying)).toMatchObject({ code: 0, out: "runc\n" })
      expect((yield* inspect("web-", lying)).err).toContain(
        "is meant: runc: web-forgotten (w), crun: web-2 (web); choose"
      )
    }))

  it.effect("refuses names and directories that no machine takes, and asks nobody", () =>
    Effect.gen(function* () {
      for (
        const [line, tag] of [
          ["create nosuch bad,name", "InvalidCheckpointName"],
          ["create nosuch ends.", "InvalidCheckpointName"],
          ["create nosuch first --parent-path ../x", "InvalidCheckpointName"],
          ["create nosuch first --checkpoint-dir x", "InvalidCheckpointDirectory"],
          ["inspect nosuch a/b", "InvalidCheckpointName"],
          ["restore nosuch a/b", "InvalidCheckpointName"],
          ["rm nosuch a/b ..", "InvalidCheckpointName"],
          ["rm nosuch --all --checkpoint-dir x", "InvalidCheckpointDirectory"],
          ["ls nosuch --checkpoint-dir x", "InvalidCheckpointDirectory"],
          ["recover --checkpoint-dir /a/../b", "InvalidCheckpointDirectory"]
        ] as const
      ) {
        const ran = yield* stasis([...line.split(" "), "--format=json"], { docker: dead, ...machine })
        expect([line, ran.code, ran.out, ran.opened]).toEqual([line, 2, "", []])
        expect(JSON.parse(ran.err)).toMatchObject({ _tag: tag })
      }
    }))

  it.effect("does not wait for ever for the one that is named either", () =>
    Effect.gen(function* () {
      for (const line of ["ps", "ls", "ls web", "create web first", "rm web first", "recover", "recover web"]) {
        const argv = [...line.split(" "), "--runtime", "containerd"]
        const ran = yield* passing(15, stasis(argv, { containerd: dead }))
        expect([line, ran.code, ran.out]).toEqual([line, 1, ""])
        expect(ran.err).toContain(
          'stasis: Cannot use "containerd": it gave no answer within 15 s; look whether it hangs'
        )
      }
    }))

  it.effect("says where else one may be that the only runtime asked does not know", () =>
    Effect.gen(function* () {
      for (
        const [line, hint] of [
          [
            "ls nope --runtime crun",
            "only crun was asked, as --runtime or STASIS_RUNTIME says; --root names another root of it"
          ],
          ["ls nope --host x", "only docker was asked, as --host says; --host names another daemon"]
        ] as const
      ) {
        const { err } = yield* stasis(line.split(" "), machine)
        expect(err).toBe(`stasis: No such container: nope\nhint: ${hint}\n`)
      }
      const { err } = yield* stasis(["ls", "nope"], { crun: world("crun", []) })
      expect(err).toContain("hint: only crun was asked, the only runtime that is here; --root")
    }))

  it.effect("refuses flags of two runtimes, and opens nothing", () =>
    Effect.gen(function* () {
      const ran = yield* stasis(["ls", "--host", "x", "--runtime", "runc"], machine)
      expect(ran).toMatchObject({ code: 2, out: "", opened: [] })
      expect(ran.err).toMatch(/^stasis: flags of two runtimes: --runtime runc and --host, leave one out\n/)
    }))
})

describe("ls", () => {
  const machine: Machine = {
    // Its container is called b.
    docker: world("docker", [], [named("b", checkpoint("0d", "one")), named("b", checkpoint("0d", "two"))]),
    runc: world("runc", [], [checkpoint("a", "three")]),
    // It knows what lies in a folder that both look into.
    crun: world("crun", [], [checkpoint("a", "three"), checkpoint("c", "four")])
  }

  it.effect("shows the checkpoints of all, each once, and whose they are", () =>
    Effect.gen(function* () {
      const ran = yield* stasis(["ls"], machine)
      expect(ran).toMatchObject({ code: 0, err: "" })
      const words = ran.out.split("\n").slice(1, -1).map((line) => line.split(/ {2,}/))
      expect(words.map(([of, name, , , , runtime]) => [of, name, runtime])).toEqual([
        ["a", "three", "runc"],
        ["b", "one", "docker"],
        ["b", "two", "docker"],
        ["c", "four", "crun"]
      ])
      const all = yield* json(Schema.Array(CheckpointSchema), (yield* stasis(["ls", "--format", "json"], machine)).out)
      expect(all.map(({ name }) => name)).toEqual(["three", "one", "two", "four"])
    }))

  it.effect("and ps say in JSON whose an entry is, where it may be of several", () =>
    Effect.gen(function* () {
      const Entry = Schema.Struct({ runtime: Schema.optional(Schema.String) })
      const runtimes = (line: string, worlds: Machine) =>
        Effect.gen(function* () {
          const { out } = yield* stasis([...line.split(" "), "--format=json"], worlds)
          return (yield* json(Schema.Array(Entry), out)).map(({ runtime }) => runtime)
        })
      expect(yield* runtimes("ls", machine)).toEqual(["runc", "docker", "docker", "crun"])
      const two: Machine = { docker: world("docker", [container("b")]), runc: world("runc", [container("a")]) }
      expect(yield* runtimes("ps", two)).toEqual(["runc", "docker"])
      // The other one's containers may be called the same.
      expect(yield* runtimes("ps", { ...two, docker: shut })).toEqual(["runc"])
      expect(yield* runtimes("ls", { ...machine, docker: shut })).toEqual(["runc", "crun"])
      for (const line of ["ls --runtime runc", "ps --runtime runc"]) {
        const { out } = yield* stasis([...line.split(" "), "--format=json"], machine)
        expect(out).not.toContain('"runtime"')
      }
    }))

  it.effect("shows what it can when one cannot be asked, and fails when none can", () =>
    Effect.gen(function* () {
      const ran = yield* stasis(["ls", "-q"], { ...machine, docker: shut })
      expect(ran).toMatchObject({ code: 0, out: "a three\nc four\n", err: `stasis: warning: ${shutSaid}\n` })
      const waited = yield* passing(5, stasis(["ls", "-q"], { ...machine, docker: dead }))
      expect(waited).toMatchObject({ code: 0, out: "a three\nc four\n" })
      expect(waited.err).toMatch(/^stasis: warning: docker could not be asked: .* 5 s\n$/)
      const none = yield* stasis(["ls"], { docker: shut, containerd: shut })
      expect(none).toMatchObject({ code: 1, out: "" })
      expect(none.err).toContain(`stasis: Cannot ask any runtime for its containers: ${shutSaid}`)
    }))

  it.effect("fails when one that was asked does, with what the others have", () =>
    Effect.gen(function* () {
      const broken = standIn({
        containers: { list: Effect.succeed([]) },
        checkpoints: { list: () => Effect.fail(new Errors.ContainerNotFound({ container: "x" })) }
      })
      const ran = yield* stasis(["ls", "-q"], { ...machine, docker: broken })
      expect(ran).toMatchObject({ code: 1, out: "a three\nc four\n" })
      expect(ran.err).toContain("stasis: No such container: x\n")
    }))
})

describe("other commands without a container", () => {
  it.effect("recover goes through all", () =>
    Effect.gen(function* () {
      const ran = yield* stasis(["recover"], { docker: world("docker", []), criu: world("criu", []), crun: shut })
      expect(ran.code).toBe(0)
      expect(ran.out.match(/of \w+\n/g)).toEqual(["of docker\n", "of criu\n"])
      expect(ran.err).toMatch(/^stasis: warning: crun could not be asked: .*\n$/)
    }))

  it.effect("ps tells whose containers they are, and one that two know once", () =>
    Effect.gen(function* () {
      const process = { pid: 7, startTime: 1 }
      const ran = yield* stasis(["ps"], {
        docker: world("docker", [container("web", { process })]),
        runc: world("runc", [container("abc"), container("under-web", { process })])
      })
      expect(ran.out.split("\n").slice(0, -1)).toEqual([
        "CONTAINER   RUNTIME   STATE     PID   IMAGE",
        "abc         runc      running   -     -",
        "web         docker    running   7     -"
      ])
    }))

  it.effect("check says of each whether it works; of a named one as ever", () =>
    Effect.gen(function* () {
      const machine: Machine = { docker: shut, runc: world("runc", []), crun: world("crun", [], [], "missing") }
      const ran = yield* stasis(["check"], machine)
      expect(ran).toMatchObject({ code: 0, err: "" })
      expect(ran.out).toMatch(/^docker\n.*\nmissing +docker +Cannot use .*permission denied/)
      expect(ran.out).toContain("\nCheckpoints work here with runc\n")
      expect(ran.out).not.toContain("Checkpoints work here with crun")
      const all = yield* stasis(["check", "--format", "json"], machine)
      expect((yield* json(Schema.Array(Capabilities), all.out)).map(({ runtime }) => runtime)).toEqual([
        "docker",
        "runc",
        "crun"
      ])
      const one = yield* stasis(["check", "--format", "json", "--runtime", "runc"], machine)
      expect((yield* json(Capabilities, one.out)).runtime).toBe("runc")
      const closed = yield* stasis(["check", "--format", "json", "--runtime", "docker"], machine)
      expect(closed.code).toBe(1)
      expect((yield* json(Capabilities, closed.out)).findings[0]?.verdict).toBe("missing")
    }))

  it.effect("check says no when none works, and does not wait for ever", () =>
    Effect.gen(function* () {
      const ran = yield* passing(20, stasis(["check"], { docker: dead, crun: world("crun", [], [], "missing") }))
      expect(ran.code).toBe(1)
      expect(ran.err).toBe(
        "stasis: no checkpoint can be made with docker here, missing: docker; " +
          "no checkpoint can be made with crun here, missing: criu\n"
      )
    }))

  it.effect("events takes Docker's own as well where they are to be had", () =>
    Effect.gen(function* () {
      const machine: Machine = { docker: world("docker", []), runc: world("runc", []) }
      expect(yield* stasis(["events", "-q"], machine)).toMatchObject({ out: "runc\n", opened: ["runc"] })
      expect(yield* stasis(["events", "-qf"], machine)).toMatchObject({ out: "docker\n", opened: ["docker"], err: "" })
      expect(yield* stasis(["events", "-qf"], { ...machine, docker: shut })).toMatchObject({
        code: 0,
        out: "runc\n",
        err: `stasis: warning: ${shutSaid}\n`
      })
      expect(yield* stasis(["events", "-q", "--runtime", "docker"], machine)).toMatchObject({ out: "docker\n" })
    }))
})
