import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/TestClock"
import { RuntimeUnavailable } from "../../../src/domain/CheckpointError.ts"
import * as ContainerdClient from "../../../src/layers/containerd/ContainerdClient.ts"
import { complete } from "../../../src/layers/containerd/ContainerdSettings.ts"
import * as Services from "../../../src/layers/containerd/Services.ts"

describe("ContainerdClient", () => {
  it.effect.each(["", "../other", "a..b", "-a", "a".repeat(77)])(
    "asks no containerd for namespace %j",
    (namespace) =>
      Effect.gen(function* () {
        const client = ContainerdClient.make(complete({ socket: "/no/such.sock", namespace }))
        expect(yield* Effect.flip(client.call(Services.version, undefined))).toMatchObject({
          _tag: "RuntimeUnavailable",
          detail: expect.stringContaining("namespace")
        })
      })
  )

  const failing = (detail: string, times: number) => {
    let calls = 0
    const client: ContainerdClient.ContainerdClient = {
      isKnown: () => true,
      call: (method, _) =>
        Effect.suspend(() =>
          calls++ < times
            ? Effect.fail(new RuntimeUnavailable({ runtime: "containerd", program: "/s", detail, remedy: "wait" }))
            : Effect.sync(() => method.read(new Uint8Array()))
        )
    }
    const asked = Effect.either(ContainerdClient.patient(client).call(Services.version, undefined))
    return { calls: () => calls, asked }
  }

  it.effect("a patient one asks a containerd that is being started again", () =>
    Effect.gen(function* () {
      const { asked, calls } = failing("nobody listens on this socket", 10)
      const fiber = yield* Effect.fork(asked)
      yield* TestClock.adjust("10 seconds")
      expect(yield* Fiber.join(fiber)).toMatchObject({ _tag: "Right" })
      expect(calls()).toBe(11)
    }))

  it.effect("and gives up after about twenty seconds, at once where waiting is of no use", () =>
    Effect.gen(function* () {
      const gone = failing("there is no such socket", 1000)
      const fiber = yield* Effect.fork(gone.asked)
      yield* TestClock.adjust("30 seconds")
      expect(yield* Fiber.join(fiber)).toMatchObject({ _tag: "Left" })
      expect(gone.calls()).toBe(81)
      const denied = failing("the right to write to this socket is missing", 1000)
      expect(yield* denied.asked).toMatchObject({ _tag: "Left" })
      expect(denied.calls()).toBe(1)
    }))
})
