/**
 * Runs an operation on a recording volume, rebuilds every state in which a loss of power (or of our process) could
 * leave it, and says which promise one of them breaks.
 */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type { Checkpoint } from "../../src/domain/Checkpoint.ts"
import * as Checkpoints from "../../src/effects/Checkpoints.ts"
import type { Disk } from "../../src/effects/Disk.ts"
import type * as FileSystem from "@effect/platform/FileSystem"
import type * as Layer from "effect/Layer"
import { checkpoints, firstStart, type Note, secondStart, stasisRoot, wholeMemory, type World } from "./Machine.ts"
import { type Contents, type Fate, safeRecords, Volume } from "./Volume.ts"

/** An operation to be cut short. */
export interface Scenario {
  /** What happens first, and is safe on the disk when the operation begins. */
  readonly before?: Effect.Effect<unknown, unknown, Checkpoints.Checkpoints>
  readonly operation: Effect.Effect<unknown, unknown, Checkpoints.Checkpoints>
  readonly directory?: string
  readonly failing?: boolean
  /** Only this much of `before` reached the disk before a first loss of our process: its records. */
  readonly beforeCutAt?: (log: Volume<Note>["log"]) => number
}

/** What a faulty disk or file system stands in for; the volume's own when absent. */
export interface Faults {
  readonly disk?: (volume: Volume<Note>) => Layer.Layer<Disk>
  readonly fileSystem?: (volume: Volume<Note>) => Layer.Layer<FileSystem.FileSystem>
}

/** What was found: how many states were looked at, and the promises that were broken, each with the state. */
export interface Verdict {
  readonly states: number
  readonly violations: ReadonlyArray<string>
}

/** Notes in the volume's log when a create begins and returns. */
export const create = (name: string, options: Parameters<typeof Checkpoints.create>[2], note: (note: Note) => void) =>
  Effect.sync(() => note({ tag: "creating", name })).pipe(
    Effect.zipRight(Checkpoints.create(firstStart.id, name, options)),
    Effect.tap(() => Effect.sync(() => note({ tag: "created", name })))
  )

/** Notes in the volume's log when a remove begins and returns. */
export const remove = (name: string, options: Parameters<typeof Checkpoints.remove>[2], note: (note: Note) => void) =>
  Effect.sync(() => note({ tag: "removing", name })).pipe(
    Effect.zipRight(Checkpoints.remove(firstStart.id, name, options)),
    Effect.tap(() => Effect.sync(() => note({ tag: "removed", name })))
  )

/** Every state that a crash in the scenario could leave, looked at. Stops at so many violations. */
export const crashes = async (
  make: (note: (note: Note) => void) => Scenario,
  faults: Faults = {},
  enough = 10
): Promise<Verdict> => {
  let volume = new Volume<Note>("boot-1")
  const scenario = make((note) => volume.note(note))
  const world: World = { container: firstStart, failing: false, dumps: 0 }
  if (scenario.before !== undefined) {
    const empty = volume.contents
    await run(scenario.before, volume, world, faults)
    const length = scenario.beforeCutAt?.(volume.log) ?? volume.log.length
    const cut = volume.log.slice(0, length)
    world.container = containerAt(cut)
    volume = volume.rebuild(empty, length, "boot-1", () => "kept")
    for (const op of cut) if (op.tag === "note") volume.note(op.note)
  }
  const notes = volume.log.length
  world.failing = scenario.failing ?? false
  const base = volume.contents
  await run(scenario.operation, volume, world, faults)
  const seen = new Set<string>()
  const wentOn = new Set<string>()
  const violations: Array<string> = []
  const directory = scenario.directory ?? `${stasisRoot}/fake/run/${firstStart.id}/checkpoints`
  for (let length = notes; length <= volume.log.length; length++) {
    // The test runner wants to be answered now and then.
    await new Promise((resume) => setImmediate(resume))
    const promised = promisesAt(volume.log.slice(0, length))
    for (const [how, crash] of statesAt(volume, base, length)) {
      if (violations.length >= enough) return { states: seen.size, violations }
      const killed = how === "killed"
      const key = `${killed} ${JSON.stringify(promised)} `
      const state = key + fingerprint(crash.contents, true)
      if (seen.has(state)) continue
      seen.add(state)
      for (const container of killed ? [containerAt(volume.log.slice(0, length))] : [undefined, secondStart]) {
        const shape = key + fingerprint(crash.contents, false)
        const looked = copy(crash, volume)
        const world: World = { container, failing: false, dumps: 1000 }
        const ways = { killed, goesOn: !wentOn.has(shape) }
        wentOn.add(shape)
        const broken = await Effect.runPromise(Effect.flip(Effect.zipRight(
          Effect.provide(look(looked, world, directory, promised, ways), checkpoints(looked, world)),
          Effect.fail("")
        )))
        if (broken !== "") {
          violations.push(
            `${how} after ${length} of ${volume.log.length} records, container ${container?.state ?? "gone"}: ${broken}`
          )
        }
      }
    }
  }
  return { states: seen.size, violations }
}

type Recorded = Volume<Note>["log"]

const run = (
  effect: Effect.Effect<unknown, unknown, Checkpoints.Checkpoints>,
  volume: Volume<Note>,
  world: World,
  faults: Faults
) =>
  Effect.runPromise(
    Effect.ignore(
      Effect.provide(effect, checkpoints(volume, world, faults.disk?.(volume), faults.fileSystem?.(volume)))
    )
  )

const copy = (crash: Volume<Note>, recorded: Volume<Note>): Volume<Note> =>
  recorded.rebuild(crash.contents, 0, crash.bootId, () => "kept")

const containerAt = (log: Recorded) => {
  let container: World["container"] = firstStart
  for (const op of log) if (op.tag === "note" && op.note.tag === "container") container = op.note.container
  return container
}

interface Promised {
  /** Their create has returned, and no remove has begun. */
  readonly there: ReadonlyArray<string>
  /** Their remove has returned, or they were never begun. */
  readonly mayBeThere: ReadonlyArray<string>
  /** The memory that lies nowhere but in the staging folder. */
  readonly oneCopy: string | undefined
}

const promisesAt = (log: Recorded): Promised => {
  const there = new Set<string>()
  const maybe = new Set<string>()
  let oneCopy: string | undefined
  for (const op of log) {
    if (op.tag !== "note") continue
    const { note } = op
    if (note.tag === "one copy") oneCopy = note.memory
    if (note.tag === "creating") maybe.add(note.name)
    if (note.tag === "created") there.add(note.name)
    if (note.tag === "removing") there.delete(note.name)
    if (note.tag === "removed") maybe.delete(note.name)
  }
  return { there: [...there], mayBeThere: [...maybe], oneCopy }
}

/** The states that a crash after so many records could leave: our process alone killed, or the power gone. */
function* statesAt(volume: Volume<Note>, base: Contents, length: number): Generator<readonly [string, Volume<Note>]> {
  const { log } = volume
  const safe = safeRecords(log, length)
  const pending = [...log.slice(0, length).entries()].flatMap(([index, op]) =>
    (op.tag === "data" || op.tag === "entries") && !safe.has(index) ? [{ index, data: op.tag === "data" }] : []
  )
  const dataAt = new Set(pending.filter((one) => one.data).map((one) => one.index))
  const power = (how: string, fate: (index: number) => Fate) =>
    [how, volume.rebuild(base, length, "boot-2", fate)] as const
  yield ["killed", volume.rebuild(base, length, "boot-1", () => "kept")]
  yield power("nothing lost", () => "kept")
  yield power("all lost", () => "lost")
  yield power("content lost", (index) => dataAt.has(index) ? "lost" : "kept")
  yield power("content torn", (index) => dataAt.has(index) ? "torn" : "kept")
  yield power("content zeroed", (index) => dataAt.has(index) ? "zeroed" : "kept")
  yield power("entries lost", (index) => dataAt.has(index) ? "kept" : "lost")
  for (const { index } of pending) {
    yield power(`record ${index} lost`, (one) => one === index ? "lost" : "kept")
    yield power(`record ${index} alone kept`, (one) => one === index ? "kept" : "lost")
    if (dataAt.has(index)) yield power(`record ${index} torn`, (one) => one === index ? "torn" : "kept")
  }
  for (let seed = 1; seed <= 4; seed++) {
    const bits = pseudoRandom(length * 31 + seed)
    const fates = new Map(
      pending.map((
        { data, index }
      ) => [index, data ? dataFates[bits() & 3] : bits() & 1 ? "kept" as const : "lost" as const])
    )
    yield power(`mixture ${seed}`, (index) => fates.get(index) ?? "kept")
  }
}

const dataFates: ReadonlyArray<Fate> = ["kept", "lost", "torn", "zeroed"]

/** The same numbers in every run (xorshift). */
const pseudoRandom = (seed: number) => {
  let state = seed * 2654435761 >>> 0 || 1
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state = (state ^ state << 5) >>> 0
    return state >>> 8
  }
}

const fingerprint = ({ data, entries }: Contents, full: boolean): string => {
  const walk = (folder: number): unknown =>
    [...entries.get(folder) ?? []].sort(([a], [b]) => a < b ? -1 : 1).map(([name, inode]) =>
      entries.has(inode) ? [name, walk(inode)] : [name, full ? data.get(inode) ?? "" : (data.get(inode) ?? "") === ""]
    )
  return JSON.stringify(walk(1))
}

/** The first promise that this state breaks; fails with it. */
const look = (
  volume: Volume<Note>,
  world: World,
  directory: string,
  promised: Promised,
  { goesOn, killed }: { readonly goesOn: boolean; readonly killed: boolean }
) =>
  Effect.gen(function* () {
    const custom = directory.startsWith(stasisRoot) ? {} : { checkpointDir: directory }
    const recover = or(
      "recover",
      Effect.catchIf(Checkpoints.recover(firstStart.id, custom), isNothingThere, () => Effect.succeed([]))
    )
    const list = (when: string) =>
      or(
        `${when}, list`,
        Effect.catchIf(Checkpoints.list(firstStart.id, custom), isNothingThere, () => Effect.succeed([]))
      )
    const judged = (when: string) => Effect.flatMap(list(when), (found) => judge(found, volume, promised, when))
    yield* judged("before recover")
    const rescue = oneCopyIn(volume, promised)
    yield* recover
    if (rescue && killed) {
      // A forgotten container is known only through its checkpoints: its next operation brings this one back.
      if (world.container === undefined) world.container = secondStart
      yield* recover
      const found = yield* list("after recover")
      if (!found.some((one) => wholeMemory(volume, one.path) === promised.oneCopy)) {
        yield* Effect.fail("the one copy is not published")
      }
    }
    if (rescue && !oneCopyIn(volume, promised)) yield* Effect.fail("the one copy is swept")
    yield* judged("after recover")
    if (goesOn) yield* goOn(list, judged, world, custom, promised)
  })

/** Neither the container nor the chosen directory outlived the crash. */
const isNothingThere = (error: { readonly _tag: string; readonly reason?: string }): boolean =>
  error._tag === "ContainerNotFound" || (error._tag === "InvalidCheckpointDirectory" && error.reason === "Missing")

const or = <A, E, R>(what: string, effect: Effect.Effect<A, E, R>) =>
  Effect.mapError(effect, (error) => `${what} fails: ${String(error)}`)

/** The next operations succeed: a create of every name that is free, a remove of every checkpoint. */
const goOn = (
  list: (when: string) => Effect.Effect<ReadonlyArray<Checkpoint>, string, Checkpoints.Checkpoints>,
  judged: (when: string) => Effect.Effect<void, string, Checkpoints.Checkpoints>,
  world: World,
  custom: { readonly checkpointDir?: string },
  promised: Promised
) =>
  Effect.gen(function* () {
    if (world.container?.state !== "running") world.container = secondStart
    const names = Effect.map(list("at last"), (found) => found.map((one) => one.name))
    for (const name of new Set([...promised.mayBeThere, "next"])) {
      const taken = (yield* names).includes(name)
      const created = yield* Effect.either(
        Checkpoints.create(firstStart.id, name, { leaveRunning: true, durability: "none", ...custom })
      )
      if (Either.isRight(created) && taken) yield* Effect.fail(`create replaced ${name}`)
      // What was interrupted is brought to its end first, and may be there then.
      const there = taken || (yield* names).includes(name)
      if (Either.isLeft(created) && !(there && created.left._tag === "CheckpointExists")) {
        yield* Effect.fail(`create of ${name} fails: ${String(created.left)}`)
      }
    }
    yield* judged("after the next create")
    for (const name of yield* names) {
      yield* or(`remove of ${name}`, Checkpoints.remove(firstStart.id, name, { durability: "none", ...custom }))
    }
    const left = yield* names
    if (left.length > 0) yield* Effect.fail(`removed, and listed: ${left.join(", ")}`)
  })

const judge = (
  found: ReadonlyArray<Checkpoint>,
  volume: Volume<Note>,
  promised: Promised,
  when: string
): Effect.Effect<void, string> => {
  for (const one of found) {
    if (one.status === "damaged") return Effect.fail(`${when}, ${one.name} is damaged: ${one.damage}`)
    if (wholeMemory(volume, one.path) === undefined) {
      return Effect.fail(`${when}, ${one.name} is shown complete and is not whole`)
    }
    if (!promised.mayBeThere.includes(one.name) && one.name !== "next") {
      return Effect.fail(`${when}, ${one.name} must not be there`)
    }
  }
  const gone = promised.there.filter((name) => !found.some((one) => one.name === name))
  return gone.length === 0
    ? Effect.void
    : Effect.fail(`${when}, gone though their create had returned: ${gone.join(", ")}`)
}

/** Whether whole images of the one copy lie anywhere on the volume. */
const oneCopyIn = (volume: Volume<Note>, { oneCopy }: Promised): boolean =>
  oneCopy !== undefined && folders(volume.contents).some((path) => wholeMemory(volume, path) === oneCopy)

const folders = ({ entries }: Contents): ReadonlyArray<string> => {
  const walk = (folder: number, path: string): ReadonlyArray<string> =>
    [...entries.get(folder) ?? []].flatMap(([name, inode]) =>
      entries.has(inode) ? [`${path}/${name}`, ...walk(inode, `${path}/${name}`)] : []
    )
  return walk(1, "")
}
