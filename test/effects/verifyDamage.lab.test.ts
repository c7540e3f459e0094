// What `verify` says of a damaged checkpoint is what CRIU then does: real images of a container of runc are damaged, one copy for each
// kind of damage, verified, and restored from. What the container holds says itself whether it came back whole.
import { spawn } from "node:child_process"
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs"
import process from "node:process"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { Checkpoints } from "stasis"
import * as ImageFile from "../../src/domain/image/ImageFile.ts"
import { kinds } from "../../src/domain/image/kinds.ts"
import type { Outlook } from "../../src/domain/verification/Verification.ts"
import * as Process from "../../src/layers/shared/Process.ts"
import * as Proc from "../../src/layers/shared/Proc.ts"
import { verifyFolder } from "../images/verifyFolder.ts"
import * as LabProcess from "../layers/criu/LabProcess.ts"
import * as LabContainer from "../layers/oci/LabContainer.ts"

/** Holds memory of its own, shared memory, bytes in a pipe and a deleted file, and says all the time what it has of them. */
const program = [
  "/usr/bin/python3",
  "-c",
  `import fcntl, mmap, os, struct, termios, time
own = bytearray(b'the mark of own memory, ' * 4096)
shared = mmap.mmap(-1, 65536)
shared[:6] = b'shared'
reads, writes = os.pipe()
os.write(writes, b'seven b')
gone = os.open('/gone', os.O_RDWR | os.O_CREAT)
os.write(gone, b'deleted')
os.unlink('/gone')
def look():
    try:
        waiting = struct.unpack('i', fcntl.ioctl(reads, termios.FIONREAD, b'    '))[0]
        return repr((waiting, os.pread(gone, 7, 0), shared[:6], own.count(b'mark')))
    except OSError as error:
        return repr(error)
i = 0
while True:
    i += 1
    for name, text in (('held', look()), ('count', str(i))):
        with open('/tmp/next', 'w') as f: f.write(text)
        os.rename('/tmp/next', '/tmp/' + name)
    time.sleep(0.01)
`
]

/** What came of a restore: all is as it was, something is not, CRIU fails, or never comes to an end. */
type Outcome = "intact" | "altered" | "refused" | "endless"

const outlookOf: Readonly<Record<Outcome, Outlook>> = {
  intact: "possible",
  altered: "doubtful",
  refused: "impossible",
  endless: "impossible"
}

const remove = (name: RegExp) => (path: string) => rmSync(`${path}/${find(path, name)}`)
const cut = (name: RegExp) => (path: string) => {
  const file = `${path}/${find(path, name)}`
  truncateSync(file, readFileSync(file).byteLength - 1)
}
const lengthen = (name: RegExp) => (path: string) => writeFileSync(`${path}/${find(path, name)}`, "x", { flag: "a" })

/** The one file of this name. */
const find = (path: string, name: RegExp): string => {
  const [file, ...more] = readdirSync(path).filter((one) => name.test(one))
  if (file === undefined || more.length > 0) throw new Error(`not one file is ${name}`)
  return file
}

/** The pages file of a page map. */
const pagesOf = (path: string, map: RegExp): string => {
  const bytes = readFileSync(`${path}/${find(path, map)}`)
  const { head } = Either.getOrThrow(ImageFile.read(kinds.pagemap, bytes))
  return `${path}/pages-${head?.value.pages_id}.img`
}

const ownMap = /^pagemap-1\.img$/
const sharedMap = /^pagemap-shmem-/

const halve = (map: RegExp) => (path: string) => {
  const file = pagesOf(path, map)
  truncateSync(file, readFileSync(file).byteLength >> 13 << 12)
}

const change = (path: string): void => {
  const file = pagesOf(path, ownMap)
  // It may be in memory that is no longer in use as well.
  const text = readFileSync(file).toString("latin1").replaceAll(
    "the mark of own memory, the mark",
    (mark) => mark.replace("mark", "MARK")
  )
  writeFileSync(file, text, "latin1")
}

/** Without the seal it is for the images themselves to tell. */
const unsealed = (damage: (path: string) => void) => (path: string) => {
  rmSync(`${path}/seal.json`)
  damage(path)
}

const damages: ReadonlyArray<readonly [what: string, outcome: Outcome, damage: (path: string) => void]> = [
  ["no inventory", "refused", unsealed(remove(/^inventory\.img$/))],
  ["a core cut", "refused", unsealed(cut(/^core-1\.img$/))],
  ["no deleted file", "refused", unsealed(remove(/^ghost-file-/))],
  ["no descriptors of runc's", "refused", unsealed(remove(/^descriptors\.json$/))],
  ["half of the pages", "endless", unsealed(halve(ownMap))],
  ["half of the shared pages", "altered", unsealed(halve(sharedMap))],
  ["no descriptors, of which some are of a pipe", "refused", unsealed(remove(/^fdinfo-/))],
  ["nothing in pipes", "altered", unsealed(remove(/^pipes-data\.img$/))],
  ["other words in sealed pages", "altered", change],
  [
    "a core with more behind it, of which no record tells",
    "intact",
    unsealed((path) => {
      lengthen(/^core-1\.img$/)(path)
      rmSync(`${path}/config.json`)
    })
  ],
  ["statistics cut", "intact", unsealed(cut(/^stats-dump$/))],
  ["no record that reads", "intact", unsealed((path) => writeFileSync(`${path}/config.json`, "{"))]
]

/** Clock ticks, of 10 ms each, that the busiest of some processes has spent: a whole restore is a fraction of that. */
const endlessAfter = 200

const ticks = (pid: number): number => {
  const [user = 0, system = 0] = LabProcess.readText(`/proc/${pid}/stat`).replace(/^.*\) /s, "").split(" ").slice(
    11,
    13
  )
    .map(Number)
  return user + system
}

const hasEnded = (pid: number): boolean => ["", "Z"].includes(LabProcess.stateOf(pid))

/** Restores by runc itself; leaves the container running where that works, and no process where it does not. */
const restore = (container: LabContainer.LabContainer, path: string) =>
  Effect.acquireUseRelease(
    Effect.sync(() => {
      const args = ["--root", container.config.root, "restore", "--detach", "--bundle", container.bundle]
      return spawn("runc", [...args, "--image-path", path, "--work-path", `${path}.work`, container.id], {
        stdio: "ignore"
      })
    }),
    (child) =>
      LabContainer.poll(
        Effect.sync(() =>
          child.exitCode ??
            (Proc.descendants(child.pid ?? 0).some((pid) => ticks(pid) > endlessAfter) ? "endless" : null)
        ),
        (seen) => seen !== null
      ),
    (child) =>
      Effect.gen(function* () {
        if (child.exitCode !== null) return
        // What was restored so far is of runc, and does not end with CRIU.
        const all = [child.pid ?? 0, ...Proc.descendants(child.pid ?? 0)].filter((pid) => pid > 0)
        for (const pid of all) if (!hasEnded(pid)) process.kill(pid, "SIGKILL")
        yield* LabContainer.poll(Effect.sync(() => all.every(hasEnded)), (ended) => ended)
        yield* unmount([`${container.config.root}/`, `${path}.work/`])
      })
  )

/** Takes away what runc and CRIU had mounted below some paths when they were killed. */
const unmount = (below: ReadonlyArray<string>) =>
  Effect.forEach(
    LabProcess.readText("/proc/self/mountinfo").split("\n").map((line) => line.split(" ")[4] ?? "")
      .filter((point) => below.some((path) => point.startsWith(path)))
      .toReversed(),
    (point) => Effect.orDie(Process.run({ program: "umount", args: [point] }))
  )

/** The processes and mounts in whose names this is. */
const leftOf = (word: string): ReadonlyArray<string> =>
  [
    ...readdirSync("/proc").filter((name) => /^\d+$/.test(name)).flatMap((pid) =>
      ["cmdline", "cgroup"].map((name) => `${pid} ${LabProcess.readText(`/proc/${pid}/${name}`)}`)
    ),
    ...LabProcess.readText("/proc/self/mountinfo").split("\n")
  ].filter((line) => line.includes(word))

describe("what is said of a restore is what CRIU then does", () => {
  it.scopedLive("of twelve kinds of damage, and of none", () =>
    Effect.gen(function* () {
      const container = yield* LabContainer.make({ runtime: "runc", programs: true, args: program })
      const { bare, counted, file, folder, id } = container
      yield* counted(2)
      const held = yield* file("/tmp/held")
      expect(held).toBe("(7, b'deleted', b'shared', 4096)")
      const { checkpoint } = yield* Effect.provide(
        Checkpoints.create(id, "first", { seal: true }),
        LabContainer.layerOf(container)
      )
      const outcomeOf = (path: string) =>
        Effect.gen(function* () {
          const ended = yield* restore(container, path)
          if (ended !== 0) return ended === "endless" ? ended : "refused"
          const pid = yield* container.pid
          const before = LabContainer.readCount(pid)
          // One that lacks too much may come to its end.
          yield* LabContainer.poll(
            Effect.sync(() => hasEnded(pid) || LabContainer.readCount(pid) > before + 2),
            (seen) => seen
          )
          return !hasEnded(pid) && (yield* file("/tmp/held")) === held ? "intact" : "altered"
        }).pipe(Effect.ensuring(Effect.exit(bare("delete", "--force", id))))
      const all = [["none", "intact", (): void => {}] as const, ...damages]
      for (const [index, [what, expected, damage]] of all.entries()) {
        const path = `${folder}/damaged-${index}`
        // CRIU that was killed leaves a deleted file that it had made, and makes none where there is one.
        const root = `${container.bundle}/rootfs`
        for (const name of readdirSync(root)) if (name.startsWith("gone")) rmSync(`${root}/${name}`)
        cpSync(checkpoint.path, path, { recursive: true })
        mkdirSync(`${path}.work`)
        damage(path)
        const { restore: said, verdict } = yield* verifyFolder(path)
        const outcome = yield* outcomeOf(path)
        expect([what, verdict, said, outcome]).toEqual([
          what,
          what === "none" ? "whole" : "damaged",
          outlookOf[expected],
          expected
        ])
      }
      expect(leftOf(folder.slice(-6))).toEqual([])
    }), 60_000)
})
