/**
 * Rounds of one crash each: a worker is given operations and is killed in the middle of them; then every promise is
 * looked after, and the next operations have to succeed.
 */
import * as NodeFs from "node:fs"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as ManagedRuntime from "effect/ManagedRuntime"
import type { Checkpoint } from "../../src/domain/Checkpoint.ts"
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
  const there = new Map<string, string>()
  let cut = 0
  let worker = new Worker(program)
  let round = 0
  for (; round < count && violations.length === 0; round++) {
    writeContainer(root, { state: "running", memory: `memory-${seed}-${round}` })
    const steps = plan(roll, [...there.keys()], round)
    await worker.start({ root, steps, ...(fault === undefined ? {} : { fault }) })
    await new Promise((resume) => setTimeout(resume, roll(120)))
    await worker.kill()
    const { begun, outcomes } = worker
    // The next one starts up while this one's remains are looked at.
    worker = new Worker(program)
    const maybe = settleModel(there, steps, outcomes, begun, `memory-${seed}-${round}`)
    if (maybe !== undefined) cut++
    const broken = await services.runPromise(Effect.either(look(root, there, maybe, round)))
    if (Either.isLeft(broken)) {
      violations.push(`seed ${seed}, round ${round}, ${JSON.stringify(steps[begun])}: ${broken.left}`)
    }
  }
  await worker.kill()
  await services.dispose()
  return { rounds: round, cut, violations }
}

/** Creates in all three modes, removes and restores, in an order that mostly succeeds. */
const plan = (roll: (n: number) => number, there: ReadonlyArray<string>, round: number): ReadonlyArray<Step> => {
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

/** Brings what must be there up to what the worker told; gives the step that was cut short. */
const settleModel = (
  there: Map<string, string>,
  steps: ReadonlyArray<Step>,
  outcomes: Worker["outcomes"],
  begun: number,
  memory: string
): Step | undefined => {
  for (const { end, step } of outcomes) {
    const one = steps[step]
    if (one?.do === "create" && end === "done") there.set(one.name, memory)
    if (one?.do === "remove" && end === "done") there.delete(one.name)
    if (end !== "done") there.set(`${one?.do} ${one?.name} ended with ${end}`, "")
  }
  return outcomes.some((outcome) => outcome.step === begun) ? undefined : steps[begun]
}

/** The first promise that is broken; fails with it. The model is brought up to what was found. */
const look = (root: string, there: Map<string, string>, maybe: Step | undefined, round: number) =>
  Effect.gen(function* () {
    const failed = [...there.keys()].find((name) => name.includes(" "))
    if (failed !== undefined) yield* Effect.fail(`the worker alone on the container: ${failed}`)
    // While a dump that has lost its parent may still run.
    yield* judge(yield* list("after the kill"), there, maybe)
    yield* or("recover", Effect.catchTag(Checkpoints.recover(container), "ContainerNotFound", () => Effect.succeed([])))
    const found = yield* list("after recover")
    yield* judge(found, there, maybe)
    const now = readContainer(root)
    if (now === undefined && !found.some((one) => wholeMemory(one.path) !== undefined)) {
      yield* Effect.fail("the container is gone, and in no checkpoint")
    }
    if (now === undefined && maybe?.do === "create" && !found.some((one) => one.name === maybe.name)) {
      yield* Effect.fail(`the container was stopped by ${maybe.name}, which is not there`)
    }
    if (now?.state === "paused") yield* Effect.fail("the container stands still")
    there.clear()
    for (const one of found) there.set(one.name, wholeMemory(one.path) ?? "")
    const [any] = found
    if (now === undefined && any !== undefined) yield* or("restore", Checkpoints.restore(container, any.name))
    const probe = `probe${round}`
    yield* or("the next create", Checkpoints.create(container, probe, { leaveRunning: true, durability: "none" }))
    yield* judge(yield* list("after the next create"), new Map([...there, [probe, ""]]), undefined)
    yield* or("the next remove", Checkpoints.remove(container, probe, { durability: "none" }))
    yield* judge(yield* list("after the next remove"), there, undefined)
    const left = leftovers(root)
    if (left.length > 0) yield* Effect.fail(`left behind: ${left.join(", ")}`)
  })

const list = (when: string) =>
  or(`list ${when}`, Effect.catchTag(Checkpoints.list(container), "ContainerNotFound", () => Effect.succeed([])))

const or = <A, E, R>(what: string, effect: Effect.Effect<A, E, R>) =>
  Effect.mapError(effect, (error) => `${what} fails: ${String(error)}`)

const judge = (
  found: ReadonlyArray<Checkpoint>,
  there: ReadonlyMap<string, string>,
  maybe: Step | undefined
): Effect.Effect<void, string> => {
  for (const one of found) {
    if (one.status !== "complete") return Effect.fail(`${one.name} is damaged: ${one.damage}`)
    // A checkpoint that was just being taken away may be gone by now.
    if (wholeMemory(one.path) === undefined && NodeFs.existsSync(one.path)) {
      return Effect.fail(`${one.name} is listed and is not whole`)
    }
    if (!there.has(one.name) && maybe?.name !== one.name) {
      return Effect.fail(`${one.name} is listed and must not be there`)
    }
  }
  for (const name of there.keys()) {
    const removing = maybe?.do === "remove" && maybe.name === name
    if (!removing && !found.some((one) => one.name === name)) return Effect.fail(`${name} is gone`)
  }
  return Effect.void
}

/** What should be empty when nothing runs. The empty lock file of a name stays with who was killed under it. */
const leftovers = (root: string): ReadonlyArray<string> => {
  const annex = `${checkpointsPath(root).replace(/checkpoints$/, "")}.checkpoints.stasis`
  return ["staging", "trash"].flatMap((folder) =>
    NodeFs.existsSync(`${annex}/${folder}`)
      ? NodeFs.readdirSync(`${annex}/${folder}`, { recursive: true, withFileTypes: true })
        .filter((entry) => folder === "trash" || entry.isFile())
        .map((entry) => `${entry.parentPath}/${entry.name}`)
      : []
  )
}
