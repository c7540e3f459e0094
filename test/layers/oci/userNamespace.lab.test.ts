// A container in a user namespace: its root, who is nobody special on the host, has to read the images at a restore, and
// nobody else may.
import { chownSync, readdirSync, statSync } from "node:fs"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Checkpoints from "../../../src/effects/Checkpoints.ts"
import * as LazyPages from "../../../src/layers/shared/LazyPages.ts"
import * as LabContainer from "./LabContainer.ts"

const mappedTo = 100_000

describe("runc", () => {
  it.scopedLive("is checkpointed and restored; the images are its root's alone", () =>
    Effect.gen(function* () {
      const container = yield* LabContainer.make({ runtime: "runc", mappedTo })
      yield* Effect.gen(function* () {
        const before = yield* container.counted(3)
        yield* Checkpoints.create(container.id, "running", { leaveRunning: true })
        const { checkpoint } = yield* Checkpoints.create(container.id, "first")
        const expectPrivate = () => {
          expect(seen(checkpoint.path)).toMatchObject({ mode: 0o700, uid: mappedTo })
          for (const name of readdirSync(checkpoint.path)) {
            const early = !name.endsWith(".img") || name.startsWith("timens-")
            const owner = early ? 0 : mappedTo
            expect([name, seen(`${checkpoint.path}/${name}`)]).toEqual([name, { mode: 0o600, uid: owner, gid: owner }])
          }
        }
        expectPrivate()
        expect((yield* Checkpoints.restore(container.id, "first")).state).toBe("running")
        expectPrivate()
        const now = yield* container.count
        expect(now).toBeGreaterThanOrEqual(before)
        yield* container.counted(now + 3)
        yield* Checkpoints.restore(container.id, "running", { replace: true })
        yield* container.counted(before + 3)
        expect(yield* Checkpoints.names(container.id)).toEqual(["first", "running"])
        yield* Checkpoints.remove(container.id, "first")
      }).pipe(Effect.provide(LabContainer.layerOf(container)))
    }))

  it.scopedLive("cannot be restored lazily where the kernel lets only the machine's root: refused, and restored all at once", () =>
    Effect.gen(function* () {
      const container = yield* LabContainer.make({ runtime: "runc", mappedTo })
      yield* Effect.gen(function* () {
        const before = yield* container.counted(3)
        yield* Checkpoints.create(container.id, "first")
        const outcome = yield* Checkpoints.restore(container.id, "first", { lazyPages: true }).pipe(
          Effect.match({ onFailure: ({ _tag }) => _tag, onSuccess: ({ state }) => state })
        )
        expect(outcome).toBe(LazyPages.servesAnybody() ? "running" : "OptionUnsupported")
        if (outcome !== "running") yield* Checkpoints.restore(container.id, "first")
        yield* container.counted(before + 3)
      }).pipe(Effect.provide(LabContainer.layerOf(container)))
    }))

  it.scopedLive("images that are the host's root's, as another program leaves them, are given to its root first", () =>
    Effect.gen(function* () {
      const container = yield* LabContainer.make({ runtime: "runc", mappedTo })
      yield* Effect.gen(function* () {
        const before = yield* container.counted(3)
        const { checkpoint } = yield* Checkpoints.create(container.id, "first")
        for (const path of ["", ...readdirSync(checkpoint.path)]) chownSync(`${checkpoint.path}/${path}`, 0, 0)
        yield* Checkpoints.restore(container.id, "first")
        yield* container.counted(before + 3)
        expect(seen(`${checkpoint.path}/inventory.img`)).toEqual({ mode: 0o600, uid: mappedTo, gid: mappedTo })
      }).pipe(Effect.provide(LabContainer.layerOf(container)))
    }))

  it.scopedLive("without one, the images are the host's root's", () =>
    Effect.gen(function* () {
      const container = yield* LabContainer.make({ runtime: "runc" })
      yield* Effect.gen(function* () {
        yield* container.counted(3)
        const { checkpoint } = yield* Checkpoints.create(container.id, "first")
        const owners = readdirSync(checkpoint.path).map((name) => seen(`${checkpoint.path}/${name}`).uid)
        expect(owners.filter((uid) => uid !== 0)).toEqual([])
      }).pipe(Effect.provide(LabContainer.layerOf(container)))
    }))
})

describe("crun", () => {
  // It binds the devices of the host into such a container by itself, and does not tell CRIU of them.
  it.scopedLive("cannot be checkpointed: refused with the mount in question, and goes on", () =>
    Effect.gen(function* () {
      const container = yield* LabContainer.make({ runtime: "crun", mappedTo })
      yield* Effect.gen(function* () {
        const before = yield* container.counted(3)
        const error = yield* Effect.flip(Checkpoints.create(container.id, "first"))
        expect("reason" in error ? error.reason : error._tag).toBe("ExternalResource")
        expect(error.message).toMatch(/its mount "\.\/dev\/\w+" comes from outside of it/)
        yield* container.counted(before + 3)
        expect(yield* Checkpoints.list(container.id)).toEqual([])
      }).pipe(Effect.provide(LabContainer.layerOf(container)))
    }))
})

const seen = (path: string) => {
  const { gid, mode, uid } = statSync(path)
  return { mode: mode & 0o777, uid, gid }
}
