// Checkpoints that hold only what changed, on a kernel that tracks changed memory: after a pre-dump, and after an earlier
// checkpoint. The program has memory that it touched once and leaves alone, and memory that it changes all the time; it says
// itself whether both are what it made of them.
import { existsSync, lstatSync, readlinkSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as CheckpointName from "../../../src/domain/CheckpointName.ts"
import type { CreateOptions } from "../../../src/domain/CheckpointOptions.ts"
import * as Checkpoints from "../../../src/effects/Checkpoints.ts"
import * as Program from "../../cli/Program.ts"
import * as LabContainer from "./LabContainer.ts"

/** Pages of the memory that stays as it is: 6 MiB. */
const still = 1536

const program = [
  "/usr/bin/python3",
  "-c",
  `import array, os, time, zlib
still = bytearray(os.urandom(1 << 20) * 6)
sum = zlib.crc32(still)
moving = bytearray(64 * 4096)
marks = array.array('Q', [0] * 64)
i = 0
word = 'intact'
while True:
    i += 1
    k = i % 64
    marks[k] = i
    moving[k * 4096:k * 4096 + 8] = i.to_bytes(8, 'little')
    if any(int.from_bytes(moving[k * 4096:k * 4096 + 8], 'little') != marks[k] for k in range(64)): word = 'torn'
    if i % 16 == 0 and zlib.crc32(still) != sum: word = 'changed'
    for name, text in (('count', str(i)), ('word', word)):
        with open('/tmp/next', 'w') as f: f.write(text)
        os.rename('/tmp/next', '/tmp/' + name)
    time.sleep(0.01)
`
]

const make = (runtime: (typeof LabContainer.runtimes)[number]) =>
  Effect.tap(LabContainer.make({ runtime, programs: true, args: program }), (container) => container.counted(3))

/** Checkpoints the container and lets it go on; gives what was counted of its pages. */
const create = (container: LabContainer.LabContainer, name: string, options: Omit<CreateOptions, "parentPath"> & {
  readonly parent?: string
} = {}) =>
  Effect.gen(function* () {
    const { parent, ...rest } = options
    const { checkpoint, warnings } = yield* Checkpoints.create(container.id, name, {
      leaveRunning: true,
      ...rest,
      ...(parent === undefined ? {} : { parentPath: toName(parent) })
    })
    expect(warnings).toEqual([])
    return { path: checkpoint.path, bytes: checkpoint.record?.bytes ?? 0, ...checkpoint.record?.statistics }
  })

const toName = Schema.decodeSync(CheckpointName.CheckpointName)

/** It goes on from where it was, with all of its memory. */
const isIntact = (container: LabContainer.LabContainer, before: number) =>
  Effect.gen(function* () {
    const now = yield* container.count
    expect(now).toBeGreaterThanOrEqual(before)
    // Round all of the memory that changes, and past a look at what does not.
    yield* container.counted(now + 70)
    expect(yield* container.file("/tmp/word")).toBe("intact")
  })

/** Marks the container's own file system; a restore from before this takes the mark away. */
const mark = (container: LabContainer.LabContainer) =>
  Effect.map(container.pid, (pid) => writeFileSync(`/proc/${pid}/root/tmp/mark`, "later"))

for (const runtime of LabContainer.runtimes) {
  describe(runtime, () => {
    it.scopedLive("preDump: what did not change since is not written while it is frozen", () =>
      Effect.gen(function* () {
        const container = yield* make(runtime)
        yield* Effect.gen(function* () {
          const plain = yield* create(container, "plain")
          expect(plain.pagesSkippedParent).toBe(0)
          const before = yield* container.count
          const ahead = yield* create(container, "ahead", { preDump: true })
          expect(ahead.pagesSkippedParent).toBeGreaterThan(still)
          expect(ahead.pagesWritten).toBeLessThan((plain.pagesWritten ?? 0) - still)
          expect(ahead.bytes).toBeGreaterThan(plain.bytes)
          expect(readlinkSync(`${ahead.path}/parent`)).toBe("pre-dump")
          expect(lstatSync(`${ahead.path}/pre-dump`).mode & 0o777).toBe(0o700)
          expect(lstatSync(`${ahead.path}/pre-dump/pages-1.img`).mode & 0o777).toBe(0o600)
          yield* mark(container)
          yield* Checkpoints.restore(container.id, "ahead", { replace: true })
          expect(yield* container.file("/tmp/mark")).toBe("")
          yield* isIntact(container, before)

          rmSync(`${ahead.path}/pre-dump`, { recursive: true })
          const pid = yield* container.pid
          const error = yield* Effect.flip(Checkpoints.restore(container.id, "ahead", { replace: true }))
          expect(error).toMatchObject({ _tag: "RuntimeFailed", reason: "FileMissing" })
          expect(error.message).toContain("pre-dump")
          expect(yield* container.pid).toBe(pid)
          yield* isIntact(container, before)
        }).pipe(Effect.provide(LabContainer.layerOf(container)))
      }))

    it.scopedLive("preDump by a stop; one that is paused needs none", () =>
      Effect.gen(function* () {
        const container = yield* make(runtime)
        yield* Effect.gen(function* () {
          const before = yield* container.count
          const stopped = yield* create(container, "stopped", { preDump: true, leaveRunning: false })
          expect(stopped.pagesSkippedParent).toBeGreaterThan(still)
          yield* Checkpoints.restore(container.id, "stopped")
          yield* isIntact(container, before)
          yield* container.bare("pause", container.id)
          const paused = yield* create(container, "paused", { preDump: true })
          expect(paused.pagesSkippedParent).toBe(0)
          expect(existsSync(`${paused.path}/pre-dump`)).toBe(false)
          yield* container.bare("resume", container.id)
          yield* isIntact(container, before)
        }).pipe(Effect.provide(LabContainer.layerOf(container)))
      }))

    it.scopedLive("parentPath: a chain, of which no link can be taken away, restores", () =>
      Effect.gen(function* () {
        const container = yield* make(runtime)
        yield* Effect.gen(function* () {
          const one = yield* create(container, "one")
          yield* container.counted((yield* container.count) + 70)
          const two = yield* create(container, "two", { parent: "one" })
          yield* container.counted((yield* container.count) + 70)
          const before = yield* container.count
          // The kernel knows only what changed since the last dump.
          expect(yield* Effect.flip(create(container, "sibling", { parent: "one" })))
            .toMatchObject({ _tag: "OptionUnsupported", option: "parentPath" })
          const three = yield* create(container, "three", { parent: "two", leaveRunning: false })
          for (const child of [two, three]) {
            expect(child.pagesSkippedParent).toBeGreaterThan(still)
            expect(child.pagesWritten).toBeLessThan((one.pagesWritten ?? 0) - still)
          }
          expect(yield* Checkpoints.verify({ container: container.id, name: "three" })).toMatchObject({ problems: [] })
          expect(yield* Effect.flip(Checkpoints.remove(container.id, "one")))
            .toMatchObject({ _tag: "CheckpointBusy", children: ["two"] })
          yield* Checkpoints.restore(container.id, "three")
          yield* isIntact(container, before)
          for (const name of ["three", "two", "one"]) yield* Checkpoints.remove(container.id, name)
          expect(yield* Checkpoints.list(container.id)).toEqual([])
        }).pipe(Effect.provide(LabContainer.layerOf(container)))
      }))
  })
}

// What follows is not the runtime's to decide, and is tried with one of them.
describe("runc", () => {
  it.scopedLive("stasis check finds that the kernel tracks changed memory", () =>
    Effect.gen(function* () {
      const program = yield* Effect.acquireRelease(Effect.promise(Program.make), (one) => Effect.sync(one.remove))
      const { code, out } = program.stasis(["check"])
      expect(out).toMatch(/^ok +kernel: soft-dirty tracking +changed memory is tracked$/m)
      expect(code).toBe(0)
    }))

  it.scopedLive("parentPath: a parent that is missing or damaged is found before anything is frozen or killed", () =>
    Effect.gen(function* () {
      const container = yield* make("runc")
      yield* Effect.gen(function* () {
        const pid = yield* container.pid
        const untouched = Effect.gen(function* () {
          expect(yield* container.pid).toBe(pid)
          yield* container.counted((yield* container.count) + 3)
        })
        expect(yield* Effect.flip(create(container, "child", { parent: "nobody" })))
          .toMatchObject({ _tag: "CheckpointNotFound", checkpoint: "nobody" })
        const { path } = yield* create(container, "one")
        yield* create(container, "two", { parent: "one" })
        renameSync(`${path}/inventory.img`, `${path}/x`)
        expect(yield* Effect.flip(create(container, "child", { parent: "one" })))
          .toMatchObject({ _tag: "CheckpointDamaged", checkpoint: "one" })
        const lame = { _tag: "CheckpointDamaged", checkpoint: "two" }
        const restoring = Checkpoints.restore(container.id, "two", { replace: true })
        expect(yield* Effect.flip(create(container, "child", { parent: "two" }))).toMatchObject(lame)
        expect(yield* Effect.flip(restoring)).toMatchObject(lame)
        rmSync(path, { recursive: true })
        expect(yield* Effect.flip(restoring)).toMatchObject(lame)
        expect(existsSync(path)).toBe(false)
        yield* untouched
      }).pipe(Effect.provide(LabContainer.layerOf(container)))
    }))

  it.scopedLive("parentPath: after a restore everything is written, and the next builds on that", () =>
    Effect.gen(function* () {
      const container = yield* make("runc")
      yield* Effect.gen(function* () {
        const one = yield* create(container, "one", { leaveRunning: false })
        yield* Checkpoints.restore(container.id, "one")
        const two = yield* create(container, "two", { parent: "one" })
        expect(two.pagesWritten).toBeGreaterThan((one.pagesWritten ?? 0) - 64)
        const before = yield* container.count
        const three = yield* create(container, "three", { parent: "two", leaveRunning: false })
        expect(three.pagesSkippedParent).toBeGreaterThan(still)
        yield* Checkpoints.restore(container.id, "three")
        yield* isIntact(container, before)
      }).pipe(Effect.provide(LabContainer.layerOf(container)))
    }))
})
