// What is written to the device, and what is not, as the caller asked: what a loss of power leaves is another test's.
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { Checkpoints } from "stasis"
import { directory, inFolders } from "./folders.ts"

const synced = (calls: ReadonlyArray<string>) => calls.filter((call) => call.startsWith("sync "))

describe("durability", () => {
  it.effect(
    "is full unless it is asked for: images, their folder and the directory are synced",
    inFolders(({ calls }) =>
      Effect.gen(function* () {
        for (const [name, options] of [["first", {}], ["second", { durability: "full" as const }]] as const) {
          calls.length = 0
          yield* Checkpoints.create("web", name, { leaveRunning: true, ...options })
          const made = synced(calls)
          for (const end of ["/images/pages-1.img", "/images/inventory.img", "/images/config.json", "/images"]) {
            expect(made.some((call) => call.endsWith(end))).toBe(true)
          }
          expect(made.at(-1)).toBe(`sync ${directory}`)
          calls.length = 0
          yield* Checkpoints.remove("web", name, options)
          expect(synced(calls)).toEqual([`sync ${directory}`])
        }
      })
    )
  )

  it.effect(
    "none leaves all of it to the kernel",
    inFolders(({ calls }) =>
      Effect.gen(function* () {
        const durability = "none"
        yield* Checkpoints.create("web", "first", { leaveRunning: true, durability })
        yield* Checkpoints.create("web", "second", { leaveRunning: true, preDump: true, durability })
        yield* Checkpoints.remove("web", "first", { durability })
        yield* Checkpoints.create("web", "third", { tcpEstablished: true, durability })
        expect(synced(calls)).toEqual([])
      })
    )
  )

  it.effect(
    "begins while the dump goes on",
    inFolders(({ calls, control }) =>
      Effect.gen(function* () {
        const hang = yield* control.faults.hangNext("Runtime.checkpoint", { after: true })
        const fiber = yield* Effect.fork(Checkpoints.create("web", "first", { leaveRunning: true }))
        yield* hang.reached
        expect(synced(calls).map((call) => call.slice(call.lastIndexOf("/") + 1))).toEqual(["pages-1.img"])
        yield* hang.release
        yield* Fiber.join(fiber)
      })
    )
  )
})
