// Every real dump is whole: of each kind of process by CRIU itself, of containers by runc and crun. A rule that calls one damaged is wrong.
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Checkpoints } from "stasis"
import * as LabContainer from "../layers/oci/LabContainer.ts"
import * as Dump from "./Dump.ts"
import { recipes } from "./recipes.ts"
import { verifyFolder } from "./verifyFolder.ts"

const whole = { verdict: "whole", restore: "possible", problems: [] }

describe("a whole dump is called whole", () => {
  it.scopedLive.each(Object.entries(recipes))("%s", ([, recipe]) =>
    Effect.gen(function* () {
      const subject = yield* Dump.start(recipe)
      expect(yield* verifyFolder(yield* subject.dump("images"))).toMatchObject(whole)
    }))

  it.scopedLive("with connections that are to be closed", () =>
    Effect.gen(function* () {
      const subject = yield* Dump.start({ source: "tcp.py" })
      expect(yield* verifyFolder(yield* subject.dump("images", "--tcp-close"))).toMatchObject(whole)
    }))

  it.scopedLive.each(
    [
      ["runc", "runc", {}],
      ["crun", "crun", {}],
      ["runc, with a namespace of users", "runc", { mappedTo: 100_000 }]
    ] as const
  )("a container of %s, sealed or not, left running or stopped", ([, runtime, more]) =>
    Effect.gen(function* () {
      const container = yield* LabContainer.make({ runtime, ...more })
      yield* container.counted(1)
      yield* Effect.gen(function* () {
        yield* Checkpoints.create(container.id, "running", { leaveRunning: true })
        const name = "stopped"
        expect(yield* Checkpoints.create(container.id, name, { seal: true })).toMatchObject({ sealed: true })
        expect(yield* Checkpoints.verify({ container: container.id, name: "running" })).toMatchObject({
          ...whole,
          seal: "none"
        })
        expect(yield* Checkpoints.verify({ container: container.id, name })).toMatchObject({
          ...whole,
          seal: "matched"
        })
        yield* Checkpoints.restore(container.id, name)
        expect(yield* Checkpoints.verify({ container: container.id, name })).toMatchObject({
          ...whole,
          seal: "matched"
        })
      }).pipe(Effect.provide(LabContainer.layerOf(container)))
    }))
})
