// Eight processes work on one container at the same time, on the disk of this machine.
import { spawnSync } from "node:child_process"
import * as NodeFs from "node:fs"
import * as NodeOs from "node:os"
import { afterAll, beforeAll, describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Checkpoints from "../../src/effects/Checkpoints.ts"
import {
  checkpointsPath,
  container,
  type Fault,
  gatePath,
  layer,
  wholeMemory,
  writeContainer
} from "../crash/FileWorld.ts"
import type { Step } from "../crash/Job.ts"
import { dice } from "../crash/rounds.ts"
import { bundle, Worker } from "../crash/Worker.ts"
import { type Call, hasOrder } from "./order.ts"

let folder = ""
let program = ""

beforeAll(async () => {
  folder = NodeFs.mkdtempSync(`${NodeOs.tmpdir()}/stasis-contention-`)
  program = await bundle(folder)
})

afterAll(() => NodeFs.rmSync(folder, { recursive: true, force: true }))

const newRoot = (name: string): string => {
  const root = `${folder}/${name}`
  NodeFs.mkdirSync(root)
  writeContainer(root, { state: "running", memory: "first" })
  return root
}

/** Runs the steps of each worker, all at the same time; gives every call, with the name that it was on. */
const workTogether = async (root: string, jobs: ReadonlyArray<ReadonlyArray<Step>>, fault?: Fault) => {
  const workers = jobs.map((steps) => ({ steps, worker: new Worker(program) }))
  await Promise.all(
    workers.map(({ steps, worker }) => worker.start({ root, steps, ...(fault === undefined ? {} : { fault }) }))
  )
  const ends = await Promise.all(workers.map(({ worker }) => worker.end()))
  expect(ends.map((end) => end.complaint).join("")).toBe("")
  return workers.flatMap(({ steps, worker }) =>
    worker.outcomes.flatMap((outcome) => {
      const step = steps[outcome.step]
      return step === undefined || step.do === "list" ? [] : [{ ...outcome, do: step.do, name: step.name }]
    })
  )
}

const namesThere = (root: string) =>
  NodeFs.readdirSync(checkpointsPath(root)).filter((name) =>
    wholeMemory(`${checkpointsPath(root)}/${name}`) !== undefined
  )

/** Random creates, removes and restores of three names by each of eight processes; whether some order explains them. */
const mix = async (root: string, seed: number, fault?: Fault) => {
  const roll = dice(seed)
  const kinds = ["create", "create", "remove", "restore"] as const
  const jobs = Array.from({ length: 8 }, () =>
    Array.from({ length: 6 }, (): Step => {
      const kind = kinds[roll(4)] ?? "create"
      const options = kind === "create"
        ? { leaveRunning: true, durability: "none" }
        : kind === "restore"
        ? { replace: true }
        : {}
      return { do: kind, name: ["alpha", "beta", "gamma"][roll(3)] ?? "alpha", options }
    }))
  const calls = await workTogether(root, jobs, fault)
  const there = namesThere(root)
  const unexpected = calls.filter((call) => !["done", "CheckpointExists", "CheckpointNotFound"].includes(call.end))
  const unexplained = ["alpha", "beta", "gamma"].filter((name) =>
    !hasOrder(calls.filter((call): call is typeof call & Call => call.name === name), there.includes(name))
  )
  return [
    ...unexpected.map((call) => `${call.do} ${call.name}: ${call.message}`),
    ...unexplained.map((name) => `no order explains ${name}`)
  ]
}

describe("8 processes", () => {
  it("of their creates of one name exactly one succeeds, and the others say that it exists", async () => {
    const root = newRoot("one-name")
    const names = Array.from({ length: 6 }, (_, index) => `name${index}`)
    const modes = [{ leaveRunning: true }, { leaveRunning: true, durability: "none" }]
    const calls = await workTogether(
      root,
      Array.from(
        { length: 8 },
        (_, worker) => names.map((name): Step => ({ do: "create", name, options: modes[worker % 2] ?? {} }))
      )
    )
    for (const name of names) {
      const ends = calls.filter((call) => call.name === name).map((call) => call.end).sort()
      expect(ends).toEqual([...Array.from({ length: 7 }, () => "CheckpointExists"), "done"])
    }
    expect(namesThere(root).sort()).toEqual(names)
  })

  it("see creates, removes and restores as if they had come in some order", async () => {
    for (const seed of [1, 2, 3]) expect(await mix(newRoot(`mix${seed}`), seed)).toEqual([])
  })

  it("would be seen to step on each other without locks", async () => {
    const found: Array<string> = []
    for (let seed = 1; seed <= 10 && found.length === 0; seed++) {
      found.push(...await mix(newRoot(`unlocked${seed}`), seed, "no lock at all"))
    }
    expect(found).not.toEqual([])
  })
})

/** A pipe that holds every dump and restore until it is let go; `begun` is done when the first has come to it. */
const gate = (root: string) => {
  spawnSync("mkfifo", [gatePath(root)])
  return { begun: NodeFs.promises.open(gatePath(root), "w") }
}

const provided = <A, E>(root: string, effect: Effect.Effect<A, E, Checkpoints.Checkpoints>) =>
  Effect.runPromise(Effect.provide(effect, layer(root)))

describe("a process that is killed", () => {
  it("leaves its locks to the dump that it started, and to nobody after that", async () => {
    const root = newRoot("killed")
    const { begun } = gate(root)
    const worker = new Worker(program)
    await worker.start({ root, steps: [{ do: "create", name: "cut", options: { leaveRunning: true } }] })
    const held = await begun
    await worker.kill()
    const impatient = Checkpoints.create(container, "next", { leaveRunning: true, wait: false })
    expect((await provided(root, Effect.flip(impatient)))._tag).toBe("CheckpointBusy")
    const late = Effect.gen(function* () {
      const waiting = yield* Effect.fork(Checkpoints.create(container, "next", { leaveRunning: true }))
      NodeFs.rmSync(gatePath(root))
      yield* Effect.promise(() => held.close())
      return yield* Fiber.join(waiting)
    })
    expect((await provided(root, late)).checkpoint.status).toBe("complete")
    expect(namesThere(root)).toEqual(["next"])
  })

  it("while it restores, what it restores from is not taken away before the restore has ended", async () => {
    const root = newRoot("restoring")
    await provided(root, Checkpoints.create(container, "kept", {}))
    const { begun } = gate(root)
    const worker = new Worker(program)
    await worker.start({ root, steps: [{ do: "restore", name: "kept" }] })
    const held = await begun
    await worker.kill()
    expect((await provided(root, Effect.flip(Checkpoints.remove(container, "kept", { wait: false }))))._tag).toBe(
      "CheckpointBusy"
    )
    expect(namesThere(root)).toEqual(["kept"])
    NodeFs.rmSync(gatePath(root))
    await held.close()
    await provided(root, Checkpoints.remove(container, "kept"))
    expect(namesThere(root)).toEqual([])
  })
})
