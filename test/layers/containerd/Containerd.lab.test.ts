// Containers that `ctr` started, on a real containerd: checkpointed past its content store, and restored as tasks that containerd
// goes on owning.
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs"
import { dirname } from "node:path"
import nodeProcess from "node:process"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Checkpoints from "../../../src/effects/Checkpoints.ts"
import { ContainerStore } from "../../../src/effects/ContainerStore.ts"
import { noLease } from "../../../src/effects/Disk.ts"
import { Runtime } from "../../../src/effects/Runtime.ts"
import * as Containerd from "../../../src/layers/containerd/Containerd.ts"
import { table } from "./kinds.ts"
import * as LabContainer from "../oci/LabContainer.ts"
import * as LabContainerd from "./LabContainerd.ts"

const get = (id: string) => Effect.flatMap(ContainerStore, (store) => store.get(id))

/** A test on a container, with its services. */
const check = (
  name: string,
  recipe: LabContainerd.Recipe,
  test: (
    container: LabContainerd.LabContainer
  ) => Effect.Effect<unknown, unknown, Checkpoints.Checkpoints | ContainerStore | Runtime>
) =>
  it.scopedLive(name, () =>
    Effect.gen(function* () {
      const container = yield* LabContainerd.make(recipe)
      yield* Effect.provide(test(container), LabContainerd.layerOf(container))
    }))

describe("create and restore", () => {
  check(
    "leaves nothing in containerd: neither content, nor a lease, nor a byte of its folders",
    {},
    (container) =>
      Effect.gen(function* () {
        const { folder } = container.containerd
        // CRIU looks at the root file system from a folder in its `/tmp`, which is then there in the upper layer, and empty.
        const kept = () =>
          readdirSync(`${folder}/root`, { recursive: true, encoding: "utf8" })
            .filter((path) => !path.endsWith("/fs/tmp"))
            .sort()
        yield* container.counted(5)
        // containerd sweeps what the import has left, whenever it likes: what counts is that nothing is added.
        const added = (now: ReadonlyArray<string>, then: ReadonlyArray<string>) =>
          now.filter((one) => !then.includes(one))
        const content = Effect.map(container.ctr("content", "ls", "--quiet"), (text) => text.trim().split("\n"))
        const contentBefore = yield* content
        const before = kept()
        const { checkpoint, state, warnings } = yield* Checkpoints.create(container.id, "first", { leaveRunning: true })
        expect([state, warnings]).toEqual(["running", []])
        expect(checkpoint.directory).toBe(`${folder}/stasis/containerd/default/${container.id}/checkpoints`)
        expect(readdirSync(checkpoint.path)).toEqual(
          expect.arrayContaining(["config.json", "inventory.img", "spec.json", "stats-dump", "streams.json"])
        )
        expect(checkpoint.record?.runtime?.name).toBe("containerd")
        expect(yield* Checkpoints.verify({ container: container.id, name: "first" })).toMatchObject({ problems: [] })
        expect(checkpoint.record?.files?.map(({ path }) => path).join()).toContain("/bin/busybox")
        expect(added(yield* content, contentBefore)).toEqual([])
        expect(yield* container.ctr("leases", "ls", "--quiet")).toBe("")
        yield* Checkpoints.remove(container.id, "first")
        expect(added(kept(), before)).toEqual([])
        expect(existsSync(checkpoint.path)).toBe(false)
      })
  )

  check("stops and restores five times in a row, in a namespace of its own, as a task of containerd", {
    namespace: "other-one",
    labels: { team: "blue" }
  }, (container) =>
    Effect.gen(function* () {
      let before = yield* container.counted(5)
      for (const name of ["one", "two", "three", "four", "five"]) {
        const created = yield* Checkpoints.create(container.id, name)
        expect([created.state, created.warnings]).toEqual(["stopped", []])
        expect(yield* container.ctr("task", "ls", "--quiet")).toBe("")
        const restored = yield* Checkpoints.restore(container.id, name)
        expect(restored).toMatchObject({ state: "running", pid: yield* container.pid, warnings: [] })
        before = yield* container.counted(before + 1)
      }
      expect(yield* get(container.id)).toMatchObject({ state: "running", labels: { team: "blue" } })
      expect(yield* container.ctr("task", "exec", "--exec-id", "x", container.id, "/bin/cat", "/run/count")).toMatch(
        /\d+/
      )
      yield* container.ctr("task", "pause", container.id)
      expect((yield* get(container.id)).state).toBe("paused")
      yield* container.ctr("task", "resume", container.id)
      yield* container.counted(before + 20)
      const elsewhere = Containerd.layer({ ...container.config, namespace: "default" })
      expect(yield* Effect.provide(Effect.flatMap(ContainerStore, (store) => store.list), elsewhere)).toEqual([])
      yield* table.expectRow("plain", "nothing", "it goes on, as a task of containerd")
    }))

  check(
    "keeps a paused container paused for containerd as well, which can be checkpointed again",
    {},
    (container) =>
      Effect.gen(function* () {
        yield* container.counted(5)
        yield* container.ctr("task", "pause", container.id)
        yield* Checkpoints.create(container.id, "first")
        yield* Checkpoints.restore(container.id, "first")
        expect(yield* container.ctr("task", "ls")).toMatch(new RegExp(`^${container.id} +\\d+ +PAUSED`, "m"))
        const frozen = yield* container.count
        yield* Checkpoints.create(container.id, "second", { leaveRunning: true })
        expect(yield* container.count).toBe(frozen)
        yield* container.ctr("task", "resume", container.id)
        yield* container.counted(frozen + 5)
        // Nothing is left of the cgroup that kept it frozen.
        const group = readFileSync(`/proc/${yield* container.pid}/cgroup`, "utf8").trim().split("::")[1]
        expect(group).toMatch(new RegExp(`/default/${container.id}$`))
        expect(readdirSync(`/sys/fs/cgroup${group}`)).not.toContain("stasis-frozen")
        yield* table.expectRow(
          "paused",
          "nothing",
          "it stays paused, for containerd as well, and does not run in between"
        )
      })
  )

  check(
    "restores a container whose root file system is a folder, and no snapshot",
    { folder: true },
    (container) =>
      Effect.gen(function* () {
        const before = yield* container.counted(5)
        yield* Checkpoints.create(container.id, "first")
        yield* Checkpoints.restore(container.id, "first")
        yield* container.counted(before + 1)
        yield* table.expectRow("folder", "nothing", "it goes on, as a task of containerd")
      })
  )

  it.scopedLive("goes on when containerd itself was started again in between", () =>
    Effect.gen(function* () {
      const containerd = yield* LabContainerd.daemon
      const container = yield* LabContainerd.make({}, containerd)
      yield* Effect.gen(function* () {
        const before = yield* container.counted(5)
        yield* Checkpoints.create(container.id, "first", { leaveRunning: true })
        yield* containerd.restart
        yield* Checkpoints.restore(container.id, "first", { replace: true })
        yield* container.counted(before + 1)
      }).pipe(Effect.provide(LabContainerd.layerOf(container)))
    }))
})

check(
  "a restore that comes upon a task which somebody has started fails, and the task goes on",
  {},
  (container) =>
    Effect.gen(function* () {
      const before = yield* container.counted(5)
      const { checkpoint } = yield* Checkpoints.create(container.id, "first", { leaveRunning: true })
      const runtime = yield* Runtime
      const workPath = `${container.containerd.folder}/work`
      mkdirSync(workPath, { mode: 0o700 })
      const beside = runtime.restore(yield* get(container.id), {
        checkpoint,
        workPath,
        after: "running",
        options: {},
        lease: noLease,
        report: () => Effect.void
      })
      const failed = yield* Effect.either(beside)
      expect(Either.isLeft(failed) && failed.left).toMatchObject({ _tag: "RuntimeFailed", reason: "Busy" })
      yield* container.counted(before + 20)
    })
)

describe("streams", () => {
  const talker = [
    "/bin/sh",
    "-c",
    "i=0; while true; do i=$((i+1)); echo line $i; echo $i > /run/next; mv /run/next /run/count; usleep 10000; done"
  ]

  it.scopedLive("what a container writes to a log goes on there after the restore", () =>
    Effect.gen(function* () {
      const log = `${yield* LabContainerd.temporaryFolder}/log`
      const container = yield* LabContainerd.make({ args: talker, fifos: true, flags: ["--log-uri", `file://${log}`] })
      yield* Effect.gen(function* () {
        yield* container.counted(5)
        yield* Checkpoints.create(container.id, "first")
        const written = readFileSync(log, "utf8").split("\n").length
        yield* Checkpoints.restore(container.id, "first")
        yield* LabContainer.poll(
          Effect.sync(() => readFileSync(log, "utf8").split("\n").length),
          (lines) => lines > written + 5
        )
        yield* table.expectRow("log", "nothing", "it goes on, and writes to the same log")
      }).pipe(Effect.provide(LabContainerd.layerOf(container)))
    }))

  const loud = [
    "/bin/sh",
    "-c",
    `a=${
      "x".repeat(1000)
    }; i=0; while true; do i=$((i+1)); echo $a; echo $i > /run/next; mv /run/next /run/count; usleep 10000; done`
  ]

  check(
    "fifos that are gone leave a container that never waits for a reader",
    { args: loud, fifos: true },
    (container) =>
      Effect.gen(function* () {
        const before = yield* container.counted(5)
        const { checkpoint } = yield* Checkpoints.create(container.id, "first")
        const { stdin, stdout }: { readonly stdin: string; readonly stdout: string } = JSON.parse(
          readFileSync(`${checkpoint.path}/streams.json`, "utf8")
        )
        expect(stdout).toMatch(/\/fifo\//)
        rmSync(dirname(stdin), { recursive: true })
        yield* Checkpoints.restore(container.id, "first")
        // More than a pipe and the shim's buffers hold.
        yield* container.counted(before + 200)
        yield* Checkpoints.create(container.id, "second")
        yield* Checkpoints.restore(container.id, "second")
        yield* container.counted(before + 300)
        yield* table.expectRow("unread", "nothing", "it goes on, and its output goes to `/dev/null` from then on")
      })
  )

  check(
    "fifos that nobody reads any more leave it going as well",
    { args: loud, fifos: true },
    (container) =>
      Effect.gen(function* () {
        const before = yield* container.counted(5)
        yield* Checkpoints.create(container.id, "first")
        yield* Checkpoints.restore(container.id, "first")
        yield* container.counted(before + 200)
      })
  )

  check("a terminal is refused before anything is frozen", { terminal: true }, (container) =>
    Effect.gen(function* () {
      const before = yield* container.counted(5)
      expect(yield* Effect.flip(Checkpoints.create(container.id, "first"))).toMatchObject({
        _tag: "RuntimeFailed",
        reason: "ConsoleMissing"
      })
      expect(yield* Checkpoints.names(container.id)).toEqual([])
      yield* container.counted(before + 5)
      yield* table.expectRow(
        "terminal",
        "refused: `ConsoleMissing`",
        "containerd's shim is handed no terminal at a restore"
      )
    }))
})

describe("what a container is connected to", () => {
  const connected = LabContainerd.python(`
s = socket.create_server(('127.0.0.1', 7000))
c = socket.create_connection(('127.0.0.1', 7000))
a, _ = s.accept()`)

  it.scopedLive("a connection lives on in a network namespace of the machine, whose lock goes with the restore", () =>
    Effect.gen(function* () {
      const network = yield* LabContainerd.networkNamespace
      const flags = ["--with-ns", `network:${network.path}`]
      const container = yield* LabContainerd.make({ args: connected, programs: true, flags })
      yield* Effect.gen(function* () {
        const runtime = yield* Runtime
        const before = yield* container.counted(5)
        expect(yield* Effect.flip(Checkpoints.create(container.id, "no"))).toMatchObject({
          _tag: "RuntimeFailed",
          reason: "EstablishedTcp"
        })
        const { checkpoint, warnings } = yield* Checkpoints.create(container.id, "first", { tcpEstablished: true })
        expect(warnings.join()).toContain(`"${network.path}" drops all packets until the restore`)
        expect(yield* runtime.lockedNetwork(yield* get(container.id), checkpoint)).toMatchObject({
          value: network.path
        })
        yield* Checkpoints.restore(container.id, "first")
        yield* container.counted(before + 3)
        expect(yield* runtime.lockedNetwork(yield* get(container.id))).toMatchObject({ _tag: "None" })
        yield* Checkpoints.create(container.id, "second", { tcpEstablished: true })
        yield* network.remove
        expect(yield* Effect.flip(Checkpoints.restore(container.id, "second"))).toMatchObject({
          _tag: "RuntimeFailed",
          reason: "NamespaceMissing"
        })
        expect(yield* container.ctr("task", "ls", "--quiet")).toBe("")
        yield* table.expectRow("connection", "`tcpEstablished`", "it goes on over the same connection")
      }).pipe(Effect.provide(LabContainerd.layerOf(container)))
    }))

  const locking = LabContainerd.python(`
held = open('/run/lock', 'w')
fcntl.flock(held, fcntl.LOCK_EX)`)

  check("a lock on a file", { args: locking, programs: true }, (container) =>
    Effect.gen(function* () {
      const before = yield* container.counted(5)
      expect(yield* Effect.flip(Checkpoints.create(container.id, "no"))).toMatchObject({ reason: "FileLock" })
      yield* Checkpoints.create(container.id, "first", { fileLocks: true })
      yield* Checkpoints.restore(container.id, "first")
      yield* container.counted(before + 1)
      yield* table.expectRow("lock", "`fileLocks`", "it has its locks again")
    }))

  it.scopedLive("a file of the machine that it holds open and that has changed is refused before anything is touched", () =>
    Effect.gen(function* () {
      const folder = yield* LabContainerd.temporaryFolder
      const args = LabContainerd.python("held = open('/data/file', 'w'); held.write('x'); held.flush()")
      const flags = ["--mount", `type=bind,src=${folder},dst=/data,options=rbind:rw`]
      const container = yield* LabContainerd.make({ args, programs: true, flags })
      yield* Effect.gen(function* () {
        const before = yield* container.counted(5)
        // Whole seconds: a time with a fraction cannot be set again exactly.
        const whole = 1_000_000_000
        utimesSync(`${folder}/file`, whole, whole)
        yield* Checkpoints.create(container.id, "first")
        writeFileSync(`${folder}/file`, "another")
        expect(yield* Effect.flip(Checkpoints.restore(container.id, "first"))).toMatchObject({ reason: "FileChanged" })
        expect(yield* container.ctr("task", "ls", "--quiet")).toBe("")
        writeFileSync(`${folder}/file`, "x")
        utimesSync(`${folder}/file`, whole, whole)
        yield* Checkpoints.restore(container.id, "first")
        yield* container.counted(before + 1)
        const then = "it goes on; where a file that it holds open has changed, the restore is refused"
        yield* table.expectRow("bind", "nothing", then)
      }).pipe(Effect.provide(LabContainerd.layerOf(container)))
    }))

  const own = [
    "/bin/sh",
    "-c",
    "exec 3>/own; i=0; while true; do i=$((i+1)); echo $i >&3; echo $i > /run/next; mv /run/next /run/count; usleep 10000; done"
  ]

  check(
    "a file of its root file system is found while nothing is mounted",
    { args: own },
    (container) =>
      Effect.gen(function* () {
        const before = yield* container.counted(5)
        const { checkpoint } = yield* Checkpoints.create(container.id, "first")
        expect(checkpoint.record?.files?.map(({ path }) => path).join()).toContain("/rootfs/own")
        yield* Checkpoints.restore(container.id, "first")
        yield* container.counted(before + 3)
        yield* Checkpoints.create(container.id, "second", { leaveRunning: true })
        yield* container.counted(before + 20)
        expect(yield* Effect.flip(Checkpoints.restore(container.id, "second", { replace: true }))).toMatchObject({
          reason: "FileChanged"
        })
        expect((yield* get(container.id)).state).toBe("running")
        const then = "it goes on; where such a file has changed, the restore is refused"
        yield* table.expectRow("own", "nothing", then)
      })
  )
})

describe("what containerd would start again", () => {
  const label = "containerd.io/restart.status"

  check(
    "is refused before anything is frozen, left running or not",
    { labels: { [label]: "running" } },
    (container) =>
      Effect.gen(function* () {
        const before = yield* container.counted(2)
        expect(yield* Effect.flip(Checkpoints.create(container.id, "first"))).toMatchObject({
          _tag: "RuntimeFailed",
          reason: "Unsupported",
          hint: expect.stringContaining(label)
        })
        expect(yield* Effect.flip(Checkpoints.create(container.id, "first", { leaveRunning: true }))).toMatchObject({
          reason: "Unsupported"
        })
        expect(yield* Checkpoints.names(container.id)).toEqual([])
        yield* table.expectRow("restarted", "refused: `Unsupported`", "take the label away first")
        yield* container.counted(before + 3)
        yield* container.ctr("container", "label", container.id, `${label}=`)
        expect((yield* Checkpoints.create(container.id, "second")).state).toBe("stopped")
      })
  )
})

describe("what is missing", () => {
  it.scopedLive("no socket, and no right to it", () =>
    Effect.gen(function* () {
      const list = Effect.flatMap(ContainerStore, (store) => store.list)
      const nowhere = Containerd.layer({ socket: "/no/such.sock" })
      expect(yield* Effect.flip(Effect.provide(list, nowhere))).toMatchObject({
        _tag: "RuntimeUnavailable",
        program: "/no/such.sock",
        detail: "there is no such socket",
        remedy: expect.stringContaining("start containerd")
      })
      const container = yield* LabContainerd.make()
      const folders = [container.containerd.folder, `${container.containerd.folder}/run`]
      for (const folder of folders) chmodSync(folder, 0o755)
      const groups = nodeProcess.getgroups?.() ?? []
      const asNobody = Effect.acquireUseRelease(
        Effect.sync(() => {
          nodeProcess.setgroups?.([65_534])
          nodeProcess.setegid?.(65_534)
          nodeProcess.seteuid?.(65_534)
        }),
        () => Effect.either(Effect.provide(list, LabContainerd.layerOf(container))),
        () =>
          Effect.sync(() => {
            nodeProcess.seteuid?.(0)
            nodeProcess.setegid?.(0)
            nodeProcess.setgroups?.(groups)
          })
      )
      expect(Either.getLeft(yield* asNobody)).toMatchObject({
        value: {
          _tag: "RuntimeUnavailable",
          detail: "the right to write to this socket is missing",
          remedy: expect.stringContaining("run it as root")
        }
      })
    }))

  check(
    "options that containerd cannot hand on are refused before anything is touched",
    {},
    (container) =>
      Effect.gen(function* () {
        const { unsupported } = yield* Effect.flatMap(Runtime, (runtime) => runtime.capabilities)
        for (
          const options of [
            { tcpClose: true },
            { ghostLimit: 1 },
            { preDump: true },
            { linkRemap: true },
            { manageCgroupsMode: "soft" as const },
            { emptyNamespaces: ["network"] }
          ]
        ) {
          const [option = ""] = Object.keys(options)
          expect(yield* Effect.flip(Checkpoints.create(container.id, "no", options))).toMatchObject({
            _tag: "OptionUnsupported",
            option
          })
          expect(unsupported[option]).toBeDefined()
        }
        expect(yield* Checkpoints.names(container.id)).toEqual([])
      })
  )

  check(
    "a container that containerd has forgotten cannot be restored, and says so",
    {},
    (container) =>
      Effect.gen(function* () {
        yield* container.counted(2)
        yield* Checkpoints.create(container.id, "first")
        yield* container.ctr("container", "delete", container.id)
        expect(yield* Effect.flip(Checkpoints.restore(container.id, "first"))).toMatchObject({
          _tag: "RuntimeFailed",
          reason: "ContainerGone"
        })
      })
  )
})
