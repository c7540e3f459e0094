// What is on the disk after the power, or our process, went away at any moment of an operation.
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { crashes, create, remove, type Scenario } from "./crashes.ts"
import type { Note } from "./Machine.ts"

type Make = (note: (note: Note) => void) => Scenario

const running = { leaveRunning: true } as const
const inDump = { tcpEstablished: true } as const

const scenarios: Readonly<Record<string, Make>> = {
  "the first create of all": (note) => ({ operation: create("one", running, note) }),
  "a create beside another": (note) => ({
    before: create("zero", running, note),
    operation: create("one", running, note)
  }),
  "a create that stops": (note) => ({ operation: create("one", {}, note) }),
  "a create whose dump stops": (note) => ({ operation: create("one", inDump, note) }),
  "a create in a chosen directory": (note) => ({
    operation: create("one", { ...running, checkpointDir: "/srv/frozen" }, note),
    directory: "/srv/frozen"
  }),
  "a create that fails": (note) => ({
    before: create("zero", running, note),
    operation: create("one", running, note),
    failing: true
  }),
  "a remove": (note) => ({
    before: Effect.zipRight(create("one", running, note), create("two", running, note)),
    operation: remove("one", {}, note)
  }),
  "a create, a remove, and a create of the same name": (note) => ({
    operation: create("one", running, note).pipe(
      Effect.zipRight(remove("one", {}, note)),
      Effect.zipRight(create("one", running, note))
    )
  })
}

describe("after a loss of power or of our process", () => {
  for (const [name, scenario] of Object.entries(scenarios)) {
    it(`${name} leaves every promise kept`, { timeout: 120_000 }, async () => {
      const verdict = await crashes(scenario)
      expect(verdict.violations.join("\n")).toBe("")
      expect(verdict.states).toBeGreaterThan(50)
    })
  }
})
