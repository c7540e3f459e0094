/**
 * Rounds of one crash each: a worker is given operations and is killed in the middle of them; then every promise is
 * looked after, and the next operations have to succeed.
 */
import * as NodeFs from "node:fs"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Checkpoints from "../../src/effects/Checkpoints.ts"
import {
  checkpointsPath,
  container,
  type Fault,
  layer,
  readContainer,
  wholeMemory,
  writeContainer
} from "./FileWorld.ts"
import type { Step } from "./Job.ts"
import * as Ledger from "./Ledger.ts"
import { Worker } from "./Worker.ts"

/** What the rounds found. */
export interface Verdict {
  readonly rounds: number
  /** Rounds in which the kill hit an operation that had not ended. */
  readonly cut: number
  readonly violations: ReadonlyArray<string>
}

/** Numbers from 0 below `n`, the same for the same seed. */
export const dice = (seed: number) => {
  let state = seed * 2654435761 >>> 0 || 1
  return (n: number) => {
    state ^= state << 13
    state ^= state >>> 17
    state = (state ^ state << 5) >>> 0
    return (state >>> 4) % n
  }
}

/** Kills as many workers as there are rounds, on a root of its own. Ends early at a violation. */
export const rounds = async (
  program: string,
  root: string,
  count: number,
  seed: number,
  fault?: Fault
): Promise<Verdict> => {
  NodeFs.mkdirSync(root, { recursive: true })
  const roll = dice(seed)
  const services = ManagedRuntime.make(layer(root))
  const violations: Array<string> = []
  const there: Ledger.Ledger<string> = new Map()
  let cut = 0
  let worker = new Worker(program)
  let round = 0
  for (; round < count && violations.length === 0; round++) {
    writeContainer(root, { state: "running", memory: `memory-${seed}-${round}` })
    const steps = plan(roll, [...there.keys()], round)
    await worker.start({ root, steps, ...(fault === undefined ? {} : { fault }) })
    await new Promise((resume) => setTimeout(resume, roll(120)))
    await worker.kill()
    const account = Ledger.account(there, steps, worker, `memory-${seed}-${round}`)
    // The next one starts up while this one's remains are looked at.
    worker = new Worker(program)
    if (account.cut !== undefined) cut++
    const broken = await services.runPromise(Effect.either(look(root, there, account, round)))
    if (Either.isLeft(broken)) {
      violations.push(`seed ${seed}, round ${round}, ${JSON.stringify(account.last)}: ${broken.left}`)
    }
  }
  await worker.kill()
  await services.dispose()
  return { rounds: round, cut, violations }
}

/** Creates in all three modes, removes and restores, in an order that mostly succeeds. */
export const plan = (
  roll: (n: number) => number,
  there: ReadonlyArray<string>,
  round: number
): ReadonlyArray<Step> => {
  const steps: Array<Step> = []
  const names = [...there]
  for (let step = 0; step < 12; step++) {
    const durability = roll(3) === 0 ? "full" : "none"
    const name = names[roll(names.length || 1)]
    if (name !== undefined && (names.length > 4 || roll(3) === 0)) {
      names.splice(names.indexOf(name), 1)
      steps.push({ do: "remove", name, options: { durability } })
      continue
    }
    const made = `c${round}-${step}`
    names.push(made)
    const mode = roll(3)
    steps.push({
      do: "create",
      name: made,
      options: { durability, leaveRunning: mode === 0, tcpEstablished: mode === 2 }
    })
    if (mode !== 0) steps.push({ do: "restore", name: made })
  }
  return steps
}

/** The first promise that is broken; fails with it. The model is brought up to what was found. */
const look = (root: string, there: Ledger.Ledger<string>, { cut, failed }: Ledger.Account, round: number) =>
  Effect.gen(function* () {
    if (failed !== undefined) yield* Effect.fail(`the worker alone on the container: ${failed}`)
    const judge = (when: string, cut?: Step) => Ledger.judge(container, when, there, cut, isWhole)
    const or = Ledger.or
    // While a dump that has lost its parent may still run.
    yield* judge("after the kill", cut)
    yield* or("recover", Effect.catchTag(Checkpoints.recover(container), "ContainerNotFound", () => Effect.succeed([])))
    const found = yield* judge("after recover", cut)
    const now = readContainer(root)
    if (now === undefined && !found.some((one) => wholeMemory(one.path) !== undefined)) {
      yield* Effect.fail("the container is gone, and in no checkpoint")
    }
    if (now === undefined && cut?.do === "create" && !found.some((one) => one.name === cut.name)) {
      yield* Effect.fail(`the container was stopped by ${cut.name}, which is not there`)
    }
    if (now?.state === "paused") yield* Effect.fail("the container stands still")
    there.clear()
    for (const one of found) there.set(one.name, wholeMemory(one.path) ?? "")
    const [any] = found
    if (now === undefined && any !== undefined) yield* or("restore", Checkpoints.restore(container, any.name))
    const probe = `probe${round}`
    yield* or("the next create", Checkpoints.create(container, probe, { leaveRunning: true, durability: "none" }))
    there.set(probe, "")
    yield* judge("after the next create")
    yield* or("the next remove", Checkpoints.remove(container, probe, { durability: "none" }))
    there.delete(probe)
    yield* judge("after the next remove")
    yield* Ledger.judgeRemains(checkpointsPath(root))
  })

const isWhole = (path: string) => wholeMemory(path) !== undefined
