/** What an inspection says of processes, held to what `/proc` said of them before the freeze. */
import { readdirSync, readFileSync, readlinkSync } from "node:fs"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Checkpoints } from "stasis"
import type { Inspection } from "../../src/domain/inspection/Inspection.ts"
import { Images } from "../../src/effects/Images.ts"
import { inspectImages } from "../../src/effects/inspectCheckpoint.ts"
import * as ImageFolders from "../../src/layers/shared/ImageFolders.ts"
import * as NodeDisk from "../../src/layers/shared/NodeDisk.ts"
import * as LabProcess from "../layers/criu/LabProcess.ts"
import * as LabContainer from "../layers/oci/LabContainer.ts"

const inspect = (path: string) =>
  Effect.gen(function* () {
    const folder = yield* (yield* Images).open(path)
    return yield* inspectImages({ folder, checkpoint: undefined })
  }).pipe(Effect.provide(Layer.provide(ImageFolders.layer, Layer.merge(NodeFileSystem.layer, NodeDisk.layer))))

/** What `/proc` says of a process; the paths are those that it sees itself. */
const asProcSays = (pid: number) => {
  const proc = (name: string) => readFileSync(`/proc/${pid}/${name}`, "utf8")
  const status = new Map(
    proc("status").split("\n").map((line) => {
      const [name = "", value = ""] = line.split(":\t")
      return [name, value.trim()] as const
    })
  )
  const numbers = (name: string) => (status.get(name) ?? "").split(/\s+/).filter((word) => word !== "").map(Number)
  return {
    commandLine: proc("cmdline").replace(/\0$/, "").split("\0"),
    executable: readlinkSync(`/proc/${pid}/exe`),
    workingDirectory: readlinkSync(`/proc/${pid}/cwd`),
    umask: status.get("Umask"),
    users: numbers("Uid"),
    groups: numbers("Gid"),
    others: numbers("Groups"),
    capabilities: capabilitiesIn(status.get("CapEff") ?? ""),
    threads: readdirSync(`/proc/${pid}/task`).length,
    descriptors: readdirSync(`/proc/${pid}/fd`).map(Number).sort((a, b) => a - b),
    paths: readdirSync(`/proc/${pid}/fd`).flatMap((descriptor) => {
      const path = readlinkSync(`/proc/${pid}/fd/${descriptor}`)
      return path.startsWith("/") ? [[Number(descriptor), path] as const] : []
    }),
    // CRIU takes the kernel's two pieces of vvar for one area.
    areas: proc("maps").trimEnd().split("\n").filter((line) => !line.endsWith("[vvar_vclock]")).length,
    cgroup: proc("cgroup").split("\n").find((line) => line.startsWith("0::"))?.slice(3),
    mountpoints: proc("mountinfo").trimEnd().split("\n").map((line) => line.split(" ")[4] ?? "").sort(),
    environment: proc("environ").split("\0").flatMap((text) => text === "" ? [] : [text.slice(0, text.indexOf("="))])
  }
}

const capabilitiesIn = (mask: string): number =>
  [...BigInt(`0x${mask}`).toString(2)].filter((bit) => bit === "1").length

/** The same of an inspection. */
const asImagesSay = ({ files, memory, mounts, processes = [] }: Inspection, pid: number) => {
  const process = processes.find((one) => one.pid === pid)
  const descriptors = files?.processes.find((one) => one.pid === pid)?.descriptors ?? []
  const { group, groups, user } = process?.credentials ?? {}
  return {
    commandLine: process?.commandLine,
    executable: process?.executable,
    workingDirectory: process?.workingDirectory,
    umask: process?.umask,
    users: [user?.real, user?.effective, user?.saved, user?.filesystem],
    groups: [group?.real, group?.effective, group?.saved, group?.filesystem],
    others: groups,
    capabilities: process?.credentials?.capabilities.effective.length,
    threads: process?.threads.length,
    descriptors: descriptors.map(({ descriptor }) => descriptor),
    paths: descriptors.flatMap(({ descriptor, file }) =>
      file.kind === "regular" ? [[descriptor, file.isRemoved ? `${file.path} (deleted)` : file.path] as const] : []
    ),
    areas: memory?.processes.find((one) => one.pid === pid)?.kinds.reduce((sum, { areas }) => sum + areas, 0),
    cgroup: process?.cgroup,
    mountpoints: mounts?.map(({ mountpoint }) => mountpoint).sort(),
    environment: process?.environment?.map(({ name }) => name)
  }
}

const setup = `
threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()
log = open('log', 'w'); log.write('one'); log.flush()
gone = open('gone', 'w'); gone.write('x'); gone.flush(); os.unlink('gone')
ends = os.pipe(); os.write(ends[1], b'seven b')
listener = socket.create_server(('127.0.0.1', 0))
os.umask(0o027)`

describe("a plain process", () => {
  it.scopedLive("is as /proc said", () =>
    Effect.gen(function* () {
      const tree = yield* LabProcess.make({ setup })
      yield* Effect.gen(function* () {
        const pid = yield* tree.pid
        const before = asProcSays(pid)
        const { checkpoint } = yield* Checkpoints.create(tree.id, "first", { leaveRunning: true })
        const inspection = yield* inspect(checkpoint.path)
        expect(inspection.problems).toEqual([])
        // It is in the machine's own mount namespace and cgroups, which are not dumped.
        expect(asImagesSay(inspection, pid)).toEqual({ ...before, mountpoints: [], cgroup: undefined })
        const held = inspection.files?.processes.find((one) => one.pid === pid)?.descriptors.map(({ file }) => file)
        expect(held).toContainEqual(expect.objectContaining({ kind: "pipe", access: "read", buffered: 7 }))
        expect(held).toContainEqual(expect.objectContaining({ kind: "inet", protocol: "tcp", state: "listening" }))
        expect(held).toContainEqual(expect.objectContaining({ path: `${tree.folder}/log`, position: 3, size: 3 }))
      }).pipe(Effect.provide(tree.layer))
    }))
})

describe("a container", () => {
  it.scopedLive("is as /proc said", () =>
    Effect.gen(function* () {
      const container = yield* LabContainer.make({ runtime: "runc" })
      yield* Effect.gen(function* () {
        const before = asProcSays(yield* container.pid)
        const { checkpoint } = yield* Checkpoints.create(container.id, "first", { leaveRunning: true })
        const inspection = yield* inspect(checkpoint.path)
        expect(inspection.problems).toEqual([])
        expect(asImagesSay(inspection, 1)).toEqual(before)
      }).pipe(Effect.provide(LabContainer.layerOf(container)))
    }))
})
