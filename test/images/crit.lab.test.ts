// Every image of real dumps of many kinds of process is read as CRIU's own `crit` reads it, entry by entry and field by field; none
// is unknown, and no entry has a field that is. What is known beforehand of the images in the repository is in
// `test/domain/image/golden.test.ts`.
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Checkpoints } from "stasis"
import * as LabContainer from "../layers/oci/LabContainer.ts"
import * as Comparison from "./Comparison.ts"
import * as Dump from "./Dump.ts"
import * as Oracle from "./Oracle.ts"
import { recipes } from "./recipes.ts"

/** What has to be in the dumps of any machine with a lab. What they also have hangs on the kernel, such as tables of a firewall. */
const wanted = [
  ..."cgroup core cpuinfo fdinfo fifo_data file_locks files fs ghost_file ids inventory ipc_var ipcns_msg ipcns_sem"
    .split(" "),
  ..."ipcns_shm memfd_inode mm mnts netdev netns pagemap pages pipes_data pstree remap_fpath seccomp sk_queues".split(
    " "
  ),
  ..."stats tcp_stream timens tmpfs_dev tty_data tty_info userns utsns ifaddr route".split(" "),
  ..."EVENTFD EVENTPOLL FANOTIFY FIFO INETSK INOTIFY MEMFD NETLINKSK NS PACKETSK PIDFD PIPE REG SIGNALFD TIMERFD TTY UNIXSK"
    .split(" ").map((type) => `files/${type}`)
]

/** The kinds that were in the dumps, and those that the command was asked about. */
const seen = new Set<string>()
const asked = new Set<string>()

const compare = (folder: string) =>
  Effect.gen(function* () {
    const { examples, faults, kinds } = yield* Comparison.make(folder)
    expect(faults).toEqual([])
    expect(kinds).toContain("core")
    for (const kind of kinds) seen.add(kind)
    yield* Oracle.agrees([...examples].flatMap(([magic, file]) => asked.has(magic) ? [] : [file]))
    for (const magic of examples.keys()) asked.add(magic)
  })

describe("every image is read as crit reads it", () => {
  it.scopedLive.each(Object.entries(recipes))("%s", ([, recipe]) =>
    Effect.gen(function* () {
      const subject = yield* Dump.start(recipe)
      yield* compare(yield* subject.dump("images"))
    }))

  // With namespaces of mounts, processes and control groups besides; runc and crun differ in what they ask of CRIU.
  it.scopedLive.each(
    [
      ["runc", "runc", {}],
      ["crun", "crun", {}],
      ["runc, with a namespace of users", "runc", { mappedTo: 100_000 }]
    ] as const
  )("a container of %s", ([, runtime, more]) =>
    Effect.gen(function* () {
      const container = yield* LabContainer.make({ runtime, ...more })
      yield* container.counted(1)
      const { checkpoint } = yield* Checkpoints.create(container.id, "whole", { leaveRunning: true }).pipe(
        Effect.provide(LabContainer.layerOf(container))
      )
      yield* compare(checkpoint.path)
    }))

  it("kinds of image and of file, each compared at least once", () => {
    expect([...seen].sort()).toEqual(expect.arrayContaining(wanted))
  })
})
