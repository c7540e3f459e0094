/** What the use cases promise, in every world. */
import { describe, expect, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { Checkpoints, ContainerStore, EventLog } from "stasis"
import { staysSmall } from "./callersFiber.ts"
import type { Harness, Services, Subject } from "./Subject.ts"

/** Runs the contract on a world. */
export const suite = (name: string, harness: Harness): void => {
  const check = (
    promise: string,
    test: (subject: Subject) => Effect.Effect<unknown, unknown, Services>
  ) =>
    (harness.exact ? it.effect : it.live)(promise, () =>
      Effect.gen(function* () {
        const subject = yield* harness.make
        yield* Effect.provide(test(subject), subject.layer)
      }).pipe(Effect.scoped))

  describe(`Checkpoints: ${name}`, () => {
    check("brings a stopped container back to where it was", (subject) =>
      Effect.gen(function* () {
        const before = yield* subject.advance(5)
        const created = yield* Checkpoints.create(subject.id, "first")
        expect(["forgotten", "stopped"]).toContain(created.state)
        expect(created.checkpoint).toMatchObject({
          name: "first",
          container: subject.id,
          status: "complete",
          exit: true
        })
        const restored = yield* Checkpoints.restore(subject.id, "first")
        expect(restored.state).toBe("running")
        const after = yield* subject.count
        expect(after).toBeGreaterThanOrEqual(before)
        if (harness.exact) expect(after).toBe(before)
        expect(yield* subject.advance(1)).toBeGreaterThan(after)
      }))

    check(
      "leaves a container running, and rolls it back when it is told to replace it",
      (subject) =>
        Effect.gen(function* () {
          const created = yield* Checkpoints.create(subject.id, "first", { leaveRunning: true })
          expect(created.state).toBe("running")
          const later = yield* subject.advance(50)
          expect(yield* Effect.flip(Checkpoints.restore(subject.id, "first"))).toMatchObject({
            _tag: "ContainerRunning"
          })
          expect(yield* subject.count).toBeGreaterThanOrEqual(later)
          yield* Checkpoints.restore(subject.id, "first", { replace: true })
          expect(yield* subject.count).toBeLessThan(later)
          expect(yield* Checkpoints.names(subject.id)).toEqual(["first"])
        })
    )

    check("keeps a paused container paused, and its restore is paused", (subject) =>
      Effect.gen(function* () {
        yield* subject.setPaused(true)
        const kept = yield* Checkpoints.create(subject.id, "kept", { leaveRunning: true })
        expect(kept).toMatchObject({ state: "paused", checkpoint: { record: { paused: true } } })
        const frozen = yield* subject.count
        yield* Checkpoints.create(subject.id, "stopped")
        expect(yield* Checkpoints.restore(subject.id, "stopped")).toMatchObject({ state: "paused" })
        const restored = yield* subject.count
        if (harness.exact) expect(restored).toBe(frozen)
        expect(restored).toBeGreaterThanOrEqual(frozen)
        yield* subject.setPaused(false)
        expect(yield* subject.advance(1)).toBeGreaterThan(restored)
      }))

    check("lists by name, gets one, and removes exactly one", (subject) =>
      Effect.gen(function* () {
        expect(yield* Checkpoints.list(subject.id)).toEqual([])
        for (const each of ["bb", "aa", "cc"]) yield* Checkpoints.create(subject.id, each, { leaveRunning: true })
        const all = yield* Checkpoints.list(subject.id)
        expect(all.map((one) => one.name)).toEqual(["aa", "bb", "cc"])
        expect(yield* Checkpoints.get(subject.id, "bb")).toEqual(all[1])
        expect((yield* Checkpoints.remove(subject.id, "bb")).checkpoint).toEqual(all[1])
        expect(yield* Checkpoints.names(subject.id)).toEqual(["aa", "cc"])
        expect(yield* Checkpoints.list()).toEqual([all[0], all[2]])
        expect(yield* Effect.flip(Checkpoints.get(subject.id, "bb"))).toMatchObject({ _tag: "CheckpointNotFound" })
        expect(yield* Effect.flip(Checkpoints.remove(subject.id, "bb"))).toMatchObject({ _tag: "CheckpointNotFound" })
      }))

    check("refuses bad names and taken ones before anything is touched", (subject) =>
      Effect.gen(function* () {
        yield* Checkpoints.create(subject.id, "taken", { leaveRunning: true })
        const store = yield* ContainerStore.ContainerStore
        const before = yield* store.get(subject.id)
        for (const bad of ["", "a", "..", "../x", "a/b", "-ab", ".ab", "ab.", "a\0b", "ab\n", "n".repeat(256)]) {
          expect(yield* Effect.flip(Checkpoints.create(subject.id, bad))).toMatchObject({
            _tag: "InvalidCheckpointName"
          })
        }
        expect(yield* Effect.flip(Checkpoints.remove(subject.id, "../../.."))).toMatchObject({
          _tag: "InvalidCheckpointName"
        })
        expect(yield* Effect.flip(Checkpoints.create(subject.id, "taken"))).toMatchObject({ _tag: "CheckpointExists" })
        expect(yield* store.get(subject.id)).toEqual(before)
        expect(yield* Checkpoints.names(subject.id)).toEqual(["taken"])
      }))

    check("of two creates of one name exactly one succeeds", (subject) =>
      Effect.gen(function* () {
        const create = Effect.either(Checkpoints.create(subject.id, "same", { leaveRunning: true }))
        const outcomes = yield* Effect.all([create, create], { concurrency: 2 })
        const failed = outcomes.flatMap((one) => one._tag === "Left" ? [one.left._tag] : [])
        expect(failed).toEqual(["CheckpointExists"])
        expect(yield* Checkpoints.names(subject.id)).toEqual(["same"])
        expect(yield* subject.advance(1)).toBeGreaterThan(0)
      }))

    check("knows a container that its runtime has forgotten by its checkpoints", (subject) =>
      Effect.gen(function* () {
        yield* Checkpoints.create(subject.id, "last", { leaveRunning: true })
        yield* subject.kill
        expect(yield* Checkpoints.names(subject.id)).toEqual(["last"])
        expect((yield* Checkpoints.list()).map((one) => one.name)).toEqual(["last"])
        expect(yield* Effect.flip(Checkpoints.create(subject.id, "none"))).toMatchObject({
          _tag: "ContainerNotRunning"
        })
        yield* Checkpoints.restore(subject.id, "last")
        expect(yield* subject.advance(1)).toBeGreaterThan(0)
        expect(yield* Effect.flip(Checkpoints.get("no-such", "last"))).toMatchObject({ _tag: "ContainerNotFound" })
      }))

    check("appends an event for all that happened", (subject) =>
      Effect.gen(function* () {
        yield* Checkpoints.create(subject.id, "first")
        yield* Checkpoints.restore(subject.id, "first")
        yield* Checkpoints.remove(subject.id, "first")
        const log = yield* EventLog.EventLog
        const events = Chunk.toArray(yield* Stream.runCollect(log.history({ container: subject.id })))
        expect(events.map((event) => event.Action)).toEqual(["checkpoint", "restore", "checkpoint-remove"])
        expect(events[0]?.Actor).toMatchObject({ ID: subject.id, Attributes: { checkpoint: "first", exit: "true" } })
      }))

    check("leaves nothing behind in the fiber that calls it", (subject) => staysSmall(subject.id))

    check("finds nothing to recover where nothing was interrupted", (subject) =>
      Effect.gen(function* () {
        yield* Checkpoints.create(subject.id, "first", { leaveRunning: true })
        expect(yield* Checkpoints.recover(subject.id)).toEqual([])
        expect(yield* Checkpoints.names(subject.id)).toEqual(["first"])
      }))
  })
}
