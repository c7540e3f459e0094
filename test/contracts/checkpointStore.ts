/** What every `CheckpointStore` keeps: whole checkpoints, one of a name, held by one, and what is left of attempts. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Scope from "effect/Scope"
import { CheckpointDirectory, CheckpointName, type CheckpointStore, type Container } from "stasis"
import * as Creation from "../../src/domain/Creation.ts"
import type { Intent, Mode } from "../../src/domain/Intent.ts"

/** A store, and how an image gets into an attempt as a runtime would put it there. */
export interface Bench {
  readonly store: typeof CheckpointStore.CheckpointStore.Service
  readonly dump: (staging: CheckpointStore.Staging) => Effect.Effect<void>
  /** A folder that directories may be chosen in, as the beginning of a path. */
  readonly at: string
}

/** Runs the contract on a store. */
export const suite = (name: string, make: Effect.Effect<Bench, never, Scope.Scope>): void => {
  const check = (promise: string, test: (bench: Bench) => Effect.Effect<unknown, unknown, Scope.Scope>) =>
    it.live(promise, () => Effect.scoped(Effect.flatMap(make, test)))

  describe(`CheckpointStore: ${name}`, () => {
    check("publishes a whole checkpoint that is then found, listed and named", (bench) =>
      Effect.gen(function* () {
        const { store } = bench
        const directory = yield* ownOf(bench)
        expect(yield* store.list(web, directory)).toEqual([])
        // The directory is not there yet, and is not made by the question.
        expect(yield* store.room(directory)).toBeGreaterThan(0)
        expect(yield* store.list(web, directory)).toEqual([])
        const staging = yield* store.stage(directory, intentOf(web, "bb", directory))
        expect(yield* store.isDumped(staging)).toBe(false)
        expect(yield* store.names(directory)).toEqual([])
        yield* bench.dump(staging)
        expect(yield* store.isDumped(staging)).toBe(true)
        expect(yield* store.imageBytes(staging)).toBeGreaterThan(0)
        expect(yield* store.freeBytes(staging)).toBeGreaterThan(0)
        const published = yield* publish(bench, staging)
        yield* store.discard(staging)
        yield* complete(bench, web, "aa", directory)
        expect(published).toMatchObject({ name: "bb", container: "web", status: "complete", directory })
        expect(yield* store.get(web, directory, nameOf("bb"))).toEqual(published)
        expect((yield* store.list(web, directory)).map((one) => one.name)).toEqual(["aa", "bb"])
        expect(yield* store.names(directory)).toEqual(["aa", "bb"])
      }))

    check("takes a name once, at the staging and at the publishing", (bench) =>
      Effect.gen(function* () {
        const { store } = bench
        const directory = yield* ownOf(bench)
        const first = yield* store.stage(directory, intentOf(web, "aa", directory, "first"))
        const second = yield* store.stage(directory, intentOf(web, "aa", directory, "second"))
        for (const one of [first, second]) yield* bench.dump(one)
        const kept = yield* publish(bench, first)
        expect(yield* Effect.flip(publish(bench, second))).toMatchObject({ _tag: "CheckpointExists", checkpoint: "aa" })
        expect(yield* Effect.flip(store.stage(directory, intentOf(web, "aa", directory, "third")))).toMatchObject({
          _tag: "CheckpointExists"
        })
        expect(yield* store.get(web, directory, nameOf("aa"))).toEqual(kept)
      }))

    check("removes exactly one, once", (bench) =>
      Effect.gen(function* () {
        const { store } = bench
        const directory = yield* ownOf(bench)
        const [first] = [yield* complete(bench, web, "aa", directory), yield* complete(bench, web, "bb", directory)]
        yield* store.remove(first, directory, "full")
        expect(yield* store.names(directory)).toEqual(["bb"])
        expect(yield* Effect.flip(store.remove(first, directory, "full"))).toMatchObject({ _tag: "CheckpointNotFound" })
        expect(yield* Effect.flip(store.get(web, directory, nameOf("aa")))).toMatchObject({
          _tag: "CheckpointNotFound",
          checkpoint: "aa"
        })
        expect(yield* complete(bench, web, "aa", directory)).toMatchObject({ name: "aa", status: "complete" })
      }))

    check("keeps a checkpoint that another builds on", (bench) =>
      Effect.gen(function* () {
        const { store } = bench
        const directory = yield* ownOf(bench)
        const parent = yield* complete(bench, web, "aa", directory)
        const child = yield* complete(bench, web, "bb", directory, { parentPath: nameOf("aa") })
        expect(yield* Effect.flip(store.remove(parent, directory, "full"))).toMatchObject({
          _tag: "CheckpointBusy",
          children: ["bb"]
        })
        yield* store.remove(child, directory, "full")
        yield* store.remove(parent, directory, "full")
        expect(yield* store.names(directory)).toEqual([])
      }))

    check("keeps which operation dumped a container last", ({ store }) =>
      Effect.gen(function* () {
        expect(yield* store.lastDump(web)).toBeUndefined()
        yield* store.noteDump(web, "first")
        yield* store.noteDump(other, "second")
        yield* store.noteDump(web, "third")
        expect([yield* store.lastDump(web), yield* store.lastDump(other)]).toEqual(["third", "second"])
      }))

    check("shows to each container its own in a directory that several use", (bench) =>
      Effect.gen(function* () {
        const { store } = bench
        const shared = yield* store.directory(web, yield* chosen(`${bench.at}/shared`), true)
        yield* complete(bench, web, "aa", shared)
        yield* complete(bench, other, "bb", shared)
        expect((yield* store.list(web, shared)).map((one) => one.name)).toEqual(["aa"])
        expect((yield* store.list(other, shared)).map((one) => one.name)).toEqual(["bb"])
        expect(yield* Effect.flip(store.get(web, shared, nameOf("bb")))).toMatchObject({
          _tag: "CheckpointNotFound",
          detail: 'it is of container "other"'
        })
        expect(yield* store.directories(web)).toEqual([yield* ownOf(bench), shared])
        expect(yield* store.directory(web, shared, false)).toBe(shared)
      }))

    check("refuses a chosen directory that is missing, unless it is to be made", (bench) =>
      Effect.gen(function* () {
        const choice = yield* chosen(`${bench.at}/not/there`)
        expect(yield* Effect.flip(bench.store.directory(web, choice, false))).toMatchObject({
          _tag: "InvalidCheckpointDirectory",
          reason: "Missing"
        })
        expect(yield* bench.store.directory(web, choice, true)).toBe(choice)
      }))

    check("knows containers by what is kept of them, as the newest says", (bench) =>
      Effect.gen(function* () {
        const { store } = bench
        const directory = yield* ownOf(bench)
        expect(yield* store.containers).toEqual([])
        yield* complete(bench, web, "aa", directory, {}, "2026-01-01T00:00:00.000Z")
        yield* complete(bench, { ...web, name: "renamed" }, "bb", directory, {}, "2026-01-02T00:00:00.000Z")
        const found = { id: "web", name: "renamed", state: "forgotten", labels: { a: "b" }, identity: "of-web" }
        expect(yield* store.containers).toEqual([found])
        expect(yield* store.container("web")).toEqual(Option.some(found))
        expect(yield* store.container("we")).toEqual(Option.none())
      }))

    check("knows a container that only an attempt is left of", (bench) =>
      Effect.gen(function* () {
        const { store } = bench
        const directory = yield* ownOf(bench)
        yield* store.stage(directory, intentOf(web, "aa", directory, "one", "StopInDump"))
        expect((yield* store.containers).map((one) => [one.id, one.state])).toEqual([["web", "forgotten"]])
      }))

    check("finds what is left of a container's attempts, and how far they came", (bench) =>
      Effect.gen(function* () {
        const { store } = bench
        const directory = yield* ownOf(bench)
        const begun = yield* store.stage(directory, intentOf(web, "aa", directory, "begun"))
        const dumped = yield* store.stage(directory, intentOf(web, "bb", directory, "dumped"))
        yield* bench.dump(dumped)
        const published = yield* store.stage(directory, intentOf(web, "cc", directory, "published"))
        yield* bench.dump(published)
        yield* publish(bench, published)
        yield* store.stage(directory, intentOf(other, "dd", directory, "anothers"))
        const left = yield* store.interrupted(web, directory)
        const seen = left.map((one) => [one.staging.intent.operation, one.dumped, one.published, one.rebooted])
        expect(seen.sort()).toEqual([
          ["begun", false, false, false],
          ["dumped", true, false, false],
          ["published", false, true, false]
        ])
        for (const one of [begun, dumped, published]) yield* store.discard(one)
        expect(yield* store.interrupted(web, directory)).toEqual([])
        expect(yield* store.names(directory)).toEqual(["cc"])
      }))

    check("lets one hold a container, and one a name, at a time", (bench) =>
      Effect.gen(function* () {
        const { store } = bench
        const directory = yield* ownOf(bench)
        const request = (hold: "container" | "name" | "both", name: string, container = web) => ({
          container,
          directory,
          hold,
          name: nameOf(name),
          wait: false
        })
        const scope = yield* Scope.make()
        yield* Scope.extend(store.lock(request("both", "aa")), scope)
        for (const taken of [request("container", "bb"), request("both", "bb"), request("name", "aa")]) {
          expect(yield* Effect.flip(store.lock(taken))).toMatchObject({ _tag: "CheckpointBusy", container: "front" })
        }
        yield* Effect.scoped(store.lock(request("name", "bb")))
        yield* Effect.scoped(store.lock(request("both", "bb", other)))
        const waiting = yield* Effect.fork(Effect.scoped(store.lock({ ...request("both", "aa"), wait: true })))
        const givenUp = yield* Effect.fork(Effect.scoped(store.lock({ ...request("both", "aa"), wait: true })))
        yield* Effect.yieldNow()
        yield* Fiber.interrupt(givenUp)
        expect(Option.isNone(yield* Fiber.poll(waiting))).toBe(true)
        yield* Scope.close(scope, Exit.void)
        yield* Fiber.join(waiting)
        // What was given up and what was handed over is free again.
        yield* Effect.scoped(store.lock(request("both", "aa")))
      }))

    check("holds nothing of a request that it could not hold whole", (bench) =>
      Effect.gen(function* () {
        const { store } = bench
        const directory = yield* ownOf(bench)
        const request = { directory, name: nameOf("aa"), wait: false }
        yield* Effect.scoped(Effect.gen(function* () {
          yield* store.lock({ ...request, container: web, hold: "name" })
          const refused = yield* Effect.either(Effect.scoped(store.lock({ ...request, container: web, hold: "both" })))
          expect(Either.isLeft(refused)).toBe(true)
          yield* Effect.scoped(store.lock({ ...request, container: web, hold: "container" }))
        }))
        yield* Effect.scoped(store.lock({ ...request, container: web, hold: "both" }))
      }))
  })
}

const web: Container.Container = { id: "web", name: "front", state: "running", labels: { a: "b" }, identity: "of-web" }
const other: Container.Container = { id: "other", state: "running", labels: {}, identity: "of-other" }

const nameOf = Schema.decodeSync(CheckpointName.CheckpointName)

const ownOf = ({ store }: Bench) => store.directory(web, undefined, true)

const chosen = (path: string) => CheckpointDirectory.parse(path)

const intentOf = (
  container: Container.Container,
  checkpoint: string,
  directory: string,
  operation: string = `operation-${checkpoint}`,
  mode: Mode = "LeaveRunning",
  options: Intent["options"] = {}
): Intent => ({
  version: 1,
  operation,
  checkpoint: nameOf(checkpoint),
  directory,
  container,
  mode,
  paused: false,
  options,
  runtime: { name: "test" },
  started: 0
})

const publish = (
  { store }: Bench,
  staging: CheckpointStore.Staging,
  created = "2026-01-01T00:00:00.000Z"
) => store.publish(staging, Creation.describe(staging.intent, created, { bytes: 1, files: [] }), "full")

/** A whole create, as the store sees it. */
const complete = (
  bench: Bench,
  container: Container.Container,
  name: string,
  directory: CheckpointDirectory.CheckpointDirectory,
  options: Intent["options"] = {},
  created?: string
) =>
  Effect.gen(function* () {
    const intent = intentOf(container, name, directory, `operation-${name}`, "LeaveRunning", options)
    const staging = yield* bench.store.stage(directory, intent)
    yield* bench.dump(staging)
    const published = yield* publish(bench, staging, created)
    yield* bench.store.discard(staging)
    return published
  })
