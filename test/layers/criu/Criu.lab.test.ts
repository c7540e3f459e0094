/** Process trees of the machine itself, checkpointed by CRIU alone. */
import { spawn } from "node:child_process"
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  statSync,
  writeFileSync
} from "node:fs"
import process from "node:process"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Checkpoints, ContainerStore, Disk, Processes, Runtime } from "stasis"
import * as Criu from "stasis/Criu"
import { poll, temporaryFolder } from "../oci/LabContainer.ts"
import * as LabProcess from "./LabProcess.ts"

const restoreOptions = { replace: true } as const

describe("a process tree", () => {
  it.scopedLive("goes on after a checkpoint, and is rolled back to it", () =>
    Effect.gen(function* () {
      // With a thread and a child: the ids of all of them are free again when they have ended.
      const setup = "threading.Thread(target=lambda: time.sleep(1000), daemon=True).start()\n" +
        "child = subprocess.Popen(['sleep', '1000'])"
      const tree = yield* LabProcess.make({ setup })
      yield* Effect.gen(function* () {
        const before = yield* tree.counted(20)
        const created = yield* Checkpoints.create(tree.id, "first", { leaveRunning: true })
        expect(created.warnings).toEqual([])
        expect(created.state).toBe("running")
        expect(created.checkpoint.directory).toBe(`${tree.folder}/stasis/criu/processes/${tree.id}/checkpoints`)
        expect(created.checkpoint.record).toMatchObject({ runtime: { name: "criu" }, container: { id: tree.id } })
        expect(created.checkpoint.record?.statistics?.pagesWritten).toBeGreaterThan(0)
        const later = yield* tree.counted(before + 200)
        const pid = yield* tree.pid
        const restored = yield* Checkpoints.restore(tree.id, "first", restoreOptions)
        expect(restored).toMatchObject({ state: "running", pid, warnings: [] })
        expect(yield* tree.count).toBeLessThan(later)
        yield* tree.counted(before + 10)
        expect(yield* Checkpoints.names(tree.id)).toEqual(["first"])
      }).pipe(Effect.provide(tree.layer))
    }))

  it.scopedLive("is checkpointed whole: children, threads, pipes between them", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const layer = Criu.layer({ stasisRoot: `${folder}/stasis` })
      yield* Effect.gen(function* () {
        // The sum of all numbers that went through the pipes is what came out, whatever happened on the way.
        const script = `i=0; while [ $i -lt 3000 ]; do i=$((i+1)); echo $i; sleep 0.0005; done | cat | ` +
          `{ s=0; while read n; do s=$((s+n)); echo $s >${folder}/next; mv ${folder}/next ${folder}/sum; done; ` +
          `echo $s >${folder}/end; exec sleep 1000; }`
        const { container } = yield* Processes.run("pipe", { program: "sh", args: ["-c", script], cwd: folder })
        const root = container.process?.pid ?? 0
        yield* Effect.addFinalizer(() => LabProcess.killTree(root))
        const sum = Effect.sync(() => Number(existsSync(`${folder}/sum`) ? readFileSync(`${folder}/sum`, "utf8") : 0))
        yield* poll(sum, (now) => now > 1000)
        yield* Checkpoints.create("pipe", "first", { leaveRunning: true })
        const before = yield* sum
        yield* poll(sum, (now) => now > before)
        yield* Checkpoints.create("pipe", "second")
        expect(LabProcess.stateOf(root)).toBe("")
        yield* Checkpoints.restore("pipe", "second")
        yield* poll(Effect.sync(() => existsSync(`${folder}/end`)), (there) => there)
        expect(readFileSync(`${folder}/end`, "utf8")).toBe(`${3000 * 3001 / 2}\n`)
      }).pipe(Effect.provide(layer))
    }))

  it.scopedLive("is named by the pid of any process, and is known again by it after a restore", () =>
    Effect.gen(function* () {
      const tree = yield* LabProcess.make()
      const other = Criu.layer({ stasisRoot: `${tree.folder}/other` })
      const pid = yield* tree.pid
      // By its name it is not known again.
      yield* Effect.addFinalizer(() => LabProcess.killTree(pid))
      yield* Effect.gen(function* () {
        const id = `pid:${pid}`
        const store = yield* ContainerStore.ContainerStore
        expect(yield* store.list).toEqual([])
        const found = yield* store.find(id)
        expect(found).toMatchObject({ id, state: "running", process: { pid } })
        yield* Checkpoints.create(id, "first")
        expect(yield* store.get(id)).toMatchObject({ id, state: "stopped", identity: found.identity })
        expect((yield* store.list).map((one) => one.id)).toEqual([id])
        yield* Checkpoints.restore(id, "first")
        const after = yield* store.get(id)
        expect(after).toMatchObject({ id, state: "running", identity: found.identity, process: { pid } })
        expect(after.process?.startTime).not.toBe(found.process?.startTime)
        expect((yield* Checkpoints.get(id, "first")).record?.container?.id).toBe(id)
      }).pipe(Effect.provide(other))
    }))

  it.scopedLive("does not go on while it is stopped for good", () =>
    Effect.gen(function* () {
      const tree = yield* LabProcess.make({
        setup:
          "import threading\ndef beat():\n  n = 0\n  while True:\n    n += 1\n    open('beat.new', 'w').write(str(n))\n" +
          "    os.rename('beat.new', 'beat')\n    time.sleep(0.005)\nif os.fork() == 0: beat()"
      })
      const beat = Effect.sync(() =>
        existsSync(`${tree.folder}/beat`) ? Number(readFileSync(`${tree.folder}/beat`, "utf8")) : 0
      )
      yield* Effect.gen(function* () {
        yield* poll(beat, (now) => now > 3)
        const runtime = yield* Runtime.Runtime
        const found = yield* Effect.flatMap(ContainerStore.ContainerStore, (store) => store.get(tree.id))
        yield* runtime.pause(found, Disk.noLease)
        const frozen = yield* beat
        yield* runtime.stop(found, Disk.noLease)
        expect(yield* beat).toBe(frozen)
      }).pipe(Effect.provide(tree.layer))
    }))

  it.scopedLive("has its stopped process stopped still, when the others go on", () =>
    Effect.gen(function* () {
      const tree = yield* LabProcess.make({ setup: "child = subprocess.Popen(['sleep', '1000'])" })
      yield* Effect.gen(function* () {
        const root = yield* tree.pid
        const [child = 0] = LabProcess.childrenOf(root)
        process.kill(child, "SIGSTOP")
        yield* poll(Effect.sync(() => LabProcess.stateOf(child)), (state) => state === "T")
        yield* Checkpoints.create(tree.id, "first", { leaveRunning: true })
        expect(LabProcess.stateOf(child)).toBe("T")
        // A stop that fails after the dump: the name of the checkpoint is taken meanwhile, and the tree goes on as it was.
        const runtime = yield* Runtime.Runtime
        const found = yield* Effect.flatMap(ContainerStore.ContainerStore, (store) => store.get(tree.id))
        const imagePath = LabProcess.folderIn(tree.folder)
        const workPath = LabProcess.folderIn(tree.folder)
        yield* runtime.checkpoint(found, {
          imagePath,
          workPath,
          after: "paused",
          options: {},
          lease: Disk.noLease,
          report: () => Effect.void
        })
        expect(LabProcess.stateOf(root)).toBe("T")
        const paused = yield* Effect.flatMap(ContainerStore.ContainerStore, (store) => store.get(tree.id))
        expect(paused.state).toBe("paused")
        yield* runtime.resume(paused, Disk.noLease)
        yield* tree.counted((yield* tree.count) + 2)
        expect(LabProcess.stateOf(child)).toBe("T")
        yield* Checkpoints.restore(tree.id, "first", restoreOptions)
        yield* tree.counted((yield* tree.count) + 2)
        expect(LabProcess.stateOf(child)).toBe("T")
        // One that is stopped for good is restored as it was before that.
        yield* Checkpoints.create(tree.id, "second")
        yield* Checkpoints.restore(tree.id, "second")
        yield* tree.counted((yield* tree.count) + 2)
        expect(LabProcess.stateOf(child)).toBe("T")
      }).pipe(Effect.provide(tree.layer))
    }))

  it.scopedLive("may have a terminal of its own and a process with another root, and needs no option for them", () =>
    Effect.gen(function* () {
      const tree = yield* LabProcess.make({
        setup: "master, slave = os.openpty()\nif os.fork() == 0:\n  os.chroot('.')\n  os.chdir('/')\n  time.sleep(1000)"
      })
      yield* Effect.gen(function* () {
        expect(yield* Checkpoints.preflight(tree.id)).toMatchObject({ possible: true, options: {} })
        yield* Checkpoints.create(tree.id, "first")
        yield* Checkpoints.restore(tree.id, "first")
        yield* tree.counted((yield* tree.count) + 2)
        const [child = 0] = LabProcess.childrenOf(yield* tree.pid)
        expect(readlinkSync(`/proc/${child}/root`)).toBe(tree.folder)
      }).pipe(Effect.provide(tree.layer))
    }))

  it.scopedLive("keeps what it holds private", () =>
    Effect.gen(function* () {
      const tree = yield* LabProcess.make()
      yield* Effect.gen(function* () {
        const { checkpoint } = yield* Checkpoints.create(tree.id, "first", { leaveRunning: true })
        for (const name of readdirSync(checkpoint.path)) {
          expect([name, statSync(`${checkpoint.path}/${name}`).mode & 0o777]).toEqual([name, 0o600])
        }
        const home = `${tree.folder}/stasis/criu/processes/${tree.id}`
        for (const name of ["process.json", "stdout", "stderr"]) {
          expect([name, statSync(`${home}/${name}`).mode & 0o777]).toEqual([name, 0o600])
        }
        expect(statSync(home).mode & 0o777).toBe(0o700)
      }).pipe(Effect.provide(tree.layer))
    }))
})

describe("output", () => {
  it.scopedLive("of a started command goes to files that may grow, and go on after a restore", () =>
    Effect.gen(function* () {
      const tree = yield* LabProcess.make({
        setup: "print('begun', flush=True)\nprint('trouble', file=sys.stderr, flush=True)"
      })
      const home = `${tree.folder}/stasis/criu/processes/${tree.id}`
      yield* Effect.gen(function* () {
        expect(readFileSync(`${home}/stdout`, "utf8")).toBe("begun\n")
        expect(readFileSync(`${home}/stderr`, "utf8")).toBe("trouble\n")
        yield* Checkpoints.create(tree.id, "first")
        appendFileSync(`${home}/stdout`, "a note of somebody else\n")
        yield* Checkpoints.restore(tree.id, "first")
        const pid = yield* tree.pid
        // Its own descriptor, as it has it after the restore.
        writeFileSync(`/proc/${pid}/fd/1`, "more\n", { flag: "a" })
        expect(readFileSync(`${home}/stdout`, "utf8")).toBe("begun\na note of somebody else\nmore\n")
        expect(readFileSync(`/proc/${pid}/fdinfo/1`, "utf8")).toMatch(/^flags:\t0[0-7]*2001$/m)
      }).pipe(Effect.provide(tree.layer))
    }))

  it.scopedLive("is made anew where somebody has removed it", () =>
    Effect.gen(function* () {
      const tree = yield* LabProcess.make()
      const home = `${tree.folder}/stasis/criu/processes/${tree.id}`
      yield* Effect.gen(function* () {
        yield* Checkpoints.create(tree.id, "first")
        LabProcess.remove(`${home}/stdout`)
        yield* Checkpoints.restore(tree.id, "first")
        expect(existsSync(`${home}/stdout`)).toBe(true)
      }).pipe(Effect.provide(tree.layer))
    }))
})

describe("names", () => {
  it.scopedLive("are given to a tree that anyone started, are found by other processes, and survive it", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const child = spawn("python3", [...LabProcess.counting()], { cwd: folder, detached: true, stdio: "ignore" })
      const pid = child.pid ?? 0
      yield* Effect.addFinalizer(() => LabProcess.killTree(pid))
      yield* poll(Effect.sync(() => LabProcess.readCount(pid)), (now) => now > 0)
      const layer = () => Criu.layer({ stasisRoot: `${folder}/stasis` })
      const tracked = yield* Processes.track("web", pid).pipe(Effect.provide(layer()))
      expect(tracked).toMatchObject({ id: "web", state: "running", process: { pid } })
      yield* Effect.gen(function* () {
        const store = yield* ContainerStore.ContainerStore
        expect(yield* store.list).toEqual([tracked])
        expect(yield* store.find("we")).toEqual(tracked)
        // By its pid it is the same container, and has the same locks and checkpoints.
        expect(yield* store.find(`pid:${pid}`)).toEqual(tracked)
        expect(yield* Processes.track("web", pid)).toEqual(tracked)
        yield* Checkpoints.create("web", "first")
        expect((yield* store.get("web")).state).toBe("stopped")
        yield* Checkpoints.restore("web", "first")
        expect(yield* store.get("web")).toMatchObject({ id: "web", state: "running", identity: tracked.identity })
        yield* Processes.untrack("web")
        expect(yield* store.list).toEqual([])
        // Its checkpoints know it still; the tree itself has no name while it runs.
        expect(yield* Checkpoints.names("web")).toEqual(["first"])
        yield* LabProcess.killTree(pid)
        yield* Checkpoints.restore("web", "first")
        expect(yield* store.get("web")).toMatchObject({ state: "running", identity: tracked.identity })
      }).pipe(Effect.provide(layer()))
    }))

  it.scopedLive("are refused where they are taken, bad, or of nobody", () =>
    Effect.gen(function* () {
      const tree = yield* LabProcess.make({ name: "web" })
      yield* Effect.gen(function* () {
        const pid = yield* tree.pid
        const refused = <A, E>(effect: Effect.Effect<A, E, Processes.Processes>) => Effect.flip(effect)
        expect(yield* refused(Processes.track("web", process.pid))).toMatchObject({ _tag: "ContainerExists", pid })
        expect(yield* refused(Processes.run("web", { program: "true" }))).toMatchObject({
          _tag: "ContainerExists",
          pid
        })
        expect(yield* refused(Processes.track("other", pid))).toMatchObject({
          _tag: "ContainerExists",
          container: "web",
          reason: "Tracked"
        })
        expect(yield* refused(Processes.track("other", 4_194_305))).toMatchObject({
          _tag: "ContainerNotFound",
          container: "pid:4194305"
        })
        expect(yield* refused(Processes.track("../x", pid))).toMatchObject({ _tag: "InvalidContainerName" })
        expect(yield* refused(Processes.untrack("other"))).toMatchObject({ _tag: "ContainerNotFound" })
        expect(yield* refused(Processes.run("other", { program: "/no/such/program" }))).toMatchObject({
          _tag: "RuntimeUnavailable",
          program: "/no/such/program"
        })
        const store = yield* ContainerStore.ContainerStore
        expect((yield* store.list).map(({ id }) => id)).toEqual(["web"])
      }).pipe(Effect.provide(tree.layer))
    }))

  it.scopedLive("are not those of a process that has the pid by chance, or of an earlier start of the machine", () =>
    Effect.gen(function* () {
      const tree = yield* LabProcess.make({ name: "web" })
      yield* Effect.gen(function* () {
        const file = `${tree.folder}/stasis/criu/processes/web/process.json`
        const written = readFileSync(file, "utf8")
        const store = yield* ContainerStore.ContainerStore
        const before = yield* store.get("web")
        for (
          const [from, to] of [
            [/"startTime":(\d+)/, `"startTime":1`],
            [/"bootId":"[^"]*"/, `"bootId":"another"`]
          ] as const
        ) {
          writeFileSync(file, written.replace(from, to))
          const found = yield* store.get("web")
          expect(found).toMatchObject({ state: "stopped", identity: before.identity })
          expect(found.process).toBe(undefined)
          expect(yield* Effect.flip(Checkpoints.create("web", "first"))).toMatchObject({ _tag: "ContainerNotRunning" })
        }
        writeFileSync(file, written)
        expect(yield* store.get("web")).toEqual(before)
      }).pipe(Effect.provide(tree.layer))
    }))

  it.scopedLive("that cannot be read are said to be so, and hide no other", () =>
    Effect.gen(function* () {
      const tree = yield* LabProcess.make({ name: "web" })
      yield* Effect.gen(function* () {
        const home = `${tree.folder}/stasis/criu/processes`
        mkdirSync(`${home}/odd`)
        writeFileSync(`${home}/odd/process.json`, "{")
        const store = yield* ContainerStore.ContainerStore
        expect((yield* store.list).map(({ id }) => id)).toEqual(["web"])
        expect(yield* Effect.flip(store.get("odd"))).toMatchObject({
          _tag: "RuntimeFailed",
          message: expect.stringContaining(`${home}/odd/process.json`)
        })
        renameSync(`${home}/odd/process.json`, `${home}/odd/gone`)
        expect(yield* Effect.flip(store.get("odd"))).toMatchObject({ _tag: "ContainerNotFound" })
      }).pipe(Effect.provide(tree.layer))
    }))
})
