// What is on the disk after the power, or our process, went away at any moment of an operation.
import { afterAll, beforeAll, describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Context from "effect/Context"
import * as Layer from "effect/Layer"
import * as Checkpoints from "../../src/effects/Checkpoints.ts"
import { Disk } from "../../src/effects/Disk.ts"
import { crashes, create, type Faults, remove, type Scenario } from "./crashes.ts"
import { firstStart, type Note } from "./Machine.ts"
import type { Volume } from "./Volume.ts"

type Make = (note: (note: Note) => void) => Scenario

// Most of what is looked for is not there, and a stack trace of each time would take most of the time.
beforeAll(() => {
  Error.stackTraceLimit = 0
})

afterAll(() => {
  Error.stackTraceLimit = 10
})

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
  "a create that fails, its name claimed": (note) => ({
    before: create("zero", running, note),
    operation: create("one", inDump, note),
    failing: true
  }),
  "a recover of a create whose dump had stopped the container": (note) => ({
    before: create("one", inDump, note),
    beforeCutAt: (log) => log.findIndex((op) => op.tag === "note" && op.note.tag === "one copy") + 1,
    operation: Checkpoints.recover(firstStart.id)
  }),
  "a remove": (note) => ({
    before: Effect.zipRight(create("one", running, note), create("two", running, note)),
    operation: remove("one", {}, note)
  }),
  "a create of a name that was removed": (note) => ({
    before: Effect.zipRight(create("one", running, note), remove("one", {}, note)),
    operation: create("one", running, note)
  })
}

describe("after a loss of power or of our process", () => {
  for (const [name, scenario] of Object.entries(scenarios)) {
    it(`${name} leaves every promise kept`, { timeout: 120_000 }, async () => {
      const verdict = await crashes(scenario)
      expect(verdict.violations.join("\n")).toBe("")
      expect(verdict.states).toBeGreaterThan(40)
    })
  }
})

/** A disk of which one call does something else. */
const withDisk =
  (change: (disk: Context.Tag.Service<Disk>) => Partial<Context.Tag.Service<Disk>>) => (volume: Volume<Note>) =>
    Layer.map(volume.disk, (context) => {
      const disk = Context.get(context, Disk)
      return Context.make(Disk, { ...disk, ...change(disk) })
    })

const withFiles = (change: (fs: FileSystem.FileSystem) => Partial<FileSystem.FileSystem>) => (volume: Volume<Note>) =>
  Layer.map(volume.fileSystem, (context) => {
    const fs = Context.get(context, FileSystem.FileSystem)
    return Context.make(FileSystem.FileSystem, { ...fs, ...change(fs) })
  })

/** Promises broken on purpose, each with a scenario that has to show it. */
const faults: Readonly<Record<string, readonly [Make, Faults]>> = {
  "nothing is synced": [
    (note) => ({ operation: create("one", running, note) }),
    { disk: withDisk(() => ({ sync: () => Effect.void })) }
  ],
  "only files are synced": [
    (note) => ({ operation: create("one", running, note) }),
    { disk: withDisk(({ sync }) => ({ sync: (path) => /\.(img|json)$/.test(path) ? sync(path) : Effect.void })) }
  ],
  "only folders are synced": [
    (note) => ({ operation: create("one", running, note) }),
    { disk: withDisk(({ sync }) => ({ sync: (path) => /\.img$/.test(path) ? Effect.void : sync(path) })) }
  ],
  "the checkpoint directory is not synced": [
    (note) => ({ before: create("zero", running, note), operation: remove("zero", {}, note) }),
    { disk: withDisk(({ sync }) => ({ sync: (path) => path.endsWith("/checkpoints") ? Effect.void : sync(path) })) }
  ],
  "what stands above the checkpoint directory is not synced": [
    (note) => ({ operation: create("one", running, note) }),
    { disk: withDisk(({ sync }) => ({ sync: (path) => path === "/var/lib" ? Effect.void : sync(path) })) }
  ],
  "removals delete in place instead of renaming away": [
    (note) => ({ before: create("one", running, note), operation: remove("one", {}, note) }),
    {
      fileSystem: withFiles(({ remove, rename }) => ({
        rename: (from, to) => to.includes("/trash/") ? remove(from, { recursive: true }) : rename(from, to)
      }))
    }
  ]
}

describe("the states that are looked at", () => {
  for (const [name, [scenario, fault]] of Object.entries(faults)) {
    it(`show it when ${name}`, { timeout: 120_000 }, async () => {
      expect((await crashes(scenario, fault, 1)).violations.length).toBeGreaterThan(0)
    })
  }
})
