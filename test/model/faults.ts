/**
 * Commands under faults, for worlds that can be made to fail: a call on the disk or of the runtime fails, or the
 * operation is interrupted while it hangs in the middle of one.
 *
 * What comes of it is not foretold call by call. What is foretold is what may never happen: a container is never lost,
 * nothing half-made is listed, no other checkpoint changes, and after a recover all is as if the operation had either
 * happened or not.
 */
import { expect } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FastCheck from "effect/FastCheck"
import * as Fiber from "effect/Fiber"
import * as Random from "effect/Random"
import { CheckpointError, Checkpoints } from "stasis"
import type * as Memory from "stasis/Memory"
import type { Services, Subject } from "../contracts/Subject.ts"
import type { MemorySubject } from "../layers/memory/memorySubject.ts"
import { type Command, command } from "./commands.ts"
import * as Model from "./Model.ts"
import { observe } from "./Observation.ts"

/** What goes wrong. */
type Fault =
  | { readonly _tag: "Storage"; readonly code: "ENOSPC" | "EIO" | "EACCES"; readonly skip: number }
  | { readonly _tag: "Full"; readonly bytes: number }
  | { readonly _tag: "Runtime"; readonly method: "checkpoint" | "pause" | "stop" | "resume"; readonly after: boolean }
  | { readonly _tag: "Interrupt"; readonly operation: Memory.Operation; readonly skip: number; readonly after: boolean }

const fault: FastCheck.Arbitrary<Fault> = FastCheck.oneof(
  FastCheck.record({
    _tag: FastCheck.constant("Storage" as const),
    code: FastCheck.constantFrom("ENOSPC" as const, "EIO" as const, "EACCES" as const),
    skip: FastCheck.nat(60)
  }),
  FastCheck.record({ _tag: FastCheck.constant("Full" as const), bytes: FastCheck.nat(16_000) }),
  FastCheck.record({
    _tag: FastCheck.constant("Runtime" as const),
    method: FastCheck.constantFrom("checkpoint" as const, "pause" as const, "stop" as const, "resume" as const),
    after: FastCheck.boolean()
  }),
  FastCheck.record({
    _tag: FastCheck.constant("Interrupt" as const),
    operation: FastCheck.constantFrom<Array<Memory.Operation>>(
      "Runtime.checkpoint",
      "Runtime.pause",
      "Runtime.stop",
      "Runtime.restore",
      "Runtime.residentBytes",
      "FileSystem.rename",
      "FileSystem.writeFile",
      "FileSystem.makeDirectory",
      "FileSystem.remove",
      "Disk.sync",
      "Disk.inspect",
      "Disk.lock",
      "ContainerStore.get",
      "EventLog.append"
    ),
    skip: FastCheck.nat(3),
    after: FastCheck.boolean()
  })
)

const name = FastCheck.constantFrom("aa", "bb", "cc")

/** Creates, removals and restores under one fault each. */
export const faulty: ReadonlyArray<FastCheck.Arbitrary<Command<MemorySubject>>> = [
  FastCheck.tuple(name, FastCheck.boolean(), fault).map(([name, leaveRunning, fault]) =>
    under(fault, `create ${name} ${leaveRunning ? "and go on" : "and stop"}`, {
      expected: (model) => Model.create(model, name, { leaveRunning }),
      call: ({ id }) => Checkpoints.create(id, name, { leaveRunning }),
      own: (listed) => listed === name
    })
  ),
  FastCheck.tuple(name, fault).map(([name, fault]) =>
    under(fault, `remove ${name}`, {
      expected: (model) => Model.remove(model, name),
      call: ({ id }) => Checkpoints.remove(id, name),
      own: (listed) => listed === name
    })
  ),
  FastCheck.tuple(name, FastCheck.boolean(), fault).map(([name, replace, fault]) =>
    under(fault, `restore ${name}${replace ? " in place" : ""}`, {
      expected: (model) => Model.restore(model, name, { replace }),
      call: ({ id }) => Checkpoints.restore(id, name, { replace }),
      // The safety checkpoint stays where going back failed as well.
      own: isSafety
    })
  )
]

/** The power fails between two operations: what was made durable is whole, and of the rest nothing is in the way. */
export const powerLoss: FastCheck.Arbitrary<Command<MemorySubject>> = FastCheck.option(FastCheck.nat()).map((seed) =>
  command<MemorySubject>(
    seed === null ? "lose power" : `lose power, and by ${seed} some of what was unsynced`,
    (model, { subject }) =>
      Effect.gen(function* () {
        const { control } = subject.world
        yield* seed === null ? control.crash : Effect.withRandom(control.crashPartly, Random.make(seed))
        const next = Model.losePower(model)
        yield* Effect.catchTag(Checkpoints.recover(subject.id), "ContainerNotFound", () => Effect.succeed([]))
        // A checkpoint that was not to be durable may be there, whole or damaged. Of a damaged one nobody knows whose it is
        // while its container is not there either.
        yield* subject.start
        for (const { name } of yield* Checkpoints.list(subject.id)) {
          if (name in next.checkpoints) continue
          expect(Object.keys(model.checkpoints)).toContain(name)
          yield* Checkpoints.remove(subject.id, name)
        }
        // Of one that was not to be durable the folder alone may be left: for a person to look at, and to take away.
        for (const name of yield* Checkpoints.names(subject.id)) {
          if (name in next.checkpoints) continue
          expect(Object.keys(model.checkpoints)).toContain(name)
          yield* Effect.orDie(control.fileSystem.remove(`${ownDirectory}/${name}`, { recursive: true }))
          yield* Effect.orDie(control.disk.sync(ownDirectory))
        }
        yield* subject.kill
        return next
      })
  )
)

/** Whether a checkpoint is one that a restore in place has made. */
const isSafety = (name: string): boolean => name.startsWith("before-restore-")

const ownDirectory = "/var/lib/stasis/memory/counter-1/checkpoints"

interface Operation {
  readonly expected: (model: Model.Model) => Model.Expected
  readonly call: (subject: Subject) => Effect.Effect<unknown, CheckpointError.CheckpointError, Services>
  /** The checkpoints that it may have made or taken away. */
  readonly own: (name: string) => boolean
}

const under = (fault: Fault, what: string, operation: Operation): Command<MemorySubject> =>
  command<MemorySubject>(`${what} under ${JSON.stringify(fault)}`, (model, { subject }) =>
    Effect.gen(function* () {
      const { control } = subject.world
      const exit = yield* strike(fault, control, operation.call(subject))
      yield* control.faults.clear
      expect(Cause.defects(Exit.isFailure(exit) ? exit.cause : Cause.empty)).toHaveLength(0)
      yield* Effect.catchTag(Checkpoints.recover(subject.id), "ContainerNotFound", () => Effect.succeed([]))
      const seen = yield* observe(subject)
      return adopt(model, operation, exit, seen)
    }))

/** Runs a call under a fault. */
const strike = <A, E>(
  fault: Fault,
  { faults }: Memory.MemoryWorld["control"],
  call: Effect.Effect<A, E, Services>
): Effect.Effect<Exit.Exit<A, E>, never, Services> => {
  switch (fault._tag) {
    case "Storage":
      return Effect.zipRight(faults.failStorage(fault.code, { skip: fault.skip }), Effect.exit(call))
    case "Full":
      return Effect.zipRight(faults.failWritesAfter(fault.bytes), Effect.exit(call))
    case "Runtime":
      return Effect.zipRight(
        faults.failNext(`Runtime.${fault.method}`, broken, { after: fault.after }),
        Effect.exit(call)
      )
    case "Interrupt":
      return Effect.gen(function* () {
        const hang = yield* faults.hangNext(fault.operation, { skip: fault.skip, after: fault.after })
        const fiber = yield* Effect.fork(call)
        const reached = yield* Effect.race(Effect.as(hang.reached, true), Effect.as(Fiber.await(fiber), false))
        if (reached) {
          const interrupting = yield* Effect.fork(Fiber.interrupt(fiber))
          yield* Effect.yieldNow()
          yield* hang.release
          yield* Fiber.await(interrupting)
        }
        return yield* Fiber.await(fiber)
      })
  }
}

const broken = new CheckpointError.RuntimeFailed({
  operation: "checkpoint",
  container: "counter-1",
  runtime: "memory",
  reason: "Unknown",
  detail: "a fault"
})

/** The model that what was seen leads to, where it is one of those that may be. */
const adopt = (
  model: Model.Model,
  { expected, own }: Operation,
  exit: Exit.Exit<unknown, CheckpointError.CheckpointError>,
  seen: Effect.Effect.Success<ReturnType<typeof observe>>
): Model.Model => {
  const plan = expected(model)
  const before = Model.names(model)
  const done = plan._tag === "Succeeds" ? plan.next : model
  // Where it succeeded, or could not have, there is one outcome.
  if (Exit.isSuccess(exit) || plan._tag === "Fails") {
    if (Exit.isSuccess(exit)) expect(plan._tag).toBe("Succeeds")
    // But for the safety checkpoint of a restore that went well, when it could not be removed: a warning says so.
    const left = plan._tag === "Succeeds" ? seen.names.filter((one) => isSafety(one) && !before.includes(one)) : []
    const safeties = Object.fromEntries(left.map((one) => [one, lastSeen(model)]))
    return { ...done, checkpoints: { ...done.checkpoints, ...safeties } }
  }
  // Every checkpoint is there but those that the operation may have made or taken away.
  const after = Model.names(done)
  for (const one of new Set([...before, ...after, ...seen.names])) {
    if (own(one)) continue
    expect({ name: one, listed: seen.names.includes(one) }).toEqual({ name: one, listed: before.includes(one) })
  }
  const kept = (one: string) => model.checkpoints[one] ?? done.checkpoints[one] ?? lastSeen(model)
  const checkpoints = Object.fromEntries(seen.names.map((one) => [one, kept(one)]))
  // The container is as it was, or as the operation would have left it; where it is gone, a checkpoint holds it.
  const states = [model, done].filter((one) =>
    one.state === seen.state || (seen.state === "running" && one.state === "paused")
  )
  const counts = states.flatMap((one) => one.state === "gone" ? [] : [one.count.low])
  if (seen.state === "gone") {
    const holders = Object.values(checkpoints).map((one) => one.count.low)
    if (model.state !== "gone") expect(holders).toContain(model.count.low)
    return { ...model, state: "gone", checkpoints }
  }
  expect(counts).toContain(seen.count)
  const count = seen.count ?? 0
  return { state: seen.state, count: { low: count, high: count }, checkpoints }
}

/** A safety checkpoint holds the container as it was. */
const lastSeen = (model: Model.Model): Model.Kept => ({
  count: model.count,
  paused: model.state === "paused",
  durable: true
})
