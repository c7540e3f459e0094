/** What every `ContainerStore` keeps. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { ContainerStore } from "stasis"
import type { Harness, Subject } from "./Subject.ts"

/** Runs the contract on a world. */
export const suite = (name: string, harness: Harness): void => {
  const check = (
    promise: string,
    test: (
      subject: Subject,
      store: typeof ContainerStore.ContainerStore.Service
    ) => Effect.Effect<unknown, unknown>
  ) =>
    (harness.exact ? it.effect : it.live)(promise, () =>
      Effect.gen(function* () {
        const subject = yield* harness.make
        const store = yield* Effect.provide(ContainerStore.ContainerStore, subject.layer)
        yield* test(subject, store)
      }).pipe(Effect.scoped))

  describe(`ContainerStore: ${name}`, () => {
    check("finds a container by its id and by a prefix of it", (subject, store) =>
      Effect.gen(function* () {
        const whole = yield* store.find(subject.id)
        expect(whole).toMatchObject({ id: subject.id, state: "running" })
        expect(yield* store.find(subject.id.slice(0, -1))).toEqual(whole)
        expect(yield* store.get(subject.id)).toEqual(whole)
        expect(yield* store.list).toContainEqual(whole)
      }))

    check(
      "gives a living container a process, and one identity whatever its state",
      (subject, store) =>
        Effect.gen(function* () {
          const running = yield* store.get(subject.id)
          expect(running.process?.pid).toBeGreaterThan(0)
          yield* subject.setPaused(true)
          const paused = yield* store.get(subject.id)
          expect(paused).toEqual({ ...running, state: "paused" })
          yield* subject.setPaused(false)
          expect(yield* store.get(subject.id)).toEqual(running)
        })
    )

    check("does not find what is not there", (subject, store) =>
      Effect.gen(function* () {
        for (const reference of ["no-such-container", "", "../x", `${subject.id}x`, "*"]) {
          expect(yield* Effect.flip(store.find(reference))).toMatchObject({
            _tag: "ContainerNotFound",
            message: `No such container: ${reference}`
          })
        }
        expect(yield* Effect.flip(store.get(subject.id.slice(0, -1)))).toMatchObject({ _tag: "ContainerNotFound" })
      }))

    check("shows no living container after it was killed", (subject, store) =>
      Effect.gen(function* () {
        yield* subject.kill
        const state = yield* store.get(subject.id).pipe(
          Effect.map((container) => container.state),
          Effect.catchTag("ContainerNotFound", () => Effect.succeed("gone"))
        )
        expect(["gone", "stopped"]).toContain(state)
      }))

    check(
      "shows another process of the same container after it was started again",
      (subject, store) =>
        Effect.gen(function* () {
          const before = yield* store.get(subject.id)
          yield* subject.kill
          yield* subject.start
          const after = yield* store.get(subject.id)
          expect(after.state).toBe("running")
          expect(after.process).not.toEqual(before.process)
        })
    )
  })
}
