// The event log on the disk of this machine.
import { spawn } from "node:child_process"
import { once } from "node:events"
import * as NodeFs from "node:fs"
import * as NodeOs from "node:os"
import { afterAll, beforeAll, describe, expect, it } from "@effect/vitest"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { build } from "esbuild"
import { type Event, type EventFilter, make } from "../../../src/domain/Event.ts"
import { EventLog } from "../../../src/effects/EventLog.ts"
import * as EventFile from "../../../src/layers/shared/EventFile.ts"
import * as NodeDisk from "../../../src/layers/shared/NodeDisk.ts"

let folder = ""
let roots = 0

beforeAll(() => {
  folder = NodeFs.mkdtempSync(`${NodeOs.tmpdir()}/stasis-events-`)
})

afterAll(() => NodeFs.rmSync(folder, { recursive: true, force: true }))

const newRoot = () => `${folder}/root${roots++}`

const layer = (config: EventFile.EventFileConfig) =>
  EventFile.layer(config).pipe(Layer.provide(Layer.merge(NodeFileSystem.layer, NodeDisk.layer)))

const event = (checkpoint: string, seconds = 1000): Event =>
  make(
    "checkpoint",
    { id: "c0ffee", name: "web", state: "running", labels: {}, identity: "b" },
    { checkpoint },
    seconds * 1000
  )

const names = (events: Iterable<Event>) => Array.from(events, (one) => one.Actor.Attributes["checkpoint"])

const append = (...checkpoints: ReadonlyArray<string>) =>
  Effect.flatMap(EventLog, (log) => Effect.forEach(checkpoints, (one) => log.append(event(one)), { discard: true }))

const history = (filter?: EventFilter) =>
  Effect.flatMap(EventLog, (log) => Stream.runCollect(log.history(filter))).pipe(Effect.map(names))

describe("append and history", () => {
  it.effect("gives back what was appended, oldest first, from private files", () => {
    const root = newRoot()
    return Effect.gen(function* () {
      expect(yield* history()).toEqual([])
      yield* append("a", "b", "c")
      expect(yield* history()).toEqual(["a", "b", "c"])
      expect(NodeFs.statSync(`${root}/events`).mode & 0o777).toBe(0o700)
      expect(NodeFs.statSync(`${root}/events/00000001.ndjson`).mode & 0o777).toBe(0o600)
    }).pipe(Effect.provide(layer({ root })))
  })

  it.effect("filters by container, action and time", () =>
    Effect.gen(function* () {
      const log = yield* EventLog
      for (const seconds of [10, 20, 30]) yield* log.append(event(`at${seconds}`, seconds))
      expect(yield* history({ since: 20 })).toEqual(["at20", "at30"])
      expect(yield* history({ until: 20 })).toEqual(["at10", "at20"])
      expect(yield* history({ container: "web", actions: ["checkpoint"] })).toEqual(["at10", "at20", "at30"])
      expect(yield* history({ container: "other" })).toEqual([])
    }).pipe(Effect.provide(layer({ root: newRoot() }))))

  it.effect("keeps so many segments of such a size", () => {
    const root = newRoot()
    return Effect.gen(function* () {
      yield* append(...Array.from({ length: 20 }, (_, index) => `e${index}`))
      expect(NodeFs.readdirSync(`${root}/events`).filter((name) => name.endsWith(".ndjson")).length).toBe(3)
      const kept = yield* history()
      expect(kept).toEqual(Array.from({ length: 20 }, (_, index) => `e${index}`).slice(-kept.length))
      expect(kept.length).toBeGreaterThan(3)
    }).pipe(Effect.provide(layer({ root, segmentBytes: 400, segments: 3 })))
  })

  it.effect.each(['{"Type":"conta', "\0\0\0\0", "not json\n"])(
    "passes over what a crash has left (%j), and nothing else",
    (torn) => {
      const root = newRoot()
      return Effect.gen(function* () {
        yield* append("before")
        NodeFs.appendFileSync(`${root}/events/00000001.ndjson`, torn)
        expect(yield* history()).toEqual(["before"])
        yield* append("after")
        expect(yield* history()).toEqual(["before", "after"])
      }).pipe(Effect.provide(layer({ root })))
    }
  )

  it.effect("says what is wrong, typed", () => {
    const root = newRoot()
    NodeFs.writeFileSync(root, "a file")
    return Effect.gen(function* () {
      const error = yield* Effect.flip(append("x"))
      expect(error).toMatchObject({ _tag: "EventLogFailed", operation: "append", path: `${root}/events` })
    }).pipe(Effect.provide(layer({ root })))
  })
})

describe("follow", () => {
  const take = (count: number, filter?: EventFilter) =>
    Effect.flatMap(EventLog, (log) => Stream.runCollect(Stream.take(log.follow(filter), count))).pipe(Effect.map(names))

  it.live("gives what comes, across rotation, none lost and none twice", () => {
    const all = Array.from({ length: 30 }, (_, index) => `e${index}`)
    return Effect.gen(function* () {
      const following = yield* Effect.fork(take(all.length, { since: 0 }))
      yield* append(...all)
      expect(yield* Fiber.join(following)).toEqual(all)
    }).pipe(Effect.provide(layer({ root: newRoot(), segmentBytes: 1000, segments: 50 })))
  })

  it.live("leaves out what was there before, unless asked since when", () => {
    const root = newRoot()
    return Effect.gen(function* () {
      yield* append("old")
      expect(yield* take(1, { since: 0 })).toEqual(["old"])
      const following = yield* Effect.fork(take(1))
      // Whether the follower has begun cannot be seen: it is given something new until it has taken one.
      yield* Effect.raceFirst(Fiber.join(following), Effect.forever(append("new")))
      expect(yield* Fiber.join(following)).toEqual(["new"])
    }).pipe(Effect.provide(layer({ root })))
  })

  it.live("ends when its time is over", () =>
    Effect.gen(function* () {
      yield* append("old")
      const log = yield* EventLog
      expect(names(yield* Stream.runCollect(log.follow({ since: 0, until: 2000 })))).toEqual(["old"])
    }).pipe(Effect.provide(layer({ root: newRoot() }))))

  it.live("reads each segment from its beginning", () => {
    const all = Array.from({ length: 20 }, (_, index) => `e${index}`)
    return Effect.gen(function* () {
      yield* append(...all)
      const log = yield* EventLog
      expect(names(yield* Stream.runCollect(log.follow({ since: 0, until: 2000 })))).toEqual(all)
    }).pipe(Effect.provide(layer({ root: newRoot(), segmentBytes: 1000, segments: 50 })))
  })
})

describe("many processes", () => {
  it.live("append whole lines, all of them, and a follower sees each once", () => {
    const root = newRoot()
    const program = `${folder}/appender.mjs`
    const config = { root, segmentBytes: 2000, segments: 100 }
    const appender = `
      import * as Effect from "effect/Effect"
      import * as Layer from "effect/Layer"
      import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
      import { EventLog } from "./src/effects/EventLog.ts"
      import { make } from "./src/domain/Event.ts"
      import * as EventFile from "./src/layers/shared/EventFile.ts"
      import * as NodeDisk from "./src/layers/shared/NodeDisk.ts"
      const layer = EventFile.layer(${
      JSON.stringify(config)
    }).pipe(Layer.provide(Layer.merge(NodeFileSystem.layer, NodeDisk.layer)))
      const container = { id: "c0ffee", state: "running", labels: {}, identity: "b" }
      Effect.runPromise(Effect.provide(Effect.flatMap(EventLog, (log) => Effect.forEach(Array.from({ length: 10 }), (_, index) =>
        log.append(make("checkpoint", container, { checkpoint: process.argv[2] + "-" + index }, 1e6)))), layer))`
    return Effect.gen(function* () {
      yield* Effect.promise(() =>
        build({
          stdin: { contents: appender, loader: "ts", resolveDir: new URL("../../..", import.meta.url).pathname },
          outfile: program,
          bundle: true,
          platform: "node",
          format: "esm",
          logLevel: "error",
          banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" }
        })
      )
      const log = yield* EventLog
      const following = yield* Effect.fork(Stream.runCollect(Stream.take(log.follow({ since: 0 }), 40)))
      const ends = yield* Effect.promise(() =>
        Promise.all(
          [0, 1, 2, 3].map((one) => once(spawn(process.execPath, [program, String(one)], { stdio: "inherit" }), "exit"))
        )
      )
      expect(ends.map(([status]) => status)).toEqual([0, 0, 0, 0])
      const expected = [0, 1, 2, 3].flatMap((one) => Array.from({ length: 10 }, (_, index) => `${one}-${index}`)).sort()
      expect(names(Chunk.toReadonlyArray(yield* Fiber.join(following))).sort()).toEqual(expected)
      expect((yield* history()).sort()).toEqual(expected)
    }).pipe(Effect.provide(layer(config)))
  })
})
