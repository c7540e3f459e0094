/**
 * Rounds of one crash each on a real container that counts: its worker is killed in the middle of an operation, what it
 * started is left alone; then every promise is looked after, and the next operations have to succeed.
 */
import * as NodeFs from "node:fs"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type * as Scope from "effect/Scope"
import type { ContainerState } from "../../src/domain/Container.ts"
import * as Checkpoints from "../../src/effects/Checkpoints.ts"
import { ContainerStore } from "../../src/effects/ContainerStore.ts"
import * as Proc from "../../src/layers/shared/Proc.ts"
import * as LabContainer from "../layers/oci/LabContainer.ts"
import type { Job, Step } from "./Job.ts"
import * as Ledger from "./Ledger.ts"
import { dice, plan } from "./rounds.ts"
import { Worker } from "./Worker.ts"

/** The job of a worker on a real container; `config` is what its world is opened with. */
export interface RealJob<C> extends Job {
  readonly config: C
  readonly container: string
}

/** A real container, as the rounds see it. */
export interface RealSubject<C> {
  readonly id: string
  readonly config: C
  /** How far the container of this first process has counted. */
  readonly countOf: (pid: number) => number
  /** Waits until it has counted so far. */
  readonly counted: (atLeast: number) => Effect.Effect<number>
  /** Whether a command line is one that the world started for it; in the lab there is nobody else's. */
  readonly isOurs: (commandLine: string) => boolean
}

/** What the rounds found. */
export interface Verdict {
  readonly rounds: number
  /** Rounds in which the kill hit an operation that had not ended. */
  readonly cut: number
  /** Rounds in which the runtime or CRIU went on without the worker. */
  readonly orphans: number
  /** In how many rounds the container was how, when all that the worker had started had ended. */
  readonly states: Readonly<Partial<Record<ContainerState, number>>>
  readonly violation: string | undefined
}

/** Kills as many workers as there are rounds. Ends early at a violation. */
export const rounds = <C>(
  program: string,
  container: RealSubject<C>,
  count: number,
  seed: number
): Effect.Effect<Verdict, never, Checkpoints.Checkpoints | ContainerStore | Scope.Scope> =>
  Effect.gen(function* () {
    const roll = dice(seed)
    const states: Partial<Record<ContainerState, number>> = {}
    const there: Ledger.Ledger<number> = new Map()
    let cut = 0
    let orphans = 0
    let violation: string | undefined
    let worker = yield* begin(program)
    let round = 0
    for (; round < count && violation === undefined; round++) {
      const before = (yield* look(container)).count
      const steps = plan(roll, [...there.keys()], round)
      const job: RealJob<C> = { config: container.config, container: container.id, steps }
      yield* Effect.promise(() => worker.start(job))
      const seen = yield* Effect.either(killAtSomeInstant(container, worker, steps.length, roll, before))
      const account = Ledger.account(there, steps, worker, before)
      // The next one starts up while this one's remains are looked at.
      worker = yield* begin(program)
      const judged = yield* Effect.either(Effect.flatMap(seen, (atLeast) =>
        Effect.gen(function* () {
          if (account.cut !== undefined) cut++
          if (yield* outlive(container, roll)) orphans++
          const { state } = yield* look(container)
          states[state] = (states[state] ?? 0) + 1
          yield* judge(container, there, account, { atLeast, before, round, roll, state })
        })))
      if (Either.isLeft(judged)) {
        violation = `seed ${seed}, round ${round}, ${JSON.stringify(account.last)}: ${judged.left}`
      }
    }
    if (violation === undefined) {
      violation = yield* Effect.match(judgeAll(container, there), {
        onSuccess: () => undefined,
        onFailure: (why) => why
      })
    }
    return { rounds: round, cut, orphans, states, violation }
  })

/** A worker that is gone with the scope, whatever happens. */
const begin = (program: string) =>
  Effect.acquireRelease(Effect.sync(() => new Worker(program)), (worker) => Effect.promise(() => worker.kill()))

interface Look {
  readonly state: ContainerState
  /** How far it has counted; 0 where that cannot be read. */
  readonly count: number
}

/** What the container is doing, without starting a process. */
const look = (
  { countOf, id }: Pick<RealSubject<unknown>, "countOf" | "id">
): Effect.Effect<Look, never, ContainerStore> =>
  Effect.gen(function* () {
    const containers = yield* ContainerStore
    const { process, state } = yield* containers.get(id)
    const count = Effect.orElseSucceed(Effect.try(() => countOf(process?.pid ?? 0)), () => 0)
    return { state, count: yield* count }
  }).pipe(Effect.orElseSucceed((): Look => ({ state: "forgotten", count: 0 })))

/**
 * Kills the worker some time after its start, or some time after it has brought the container to stand still or to end;
 * gives the highest count that was seen until then.
 */
const killAtSomeInstant = (
  subject: RealSubject<unknown>,
  worker: Worker,
  steps: number,
  roll: (n: number) => number,
  before: number
) =>
  Effect.gen(function* () {
    let seen = before
    const watch = (until: (now: Look) => boolean) =>
      LabContainer.poll(
        Effect.tap(look(subject), ({ count }) => {
          seen = Math.max(seen, count)
        }),
        until
      ).pipe(Effect.timeoutFail({
        duration: "30 seconds",
        onTimeout: () => `the worker does nothing: ${JSON.stringify(worker.outcomes)}`
      }))
    // One whose operations all let the container run has its work done before anything stands still.
    if (roll(2) === 0) yield* watch(({ state }) => state !== "running" || worker.outcomes.length === steps)
    const instant = performance.now() + roll(900)
    yield* watch(() => performance.now() >= instant)
    yield* Effect.promise(() => worker.kill())
    return seen
  })

/** Whether the worker had started anything that went on without it: waits for its end, and for as long it holds the locks. */
const outlive = ({ id, isOurs }: RealSubject<unknown>, roll: (n: number) => number) =>
  Effect.gen(function* () {
    const first = orphansOf(isOurs)
    const attempt = yield* Effect.either(Checkpoints.recover(id, { wait: false }))
    const still = orphansOf(isOurs).filter((pid) => first.includes(pid))
    if (Either.isRight(attempt) && still.length > 0) {
      yield* Effect.fail(
        `locked while what the killed worker had started goes on: ${still.map(commandLine).join(", ")}`
      )
    }
    // In some rounds nobody waits, and the next operation meets what still goes on.
    if (roll(3) === 0) return first.length > 0
    yield* LabContainer.poll(Effect.sync(() => orphansOf(isOurs)), (pids) => pids.length === 0).pipe(
      Effect.timeoutFail({
        duration: "30 seconds",
        onTimeout: () => `does not end by itself: ${orphansOf(isOurs).map(commandLine).join(", ")}`
      })
    )
    return first.length > 0
  })

/** The processes that are ours. */
export const orphansOf = (isOurs: (commandLine: string) => boolean): ReadonlyArray<number> =>
  NodeFs.readdirSync("/proc").filter((name) => /^\d+$/.test(name)).map(Number).filter((pid) => {
    const state = Proc.stat(pid)?.state
    if (state === undefined || state === "Z" || state === "X") return false
    return isOurs(commandLine(pid))
  })

const commandLine = (pid: number): string => {
  try {
    return NodeFs.readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim()
  } catch {
    return ""
  }
}

interface Circumstances {
  /** The highest count that was seen. */
  readonly atLeast: number
  /** The count when the worker was given its job: no checkpoint of it holds less. */
  readonly before: number
  readonly round: number
  readonly roll: (n: number) => number
  readonly state: ContainerState
}

/** Fails with the first promise that is broken. The ledger is brought up to what was found. */
const judge = (
  container: RealSubject<unknown>,
  there: Ledger.Ledger<number>,
  { cut, failed, last }: Ledger.Account,
  { atLeast, before, roll, round, state }: Circumstances
) =>
  Effect.gen(function* () {
    const { id } = container
    const list = (when: string, cut?: Step) => Ledger.judge(id, when, there, cut, isWhole)
    const create = (name: string) =>
      Ledger.or("the next create", Checkpoints.create(id, name, { leaveRunning: true, durability: "none" }))
    const recover = Ledger.or("recover", Checkpoints.recover(id))
    if (failed !== undefined) yield* Effect.fail(`the worker alone on the container: ${failed}`)
    yield* list("after the kill", cut)
    const probe = `probe${round}`
    const probed = roll(2) === 0 && isLive((yield* look(container)).state)
    // What is seen of a container may change until the locks are had: then this is not the one to begin with.
    const created = probed ? yield* Effect.either(create(probe)) : undefined
    const begun = created !== undefined && Either.isRight(created)
    if (begun) there.set(probe, before)
    else if (created !== undefined && isLive((yield* look(container)).state)) yield* created
    else if (isLive(state) || roll(2) === 0 || orphansOf(container.isOurs).length > 0) yield* recover
    if (!isLive((yield* look(container)).state)) {
      yield* list("before the restore", cut)
      if (last === undefined || last.do === "remove") yield* Effect.fail("the container is gone, and nobody stopped it")
      else yield* Ledger.or("the restore of what is gone", Checkpoints.restore(id, last.name))
    }
    yield* goesOn(container, atLeast)
    if (!begun) {
      yield* create(probe)
      there.set(probe, before)
    }
    yield* list("after the next create", cut)
    yield* Ledger.or("the next remove", Checkpoints.remove(id, probe, { durability: "none" }))
    there.delete(probe)
    const found = yield* list("after the next remove", cut)
    const known = new Map(there)
    there.clear()
    for (const { name } of found) there.set(name, known.get(name) ?? before)
    const [directory] = found.map((one) => one.directory)
    if (directory !== undefined) yield* Ledger.judgeRemains(directory)
  })

/** It runs, has lost nothing of its count, and counts on. */
const goesOn = (container: RealSubject<unknown>, atLeast: number) =>
  Effect.gen(function* () {
    const now = yield* look(container)
    if (now.state !== "running") yield* Effect.fail(`the container is ${now.state}`)
    if (now.count < atLeast) yield* Effect.fail(`it had counted to ${atLeast}, and is at ${now.count}`)
    yield* container.counted(now.count + 1).pipe(Effect.timeoutFail({
      duration: "10 seconds",
      onTimeout: () => `it runs and does not count on from ${now.count}`
    }))
  })

/** Every checkpoint that is left brings the container back. */
const judgeAll = (container: RealSubject<unknown>, there: Ledger.Ledger<number>) =>
  Effect.forEach(
    [...there],
    ([name, atLeast]) =>
      Ledger.or(`restore ${name}`, Checkpoints.restore(container.id, name, { replace: true })).pipe(
        Effect.zipRight(goesOn(container, atLeast)),
        Effect.mapError((why) => `at last, from ${name}: ${why}`)
      )
  )

const isLive = (state: ContainerState) => state === "running" || state === "paused"

/** Whether all images are there and hold something; that they are good shows at the restores. */
const isWhole = (path: string): boolean => {
  const files = NodeFs.existsSync(path) ? NodeFs.readdirSync(path) : []
  const wanted = [/^inventory\.img$/, /^core-\d+\.img$/, /^pages-1\.img$/, /^pstree\.img$/, /^config\.json$/]
  return wanted.every((name) => files.some((file) => name.test(file) && NodeFs.statSync(`${path}/${file}`).size > 0))
}
