import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { Inspection } from "../../src/domain/inspection/Inspection.ts"
import type { OpenFile } from "../../src/domain/inspection/Files.ts"
import { Images } from "../../src/effects/Images.ts"
import { inspectImages, type InspectOptions } from "../../src/effects/inspectCheckpoint.ts"
import * as ImageFolders from "../../src/layers/shared/ImageFolders.ts"
import * as NodeDisk from "../../src/layers/shared/NodeDisk.ts"

const golden = new URL("../golden/web-1", import.meta.url).pathname

const inspect = (options?: InspectOptions) =>
  Effect.gen(function* () {
    const folder = yield* (yield* Images).open(golden)
    return yield* inspectImages({ folder, checkpoint: undefined }, options)
  }).pipe(Effect.provide(Layer.provide(ImageFolders.layer, Layer.merge(NodeFileSystem.layer, NodeDisk.layer))))

/** What a descriptor of a process refers to. */
const fileOf = ({ files }: Inspection, pid: number, descriptor: number): OpenFile | undefined =>
  files?.processes.find((one) => one.pid === pid)?.descriptors.find((one) => one.descriptor === descriptor)?.file

// What there is to find is written down in test/golden/README.md and at the head of web.c.
describe("a golden checkpoint", () => {
  it.effect("has an overview", () =>
    Effect.gen(function* () {
      const { overview, problems } = yield* inspect({ sections: [] })
      expect(problems).toEqual([])
      expect(overview).toMatchObject({
        imageVersion: 2,
        machine: "X86_64",
        securityModule: "none",
        root: { pid: 1, name: "web" },
        processes: 7,
        threads: 8,
        descriptors: 64,
        files: 48,
        sockets: 13,
        // As much as the files of pages hold, and no page is counted twice.
        memory: { dumped: 327_680, parent: 0, lazy: 0, missing: 0 },
        frozenMicros: 93_658
      })
    }))

  it.effect("has processes with their command lines, states, threads, credentials, signals and timers", () =>
    Effect.gen(function* () {
      const { processes = [] } = yield* inspect({ sections: ["processes"] })
      expect(processes.map(({ commandLine, pid, state }) => [pid, state, commandLine?.join(" ")])).toEqual([
        [1, "running", "web master"],
        [6, "running", "web worker 1"],
        [7, "running", "web worker 2"],
        [8, "running", "web logger"],
        [9, "running", "web client"],
        [10, "stopped", "web debugger"],
        [11, "zombie", undefined]
      ])
      const [master, worker, second, logger, , stopped, zombie] = processes
      expect(worker?.threads.map(({ name, tid }) => [tid, name])).toEqual([[6, "web"], [12, "accept"], [13, "collect"]])
      expect(master).toMatchObject({
        executable: "/bin/web",
        ignored: ["SIGALRM"],
        timers: [{ name: "real", intervalMicros: 600_000_000 }],
        credentials: {
          user: { real: 0, effective: 0, saved: 0, filesystem: 0 },
          groups: [33, 1000],
          capabilities: { effective: ["CAP_KILL", "CAP_NET_BIND_SERVICE", "CAP_NET_ADMIN", "CAP_NET_RAW"] }
        }
      })
      expect(master?.limits.find(({ name }) => name === "nofile")).toEqual({ name: "nofile", soft: 256, hard: 512 })
      expect(second).toMatchObject({
        pending: ["SIGRTMIN+4", "SIGRTMIN+4"],
        threads: [{ seccomp: "filter", pending: ["SIGUSR2"] }],
        credentials: { noNewPrivileges: true }
      })
      expect(logger).toMatchObject({
        workingDirectory: "/var/log",
        umask: "0027",
        threads: [{ scheduling: { policy: "other", nice: 5 } }]
      })
      expect(stopped).toMatchObject({ stoppedBy: "SIGSTOP", session: 10, group: 10 })
      expect(zombie).toMatchObject({ exitCode: 3, threads: [] })
    }))

  it.effect("shows the names of environments, and their values only when asked for", () =>
    Effect.gen(function* () {
      const hidden = yield* inspect()
      expect(hidden.processes?.[0]?.environment).toEqual([{ name: "PATH" }, { name: "HOME" }, { name: "TOKEN" }])
      expect(JSON.stringify(hidden)).not.toContain("golden-secret")
      const shown = yield* inspect({ sections: ["processes"], environment: true })
      expect(shown.processes?.[0]?.environment).toContainEqual({ name: "TOKEN", value: "golden-secret" })
    }))

  it.effect("has open files of every kind", () =>
    Effect.gen(function* () {
      const inspection = yield* inspect({ sections: ["files"] })
      expect(fileOf(inspection, 1, 3)).toMatchObject({ kind: "unix", state: "listening", name: "/run/web.sock" })
      expect(fileOf(inspection, 1, 4)).toMatchObject({ kind: "unix", type: "seqpacket", receiveQueue: 7 })
      expect(fileOf(inspection, 1, 12)).toMatchObject({
        kind: "pipe",
        access: "read",
        peers: [{ pid: 1, descriptor: 13 }, { pid: 6, descriptor: 13 }, { pid: 7, descriptor: 13 }]
      })
      expect(fileOf(inspection, 1, 15)).toMatchObject({ kind: "memfd", name: "scores", size: 16_384 })
      expect(fileOf(inspection, 6, 3)).toMatchObject({
        kind: "inet",
        protocol: "tcp",
        state: "established",
        local: { address: "127.0.0.1", port: 8080 },
        remote: { address: "127.0.0.1" },
        receiveQueue: 29,
        sendQueue: 0
      })
      expect(fileOf(inspection, 6, 5)).toMatchObject({
        kind: "epoll",
        targets: [{ descriptor: 7, events: ["in", "error", "hang-up", "edge-triggered"] }, { descriptor: 3 }]
      })
      expect(fileOf(inspection, 6, 6)).toMatchObject({
        kind: "inotify",
        watches: [{ watch: 1, path: "/etc/web.conf", events: ["modify", "delete-self"] }]
      })
      expect(fileOf(inspection, 6, 7)).toMatchObject({ kind: "eventfd", count: "5" })
      expect(fileOf(inspection, 6, 8)).toMatchObject({
        kind: "timerfd",
        clock: "monotonic",
        intervalMicros: 60_000_000
      })
      expect(fileOf(inspection, 7, 3)).toMatchObject({ family: "inet6", local: { address: "::1", port: 8080 } })
      expect(fileOf(inspection, 7, 5)).toMatchObject({ kind: "signalfd", signals: ["SIGUSR2", "SIGRTMIN+4"] })
      expect(fileOf(inspection, 8, 3)).toMatchObject({ path: "/var/log/web.log", access: "write", flags: ["append"] })
      expect(fileOf(inspection, 8, 6)).toMatchObject({ path: "/tmp/upload", size: 12_299, isRemoved: true })
      expect(fileOf(inspection, 8, 7)).toMatchObject({ kind: "fifo", path: "/run/control", buffered: 7, peers: [] })
      expect(fileOf(inspection, 9, 6)).toMatchObject({ protocol: "udp", remote: { address: "127.0.0.1", port: 9 } })
      expect(fileOf(inspection, 9, 7)).toMatchObject({ kind: "netlink", protocol: "route" })
      expect(fileOf(inspection, 9, 8)).toMatchObject({ kind: "packet", protocol: "0x88b5" })
      expect(fileOf(inspection, 10, 5)).toMatchObject({ kind: "terminal", path: "/dev/pts/0", rows: 24, columns: 80 })
      expect(inspection.files?.locks).toEqual([
        { pid: 8, descriptor: 5, path: "/run/web.pid", type: "flock", access: "write", start: 0 }
      ])
      expect(inspection.files?.removed).toEqual([{ id: 31, path: "/tmp/upload", how: "ghost", size: 12_299 }])
    }))

  it.effect("has memory by kind, mounts, namespaces, cgroups, figures and image files", () =>
    Effect.gen(function* () {
      const { cgroups, images, memory, mounts, namespaces, statistics } = yield* inspect()
      expect(
        memory?.processes.find(({ pid }) => pid === 6)?.kinds.map(({ dumped, kind, size }) => [kind, size, dumped])
      )
        .toEqual([
          ["heap", 32_768, 12_288],
          ["stack", 135_168, 12_288],
          ["anonymous", 1_138_688, 61_440],
          ["file", 69_632, 12_288],
          ["vdso", 32_768, 8192],
          ["other", 4096, 0]
        ])
      expect(memory?.shared.map(({ dumped, processes }) => [processes, dumped])).toEqual([
        [[1], 4096],
        [[1, 7], 8192],
        [[1], 8192]
      ])
      expect(mounts?.map(({ mountpoint, type }) => [mountpoint, type])).toEqual([
        ["/", "tmpfs"],
        ["/dev", "tmpfs"],
        ["/dev/pts", "devpts"],
        ["/proc", "proc"],
        ["/run", "tmpfs"],
        ["/tmp", "tmpfs"]
      ])
      expect(mounts?.[2]?.flags).toEqual(["no-set-uid", "no-execute", "relative-access-time"])
      expect(namespaces?.filter(({ isOutside }) => isOutside).map(({ type }) => type)).toEqual(["user", "time"])
      expect(namespaces?.find(({ type }) => type === "uts")).toMatchObject({ hostname: "web" })
      expect(namespaces?.find(({ type }) => type === "ipc")?.ipc).toEqual({
        sharedMemory: { segments: 1, bytes: 8192 },
        messages: { queues: 1, messages: 1 },
        semaphores: { sets: 1, semaphores: 3 }
      })
      expect(cgroups?.sets.find(({ processes }) => processes.includes(1))?.members[0]).toEqual({
        hierarchy: "",
        path: "/web"
      })
      expect(statistics).toMatchObject({ pagesWritten: 75, sharedPagesWritten: 5 })
      expect(images?.[0]).toEqual({ file: "pages-4.img", bytes: 106_496, kind: "pages" })
      expect(images?.find(({ file }) => file === "config.json")).toEqual({ file: "config.json", bytes: 958 })
    }))

  it.effect("has what was asked for and no more, all of which is of the schema", () =>
    Effect.gen(function* () {
      const some = yield* inspect({ sections: ["mounts", "statistics"] })
      expect(Object.keys(some)).toEqual(["overview", "mounts", "statistics", "problems"])
      const all = yield* inspect()
      const text = Schema.encodeSync(Schema.parseJson(Inspection))(all)
      expect(Schema.decodeUnknownSync(Schema.parseJson(Inspection), { onExcessProperty: "error" })(text)).toEqual(all)
    }))
})
