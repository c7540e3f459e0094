/** What a restore of plain processes needs of the machine, and what it says where that is not there. */
import { spawnSync } from "node:child_process"
import { appendFileSync, copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import process from "node:process"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Checkpoints, ContainerStore, Processes } from "stasis"
import * as Criu from "stasis/Criu"
import { poll, temporaryFolder } from "../oci/LabContainer.ts"
import * as LabProcess from "./LabProcess.ts"

/** Starts a process with a pid of our choice. */
const startWith = (pid: number) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      // Whoever is root may say which pid is next.
      const script = `echo ${pid - 1} >/proc/sys/kernel/ns_last_pid; sleep 1000 </dev/null >/dev/null 2>&1 & echo $!`
      return Number(spawnSync("sh", ["-c", script], { encoding: "utf8" }).stdout.trim())
    }),
    (started) => LabProcess.killTree(started)
  )

/** Stops a tree for good, does something to the machine, and gives what the restore then says. */
const refusal = (setup: string, change: (folder: string, pid: number) => void) =>
  Effect.gen(function* () {
    const tree = yield* LabProcess.make({ setup })
    return yield* Effect.gen(function* () {
      const pid = yield* tree.pid
      const { warnings } = yield* Checkpoints.create(tree.id, "first")
      expect(warnings).toEqual([])
      change(tree.folder, pid)
      const error = yield* Effect.flip(Checkpoints.restore(tree.id, "first"))
      expect(yield* tree.pid).toBe(0)
      expect(LabProcess.stateOf(pid)).toBe("")
      return { error, tree, folder: tree.folder }
    }).pipe(Effect.provide(tree.layer))
  })

describe("a restore says beforehand", () => {
  it.scopedLive("which process id is taken, and by whom", () =>
    Effect.gen(function* () {
      const tree = yield* LabProcess.make()
      yield* Effect.gen(function* () {
        const pid = yield* tree.pid
        yield* Checkpoints.create(tree.id, "first")
        expect(yield* startWith(pid)).toBe(pid)
        expect(yield* Effect.flip(Checkpoints.restore(tree.id, "first"))).toMatchObject({
          _tag: "RuntimeFailed",
          reason: "PidConflict",
          message: expect.stringContaining(`its process id ${pid} is in use by "sleep"`),
          hint: expect.stringContaining(`"newPids"`)
        })
      }).pipe(Effect.provide(tree.layer))
    }))

  it.scopedLive("which file that is held open has grown", () =>
    Effect.gen(function* () {
      const { error, folder } = yield* refusal(
        "log = open('log', 'w'); log.write('one'); log.flush()",
        (path) => appendFileSync(`${path}/log`, "two")
      )
      expect(error).toMatchObject({ reason: "FileChanged", message: expect.stringContaining(`"${folder}/log"`) })
    }))

  it.scopedLive("which file, folder, library or device is gone, and restores once it is back", () =>
    Effect.gen(function* () {
      const file = yield* refusal("data = open('data', 'w+')", (path) => LabProcess.remove(`${path}/data`))
      expect(file.error).toMatchObject({
        reason: "FileMissing",
        message: expect.stringContaining(`the file "${file.folder}/data" that it holds open is gone`)
      })
      writeFileSync(`${file.folder}/data`, "")
      // An open file is compared by its time as well, which is another one now: this is no file that was copied back.
      expect(
        yield* Effect.flip(Checkpoints.restore(file.tree.id, "first").pipe(Effect.provide(file.tree.layer)))
      ).toMatchObject({ reason: "FileChanged" })

      const folder = yield* refusal("os.mkdir('in'); os.chdir('in')", (path) => LabProcess.remove(`${path}/in`))
      expect(folder.error).toMatchObject({
        reason: "FileMissing",
        message: expect.stringContaining(`the folder "${folder.folder}/in" that it works in is gone`)
      })

      const device = yield* refusal(
        "os.mknod('null', 0o600 | 0o020000, os.makedev(1, 3)); device = open('null', 'r')",
        (path) => LabProcess.remove(`${path}/null`)
      )
      expect(device.error).toMatchObject({
        reason: "FileMissing",
        message: expect.stringContaining(`the device "${device.folder}/null" that it holds open is gone`)
      })

      const library = yield* refusal(
        "import shutil, ctypes; shutil.copy('/usr/lib/x86_64-linux-gnu/libz.so.1', 'lib.so'); ctypes.CDLL('./lib.so')",
        (path) => LabProcess.remove(`${path}/lib.so`)
      )
      expect(library.error).toMatchObject({
        reason: "FileMissing",
        message: expect.stringContaining(`the file "${library.folder}/lib.so" that it holds open is gone`)
      })
      copyFileSync("/usr/lib/x86_64-linux-gnu/libz.so.1", `${library.folder}/lib.so`)
      yield* Checkpoints.restore(library.tree.id, "first").pipe(Effect.provide(library.tree.layer))
      expect(yield* library.tree.count).toBeGreaterThan(0)
    }))

  it.scopedLive("that a library has been built anew: another size beforehand, another build by CRIU", () =>
    Effect.gen(function* () {
      const load =
        "import shutil, ctypes; shutil.copy('/usr/lib/x86_64-linux-gnu/libz.so.1', 'lib.so'); ctypes.CDLL('./lib.so')"
      const longer = yield* refusal(load, (path) => appendFileSync(`${path}/lib.so`, "more"))
      expect(longer.error).toMatchObject({ reason: "FileChanged", message: expect.stringContaining("lib.so") })
      const other = yield* refusal(load, (path) => {
        const bytes = readFileSync(`${path}/lib.so`)
        const at = bytes.indexOf(Buffer.from("GNU\0"))
        bytes.writeUInt8(bytes.readUInt8(at + 4) ^ 1, at + 4)
        writeFileSync(`${path}/lib.so`, bytes)
      })
      expect(other.error).toMatchObject({
        reason: "FileChanged",
        message: expect.stringContaining("lib.so"),
        log: expect.stringContaining("build-ID")
      })
    }))
})

describe("new pids", () => {
  it.scopedLive("let a tree come back while another process has its pid, and be checkpointed and restored again", () =>
    Effect.gen(function* () {
      const tree = yield* LabProcess.make({ setup: "child = subprocess.Popen(['sleep', '1000'])" })
      yield* Effect.gen(function* () {
        const old = yield* tree.pid
        yield* Checkpoints.create(tree.id, "first")
        yield* startWith(old)
        const restored = yield* Checkpoints.restore(tree.id, "first", { criu: { newPids: true } })
        const pid = yield* tree.pid
        expect(restored.pid).toBe(pid)
        expect(pid).not.toBe(old)
        expect(readFileSync(`/proc/${pid}/status`, "utf8")).toMatch(new RegExp(`^NSpid:\t${pid}\t${old}$`, "m"))
        expect(LabProcess.childrenOf(pid)).toHaveLength(1)
        const count = yield* tree.counted((yield* tree.count) + 5)

        // The old pid is still another's: what is dumped now has it, too, in a namespace of its own.
        yield* Checkpoints.create(tree.id, "second", { leaveRunning: true })
        yield* tree.counted(count + 5)
        yield* Checkpoints.restore(tree.id, "second", { replace: true, criu: { newPids: true } })
        const again = yield* tree.pid
        expect(again).not.toBe(pid)
        yield* tree.counted((yield* tree.count) + 5)

        // Stopping it ends its namespace and all that looked after it.
        const init = Number(/^PPid:\t(\d+)$/m.exec(readFileSync(`/proc/${again}/status`, "utf8"))?.[1])
        yield* Checkpoints.create(tree.id, "third")
        yield* poll(Effect.sync(() => LabProcess.stateOf(init)), (state) => state === "" || state === "Z")
        expect(LabProcess.stateOf(old)).not.toBe("")
      }).pipe(Effect.provide(tree.layer))
    }))

  it.scopedLive("leave nothing where the restore fails", () =>
    Effect.gen(function* () {
      const tree = yield* LabProcess.make()
      yield* Effect.gen(function* () {
        const { checkpoint } = yield* Checkpoints.create(tree.id, "first")
        const [core = ""] = readdirSync(checkpoint.path).filter((name) => name.startsWith("core-"))
        writeFileSync(`${checkpoint.path}/${core}`, "")
        const before = sleepers()
        expect(
          yield* Effect.flip(Checkpoints.restore(tree.id, "first", { criu: { newPids: true } }))
        ).toMatchObject({ _tag: "RuntimeFailed", log: expect.stringContaining("Restoring FAILED") })
        expect(yield* tree.pid).toBe(0)
        yield* poll(Effect.sync(sleepers), (now) => now === before)
        expect(existsSync(`${tree.folder}/stasis/criu/processes/${tree.id}/work`)).toBe(true)
      }).pipe(Effect.provide(tree.layer))
    }))
})

/** How many shells there are that look after a namespace. */
const sleepers = (): number =>
  Number(
    spawnSync("sh", ["-c", "grep -alz 'propagation' /proc/[0-9]*/cmdline 2>/dev/null | wc -l"], { encoding: "utf8" })
      .stdout
  )

describe("a terminal", () => {
  it.scopedLive("that a program had is wanted again, and is given by its path", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const layer = Criu.layer({ stasisRoot: `${folder}/stasis` })
      // Holds two terminals, and starts the program on the first of them in a session of its own.
      const holder = [
        "import os, pty, subprocess, sys, time",
        "a, b = pty.openpty(), pty.openpty()",
        `p = subprocess.Popen(['python3', '-c', """${
          LabProcess.counting()[1]
        }"""], stdin=a[1], stdout=a[1], stderr=a[1], start_new_session=True)`,
        "open('terminals.new', 'w').write(f'{p.pid} {os.ttyname(a[1])} {os.ttyname(b[1])}'); os.rename('terminals.new', 'terminals')",
        "p.wait(); time.sleep(1000)"
      ].join("\n")
      yield* Effect.gen(function* () {
        yield* Processes.run("holder", { program: "python3", args: ["-c", holder], cwd: folder })
        const store = yield* ContainerStore.ContainerStore
        const holding = yield* store.get("holder")
        yield* Effect.addFinalizer(() => LabProcess.killTree(holding.process?.pid ?? 0))
        const text = yield* poll(
          Effect.sync(() => existsSync(`${folder}/terminals`) ? readFileSync(`${folder}/terminals`, "utf8") : ""),
          (now) => now !== ""
        )
        const [pid = "", first = "", second = ""] = text.split(" ")
        const id = `pid:${pid}`
        yield* poll(Effect.sync(() => LabProcess.readCount(Number(pid))), (now) => now > 3)
        yield* Checkpoints.create(id, "first", { shellJob: true })
        yield* Effect.addFinalizer(() => LabProcess.killTree(Number(pid)))
        expect(yield* Effect.flip(Checkpoints.restore(id, "first"))).toMatchObject({
          _tag: "RuntimeFailed",
          reason: "ConsoleMissing",
          hint: expect.stringContaining("terminal")
        })
        expect(
          yield* Effect.flip(Checkpoints.restore(id, "first", { criu: { terminal: "/dev/pts/99999" } }))
        ).toMatchObject({ reason: "ConsoleMissing" })
        expect(first).not.toBe(second)
        yield* Checkpoints.restore(id, "first", { criu: { terminal: second } })
        const count = LabProcess.readCount(Number(pid))
        yield* poll(Effect.sync(() => LabProcess.readCount(Number(pid))), (now) => now > count)
        expect(spawnSync("readlink", [`/proc/${pid}/fd/1`], { encoding: "utf8" }).stdout.trim()).toBe(second)
        expect(process.pid).not.toBe(Number(pid))
      }).pipe(Effect.provide(layer))
    }))
})
