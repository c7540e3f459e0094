/** What every `Runtime` keeps: a dump freezes a state, a restore brings exactly that state back. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Capabilities, type Checkpoint, type Container, ContainerStore, Disk, Preflight, Runtime } from "stasis"
import type { Harness, Subject } from "./Subject.ts"

/** Runs the contract on a world. */
export const suite = (name: string, harness: Harness): void => {
  const check = (promise: string, test: (bench: Bench) => Effect.Effect<unknown, unknown>) =>
    (harness.exact ? it.effect : it.live)(promise, () =>
      Effect.gen(function* () {
        const subject = yield* harness.make
        yield* Effect.provide(Effect.flatMap(benchOf(subject), test), subject.layer)
      }).pipe(Effect.scoped))

  describe(`Runtime: ${name}`, () => {
    check("is able, and says its name", ({ runtime }) =>
      Effect.gen(function* () {
        const capabilities = yield* runtime.capabilities
        expect(Capabilities.isAble(capabilities)).toBe(true)
        expect(capabilities.runtime).toBe(runtime.name)
      }))

    check("leaves the container as it was asked to, with whole images", (bench) =>
      Effect.gen(function* () {
        for (const after of ["running", "paused"] as const) {
          const dumped = yield* bench.dump(after)
          expect(yield* bench.subject.files(dumped.imagePath)).toContain("inventory.img")
          expect((yield* bench.container).state).toBe(after)
        }
        yield* bench.runtime.resume(yield* bench.container, Disk.noLease)
        expect((yield* bench.container).state).toBe("running")
      }))

    check("says how much memory is to be written, and what was measured", (bench) =>
      Effect.gen(function* () {
        expect(yield* bench.runtime.residentBytes(yield* bench.container)).toBeGreaterThan(0)
        const { statistics } = yield* bench.dump("running")
        expect(statistics?.pagesWritten).toBeGreaterThan(0)
      }))

    check(
      "sees a container's processes as they live, and nothing in them that stands against a checkpoint",
      (bench) =>
        Effect.gen(function* () {
          yield* bench.subject.advance(1)
          for (const depth of ["quick", "whole"] as const) {
            const container = yield* bench.container
            const survey = yield* bench.runtime.survey(container, depth)
            expect(survey.depth).toBe(depth)
            expect(survey.processes.map(({ pid }) => pid)).toContain(container.process?.pid)
            expect(survey.bytes).toBeGreaterThan(0)
            expect(Preflight.judge(survey, {}).findings.filter(({ stands }) => stands)).toEqual([])
          }
          const container = yield* bench.container
          yield* bench.subject.kill
          expect(yield* Effect.flip(bench.runtime.survey(container, "quick"))).toMatchObject({
            _tag: "RuntimeFailed",
            reason: "ContainerGone"
          })
        })
    )

    check(
      "kills a paused container without letting it run again, and restores what it was",
      (bench) =>
        Effect.gen(function* () {
          const { subject } = bench
          const before = yield* subject.advance(3)
          const dumped = yield* bench.dump("paused")
          const frozen = yield* subject.count
          yield* bench.runtime.stop(yield* bench.container, Disk.noLease)
          expect(yield* bench.isLive).toBe(false)
          yield* bench.restore(dumped.imagePath)
          expect((yield* bench.container).state).toBe("running")
          const after = yield* subject.count
          expect(after).toBeGreaterThanOrEqual(frozen)
          expect(frozen).toBeGreaterThanOrEqual(before)
          if (harness.exact) expect(after).toBe(frozen)
          expect(yield* subject.advance(2)).toBeGreaterThanOrEqual(frozen + 2)
        })
    )

    check(
      "restores a container paused, which has not run in between and can be resumed",
      (bench) =>
        Effect.gen(function* () {
          const { subject } = bench
          yield* subject.advance(3)
          const dumped = yield* bench.dump("paused")
          const frozen = yield* subject.count
          yield* bench.runtime.stop(yield* bench.container, Disk.noLease)
          yield* bench.restore(dumped.imagePath, "paused")
          expect((yield* bench.container).state).toBe("paused")
          expect(yield* subject.count).toBe(frozen)
          yield* bench.runtime.resume(yield* bench.container, Disk.noLease)
          expect(yield* subject.advance(2)).toBeGreaterThanOrEqual(frozen + 2)
        })
    )

    check("restores the same images twice", (bench) =>
      Effect.gen(function* () {
        const { subject } = bench
        const { imagePath } = yield* bench.dump("stopped")
        expect(yield* bench.isLive).toBe(false)
        yield* bench.restore(imagePath)
        const first = yield* subject.advance(30)
        yield* bench.runtime.stop(yield* bench.container, Disk.noLease)
        yield* bench.restore(imagePath)
        expect(yield* subject.count).toBeLessThan(first)
      }))

    check("has a new process after a restore, of the same container", (bench) =>
      Effect.gen(function* () {
        const before = yield* bench.container
        const { imagePath } = yield* bench.dump("stopped")
        yield* bench.restore(imagePath)
        const after = yield* bench.container
        expect(after.identity).toBe(before.identity)
        expect(after.process).not.toEqual(before.process)
      }))

    check("fails on a container that is gone, and starts nothing", (bench) =>
      Effect.gen(function* () {
        const container = yield* bench.container
        yield* bench.subject.kill
        expect(yield* Effect.flip(bench.dumpOf(container, "running"))).toMatchObject({ _tag: "RuntimeFailed" })
        expect(yield* Effect.flip(bench.runtime.pause(container, Disk.noLease))).toMatchObject({
          _tag: "RuntimeFailed"
        })
        expect(yield* bench.isLive).toBe(false)
      }))

    check("fails to restore what is no image, and nothing runs afterwards", (bench) =>
      Effect.gen(function* () {
        const container = yield* bench.container
        yield* bench.subject.kill
        const empty = yield* bench.subject.folder
        const error = yield* Effect.flip(bench.restoreOf(container, empty))
        expect(["RuntimeFailed", "CheckpointDamaged"]).toContain(error._tag)
        expect(yield* bench.isLive).toBe(false)
      }))
  })
}

type Bench = Effect.Effect.Success<ReturnType<typeof benchOf>>

const benchOf = (subject: Subject) =>
  Effect.gen(function* () {
    const runtime = yield* Runtime.Runtime
    const store = yield* ContainerStore.ContainerStore
    const container = store.get(subject.id)
    const dumpOf = (of: Container.Container, after: Runtime.DumpRequest["after"]) =>
      Effect.gen(function* () {
        const imagePath = yield* subject.folder
        const workPath = yield* subject.folder
        const dumped = yield* runtime.checkpoint(of, {
          imagePath,
          workPath,
          after,
          options: {},
          lease: Disk.noLease,
          report: () => Effect.void
        })
        return { ...dumped, imagePath }
      })
    let last: Container.Container | undefined
    const restoreOf = (
      of: Container.Container,
      path: string,
      after: Runtime.RestoreRequest["after"] = "running"
    ) =>
      Effect.gen(function* () {
        const workPath = yield* subject.folder
        yield* runtime.restore(of, {
          checkpoint: checkpointAt(of, path),
          workPath,
          after,
          options: {},
          lease: Disk.noLease,
          report: () => Effect.void
        })
      })
    return {
      subject,
      runtime,
      container,
      dumpOf,
      restoreOf,
      dump: (after: Runtime.DumpRequest["after"]) =>
        Effect.flatMap(container, (now) => {
          last = now
          return dumpOf(now, after)
        }),
      /** Restores the container that was dumped last. */
      restore: (path: string, after?: Runtime.RestoreRequest["after"]) =>
        Effect.suspend(() =>
          last === undefined ? Effect.void : restoreOf({ ...last, state: "forgotten" }, path, after)
        ),
      isLive: container.pipe(
        Effect.map(({ state }) => state === "running" || state === "paused"),
        Effect.catchTag("ContainerNotFound", () => Effect.succeed(false))
      )
    }
  })

const checkpointAt = (container: Container.Container, path: string): Checkpoint.Checkpoint => ({
  name: "contract",
  container: container.id,
  directory: path,
  path,
  status: "complete",
  created: "",
  tcp: false,
  unixSockets: false,
  shell: false,
  exit: false,
  emptyNS: [],
  ...(container.bundle === undefined ? {} : {
    record: {
      version: 1,
      container: { id: container.id, identity: container.identity, bundle: container.bundle }
    }
  })
})
