// What a restore promises: the state comes back, what would make it fail is found before anything is killed or started,
// and a rollback that fails returns the container to where it was.
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync
} from "node:fs"
import { describe, expect, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { CreateError } from "../../../src/effects/createCheckpoint.ts"
import type { RestoreError } from "../../../src/effects/restoreCheckpoint.ts"
import * as Checkpoints from "../../../src/effects/Checkpoints.ts"
import { ContainerStore } from "../../../src/effects/ContainerStore.ts"
import { noLease } from "../../../src/effects/Disk.ts"
import { Runtime } from "../../../src/effects/Runtime.ts"
import * as CriuLog from "../../../src/layers/shared/CriuLog.ts"
import * as Oci from "../../../src/layers/oci/Oci.ts"
import * as LabContainer from "./LabContainer.ts"

for (const runtime of LabContainer.runtimes) {
  describe(runtime, () => {
    it.scopedLive("a paused container stays paused, and its restore pauses it again", () =>
      Effect.gen(function* () {
        const container = yield* LabContainer.make({ runtime })
        yield* Effect.gen(function* () {
          yield* container.counted(3)
          yield* container.bare("pause", container.id)
          const before = yield* container.count
          const created = yield* Checkpoints.create(container.id, "asleep", { leaveRunning: true })
          expect(created.state).toBe("paused")
          expect(yield* container.count).toBe(before)
          yield* container.bare("delete", "--force", container.id)
          const restored = yield* Checkpoints.restore(container.id, "asleep")
          expect(restored.state).toBe("paused")
          // Not even for a moment did it run.
          expect(yield* container.count).toBe(before)
          yield* container.bare("resume", container.id)
          yield* container.counted(before + 3)
        }).pipe(Effect.provide(LabContainer.layerOf(container)))
      }))

    it.scopedLive("many paused processes, with threads and memory, are restored paused, each where it was", () =>
      Effect.gen(function* () {
        const args = LabContainer.python(`
import threading
def work(name):
    i = 0
    while True:
        i += 1
        with open('/tmp/next-' + name, 'w') as f: f.write(str(i))
        os.rename('/tmp/next-' + name, '/tmp/' + name)
for child in range(4):
    if os.fork() == 0:
        memory = bytearray(os.urandom(1000000) * 10)
        for n in range(3): threading.Thread(target=work, args=[f'work-{child}-{n}'], daemon=True).start()
        while True: time.sleep(60)`)
        const container = yield* LabContainer.make({ runtime, programs: true, args })
        const names = [0, 1, 2, 3].flatMap((child) => [0, 1, 2].map((n) => `/tmp/work-${child}-${n}`))
        const counts = Effect.forEach(names, (name) => container.file(name))
        yield* Effect.gen(function* () {
          yield* LabContainer.poll(counts, (all) => all.every((one) => Number(one) > 0))
          yield* container.bare("pause", container.id)
          const before = yield* counts
          yield* Checkpoints.create(container.id, "asleep")
          for (const _ of ["once", "twice"]) {
            yield* Checkpoints.restore(container.id, "asleep", { replace: true })
            expect(yield* counts).toEqual(before)
          }
          yield* container.bare("resume", container.id)
          yield* LabContainer.poll(counts, (all) => all.every((one, index) => Number(one) > Number(before[index])))
        }).pipe(Effect.provide(LabContainer.layerOf(container)))
      }))

    // In crun's default mode CRIU makes no cgroups, and cannot put a process into one that went with the container.
    if (runtime === "runc") {
      it.scopedLive(
        "a paused container with a cgroup of its own below is restored paused, and goes on when it is resumed",
        () =>
          Effect.gen(function* () {
            const container = yield* LabContainer.make({ runtime })
            yield* Effect.gen(function* () {
              yield* container.counted(3)
              const pid = yield* container.pid
              const group = `/sys/fs/cgroup${readFileSync(`/proc/${pid}/cgroup`, "utf8").match(/^0::(.*)$/m)?.[1]}`
              mkdirSync(`${group}/inner`)
              for (const one of readFileSync(`${group}/cgroup.procs`, "utf8").trim().split("\n")) {
                yield* Effect.ignore(Effect.try(() => writeFileSync(`${group}/inner/cgroup.procs`, one)))
              }
              yield* container.bare("pause", container.id)
              const before = yield* container.count
              yield* Checkpoints.create(container.id, "asleep")
              expect((yield* Checkpoints.restore(container.id, "asleep")).state).toBe("paused")
              expect(yield* container.count).toBe(before)
              yield* container.bare("resume", container.id)
              yield* container.counted(before + 3)
            }).pipe(Effect.provide(LabContainer.layerOf(container)))
          })
      )
    }

    it.scopedLive("its progress rises while the memory comes back, and is never above the size of the checkpoint", () =>
      Effect.gen(function* () {
        const args = LabContainer.python("memory = bytearray(os.urandom(1000000) * 200)")
        const container = yield* LabContainer.make({ runtime, programs: true, args })
        yield* Effect.gen(function* () {
          yield* container.counted(3)
          const { checkpoint } = yield* Checkpoints.create(container.id, "first", { durability: "none" })
          const total = checkpoint.record?.bytes
          expect(total).toBeGreaterThan(200_000_000)
          const operation = yield* Checkpoints.beginRestore(container.id, "first")
          const seen = Chunk.toArray(yield* Stream.runCollect(operation.progress)).filter((one) =>
            one.step === "restoring"
          )
          yield* operation.result
          expect(seen.map((one) => one.total)).toEqual(seen.map(() => total))
          const bytes = seen.map((one) => one.bytes)
          expect(bytes).toEqual(bytes.toSorted((a, b) => a - b))
          expect(bytes.at(-1)).toBeLessThanOrEqual(total ?? 0)
          expect(bytes.filter((one) => one > 0 && one < (total ?? 0))).not.toEqual([])
        }).pipe(Effect.provide(LabContainer.layerOf(container)))
      }))

    it.scopedLive("replace rolls a running container back", () =>
      Effect.gen(function* () {
        const container = yield* LabContainer.make({ runtime })
        yield* Effect.gen(function* () {
          yield* container.counted(3)
          yield* Checkpoints.create(container.id, "early", { leaveRunning: true })
          const then = yield* container.count
          yield* container.counted(then + 150)
          const error = yield* Effect.flip(Checkpoints.restore(container.id, "early"))
          expect(error._tag).toBe("ContainerRunning")
          yield* Checkpoints.restore(container.id, "early", { replace: true })
          expect(yield* container.count).toBeLessThan(then + 150)
          yield* container.counted(then + 5)
          expect(yield* Checkpoints.names(container.id)).toEqual(["early"])
        }).pipe(Effect.provide(LabContainer.layerOf(container)))
      }))

    it.scopedLive("a rollback whose restore fails returns the container to where it was", () =>
      Effect.gen(function* () {
        const container = yield* LabContainer.make({ runtime })
        yield* Effect.gen(function* () {
          yield* container.counted(3)
          const { checkpoint } = yield* Checkpoints.create(container.id, "early", { leaveRunning: true })
          const before = yield* container.counted(50)
          rmSync(`${checkpoint.path}/pstree.img`)
          const error = yield* Effect.flip(Checkpoints.restore(container.id, "early", { replace: true }))
          expect(error._tag).toBe("RuntimeFailed")
          expect(error.message).toContain("pstree.img")
          expect(yield* container.count).toBeGreaterThanOrEqual(before)
          yield* container.counted(before + 5)
          expect(yield* Checkpoints.names(container.id)).toEqual(["early"])
        }).pipe(Effect.provide(LabContainer.layerOf(container)))
      }))

    it.scopedLive("a file that was written to or grew since the checkpoint is found before the running container is touched", () =>
      Effect.gen(function* () {
        const args = LabContainer.python("held = open('/log', 'w')\nheld.write('once')\nheld.flush()")
        const container = yield* LabContainer.make({ runtime, programs: true, args })
        yield* Effect.gen(function* () {
          yield* container.counted(3)
          const { checkpoint } = yield* Checkpoints.create(container.id, "short", { leaveRunning: true })
          expect(checkpoint.record?.files?.map((file) => [file.path, file.size])).toContainEqual([
            `${container.bundle}/rootfs/log`,
            4
          ])
          const pid = yield* container.pid
          // The same size: another writer wrote over it.
          writeFileSync(`${container.bundle}/rootfs/log`, "else")
          const written = yield* Effect.flip(Checkpoints.restore(container.id, "short", { replace: true }))
          expect(reasonOf(written)).toBe("FileChanged")
          expect(written.message).toContain("has changed since the checkpoint (written to)")
          appendFileSync(`${container.bundle}/rootfs/log`, "more")
          const error = yield* Effect.flip(Checkpoints.restore(container.id, "short", { replace: true }))
          expect(reasonOf(error)).toBe("FileChanged")
          rmSync(`${container.bundle}/rootfs/log`)
          const gone = yield* Effect.flip(Checkpoints.restore(container.id, "short", { replace: true }))
          expect(reasonOf(gone)).toBe("FileMissing")
          expect(gone.message).toContain(`${container.bundle}/rootfs/log`)
          expect(yield* container.pid).toBe(pid)
        }).pipe(Effect.provide(LabContainer.layerOf(container)))
      }))

    it.scopedLive("a missing root is found, a missing specification comes back from the checkpoint", () =>
      Effect.gen(function* () {
        const container = yield* LabContainer.make({ runtime })
        yield* Effect.gen(function* () {
          const before = yield* container.counted(3)
          yield* Checkpoints.create(container.id, "first")
          rmSync(`${container.bundle}/config.json`)
          renameSync(`${container.bundle}/rootfs`, `${container.bundle}/away`)
          const error = yield* Effect.flip(Checkpoints.restore(container.id, "first"))
          expect(reasonOf(error)).toBe("FileMissing")
          expect(error.message).toContain(`its root file system "${container.bundle}/rootfs" is gone`)
          expect(yield* Effect.flatMap(ContainerStore, (store) => store.list)).toEqual([])
          renameSync(`${container.bundle}/away`, `${container.bundle}/rootfs`)
          yield* Checkpoints.restore(container.id, "first")
          yield* container.counted(before + 3)
          expect(statSync(`${container.bundle}/config.json`).mode & 0o777).toBe(0o600)
        }).pipe(Effect.provide(LabContainer.layerOf(container)))
      }))

    it.scopedLive("a bundle that is not there, and a mount whose source is gone, are found before a container is touched", () =>
      Effect.gen(function* () {
        const folder = yield* LabContainer.temporaryFolder
        const container = yield* LabContainer.make({ runtime, binds: [folder] })
        yield* Effect.gen(function* () {
          yield* container.counted(3)
          yield* Checkpoints.create(container.id, "first", { leaveRunning: true })
          const pid = yield* container.pid
          const bundle = `${container.folder}/nowhere`
          const elsewhere = { replace: true, oci: { bundle } }
          const error = yield* Effect.flip(Checkpoints.restore(container.id, "first", elsewhere))
          expect(reasonOf(error)).toBe("FileMissing")
          expect(error.message).toContain(`${bundle}/rootfs`)
          expect(existsSync(bundle)).toBe(false)
          rmSync(folder, { recursive: true })
          const second = yield* Effect.flip(Checkpoints.restore(container.id, "first", { replace: true }))
          expect(reasonOf(second)).toBe("FileMissing")
          expect(second.message).toContain(`source of the mount "${folder}"`)
          expect(yield* container.pid).toBe(pid)
        }).pipe(Effect.provide(LabContainer.layerOf(container)))
      }))

    it.scopedLive("a changed program: another size is found beforehand, another build by CRIU, and nothing is left running", () =>
      Effect.gen(function* () {
        const container = yield* LabContainer.make({ runtime })
        yield* Effect.gen(function* () {
          const before = yield* container.counted(3)
          yield* Checkpoints.create(container.id, "first")
          const program = `${container.bundle}/rootfs/bin/busybox`
          const whole = readFileSync(program)
          appendFileSync(program, "more")
          const larger = yield* Effect.flip(Checkpoints.restore(container.id, "first"))
          expect(reasonOf(larger)).toBe("FileChanged")
          expect(larger.message).toContain(program)
          writeFileSync(program, otherBuild(whole))
          const other = yield* Effect.flip(Checkpoints.restore(container.id, "first"))
          expect(reasonOf(other)).toBe("FileChanged")
          expect(other.message).toContain('the program or library "bin/busybox" has changed')
          expect(yield* Effect.flatMap(ContainerStore, (store) => store.list)).toEqual([])
          writeFileSync(program, whole)
          yield* Checkpoints.restore(container.id, "first")
          yield* container.counted(before + 3)
        }).pipe(Effect.provide(LabContainer.layerOf(container)))
      }))

    it.scopedLive("null streams stay null streams", () =>
      Effect.gen(function* () {
        const container = yield* LabContainer.make({ runtime })
        yield* Effect.gen(function* () {
          yield* container.counted(3)
          yield* Checkpoints.create(container.id, "first")
          const { pid } = yield* Checkpoints.restore(container.id, "first")
          expect([0, 1, 2].map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`))).toEqual(Array(3).fill("/dev/null"))
        }).pipe(Effect.provide(LabContainer.layerOf(container)))
      }))

    it.scopedLive("another bundle, and a pid file", () =>
      Effect.gen(function* () {
        const container = yield* LabContainer.make({ runtime })
        yield* Effect.gen(function* () {
          const before = yield* container.counted(3)
          yield* Checkpoints.create(container.id, "first")
          const bundle = `${container.folder}/elsewhere`
          renameSync(container.bundle, bundle)
          const pidFile = `${container.folder}/pid`
          const { pid } = yield* Checkpoints.restore(container.id, "first", { oci: { bundle, pidFile } })
          expect(readFileSync(pidFile, "utf8").trim()).toBe(String(pid))
          yield* container.counted(before + 3)
          expect((yield* Effect.flatMap(ContainerStore, (store) => store.get(container.id))).bundle).toBe(bundle)
        }).pipe(Effect.provide(LabContainer.layerOf(container)))
      }))

    it.scopedLive("a container made of another bundle under the same id is not overwritten", () =>
      Effect.gen(function* () {
        const container = yield* LabContainer.make({ runtime })
        yield* Effect.gen(function* () {
          yield* container.counted(3)
          yield* Checkpoints.create(container.id, "first")
          const bundle = `${container.folder}/elsewhere`
          renameSync(container.bundle, bundle)
          yield* LabContainer.startBare(container, bundle)
          const pid = yield* container.pid
          const error = yield* Effect.flip(Checkpoints.restore(container.id, "first", { replace: true }))
          expect(error._tag).toBe("ContainerMismatch")
          expect(yield* container.pid).toBe(pid)
        }).pipe(Effect.provide(LabContainer.layerOf(container)))
      }))

    it.scopedLive("one that somebody else has started meanwhile is neither killed nor restored over", () =>
      Effect.gen(function* () {
        const container = yield* LabContainer.make({ runtime })
        yield* Effect.gen(function* () {
          yield* container.counted(3)
          const { checkpoint } = yield* Checkpoints.create(container.id, "first")
          const seen = { id: container.id, state: "stopped" as const, labels: {}, identity: "" }
          yield* container.start
          const pid = yield* container.pid
          const workPath = `${container.folder}/work`
          mkdirSync(workPath)
          const request = { checkpoint, workPath, after: "running" as const, options: {}, lease: noLease }
          const restore = Effect.flatMap(
            Runtime,
            (port) => port.restore(seen, { ...request, report: () => Effect.void })
          )
          const error = yield* Effect.flip(restore)
          expect([reasonOf(error), error.message]).toEqual([
            "Busy",
            expect.stringContaining("somebody else has started it meanwhile")
          ])
          expect(yield* container.pid).toBe(pid)
          yield* container.counted((yield* container.count) + 3)
          yield* container.bare("delete", "--force", container.id)
          yield* restore
          // What CRIU makes is known by its log.
          const made = CriuLog.made(readFileSync(`${workPath}/restore.log`, "utf8"))
          expect(made.map(({ real }) => real)).toContain(yield* container.pid)
        }).pipe(Effect.provide(LabContainer.layerOf(container)))
      }))

    it.scopedLive("one that somebody else starts while it is restored is not killed when that fails", () =>
      Effect.gen(function* () {
        const container = yield* LabContainer.make({ runtime })
        const program = `${container.folder}/${runtime}`
        const config = `--root ${container.config.root}`
        const begun = `${runtime} ${config} run --detach --bundle ${container.bundle} ${container.id}`
        writeFileSync(
          program,
          `#!/bin/sh\ncase "$*" in *" restore "*) ${begun} </dev/null >/dev/null 2>&1;; esac\nexec ${runtime} "$@"\n`,
          { mode: 0o755 }
        )
        yield* Effect.gen(function* () {
          yield* container.counted(3)
          yield* Checkpoints.create(container.id, "first")
          const error = yield* Effect.flip(Checkpoints.restore(container.id, "first"))
          expect(error._tag).toBe("RuntimeFailed")
          yield* container.counted(5)
        }).pipe(Effect.provide(Oci.layer({ ...container.config, program })))
      }))

    it.scopedLive("a restored container holds none of our locks, and ends none when its processes go on", () =>
      Effect.gen(function* () {
        const container = yield* LabContainer.make({ runtime })
        yield* Effect.gen(function* () {
          yield* container.counted(3)
          yield* Checkpoints.create(container.id, "first")
          const { pid } = yield* Checkpoints.restore(container.id, "first")
          const held = readdirSync(`/proc/${pid}/fd`).map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`))
          expect(held.filter((path) => path.includes(container.folder))).toEqual([])
          yield* Checkpoints.create(container.id, "second", { wait: false, leaveRunning: true })
        }).pipe(Effect.provide(LabContainer.layerOf(container)))
      }))

    it.scopedLive("under another id, whose cgroup would not be its own: refused, the other container untouched", () =>
      Effect.gen(function* () {
        const container = yield* LabContainer.make({ runtime })
        const other = yield* LabContainer.make({ runtime })
        yield* container.counted(3)
        const { checkpoint } = yield* Checkpoints.create(container.id, "first").pipe(
          Effect.provide(LabContainer.layerOf(container))
        )
        const pid = yield* other.pid
        const options = { checkpointDir: checkpoint.directory, replace: true, oci: { bundle: container.bundle } }
        const error = yield* Effect.flip(Checkpoints.restore(other.id, "first", options)).pipe(
          Effect.provide(LabContainer.layerOf(other))
        )
        expect(error._tag).toBe("CheckpointNotFound")
        expect(yield* other.pid).toBe(pid)
      }))

    it.scopedLive("into another cgroup: refused, for CRIU would use the former", () =>
      Effect.gen(function* () {
        const container = yield* LabContainer.make({ runtime })
        yield* Effect.gen(function* () {
          yield* container.counted(3)
          yield* Checkpoints.create(container.id, "first")
          const path = `${container.bundle}/config.json`
          const cgroupsPath = `/other-${container.id}`
          writeFileSync(
            path,
            readFileSync(path, "utf8").replace('"linux":{', `"linux":{"cgroupsPath":"${cgroupsPath}",`)
          )
          const error = yield* Effect.flip(Checkpoints.restore(container.id, "first"))
          expect(reasonOf(error)).toBe("ExternalResource")
          expect(error.message).toContain(cgroupsPath)
        }).pipe(Effect.provide(LabContainer.layerOf(container)))
      }))

    it.scopedLive("a namespace that is gone is found", () =>
      Effect.gen(function* () {
        const network = yield* LabContainer.networkNamespace
        const container = yield* LabContainer.make({ runtime, namespaces: { network: network.path } })
        yield* Effect.gen(function* () {
          const before = yield* container.counted(3)
          yield* Checkpoints.create(container.id, "first", { leaveRunning: true })
          yield* Checkpoints.restore(container.id, "first", { replace: true })
          yield* container.counted(before + 1)
          yield* Checkpoints.create(container.id, "second")
          yield* network.remove
          const error = yield* Effect.flip(Checkpoints.restore(container.id, "second"))
          expect(reasonOf(error)).toBe("NamespaceMissing")
        }).pipe(Effect.provide(LabContainer.layerOf(container)))
      }))
  })
}

/** The same program with another build-ID: the note of it in the ELF file, and its first byte changed. */
const otherBuild = (program: Buffer): Buffer => {
  const at = program.indexOf(Buffer.from("040000001400000003000000474e5500", "hex"))
  expect(at).toBeGreaterThan(0)
  const other = Buffer.from(program)
  other.writeUInt8(program.readUInt8(at + 16) ^ 0xff, at + 16)
  return other
}

const reasonOf = (error: CreateError | RestoreError) => "reason" in error ? error.reason : error._tag
