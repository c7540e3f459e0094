/**
 * A tree of plain processes: which there are, whether they stand still, and stopping, letting go and killing all of it.
 *
 * They are stopped by the signal for that (signal(7), SIGSTOP), for a tree has no control group of its own.
 */
import process from "node:process"
import * as Effect from "effect/Effect"
import { RuntimeFailed } from "../../domain/CheckpointError.ts"
import { isSameProcess, type ProcessIdentity } from "../../domain/Container.ts"
import * as KernelFile from "../shared/KernelFile.ts"
import * as Proc from "../shared/Proc.ts"
import { runtimeName } from "./CriuSettings.ts"

/** The incarnation that a pid is now; `undefined` when no process of it lives. The id of a thread is no pid. */
export const identify = (pid: number): ProcessIdentity | undefined => {
  const found = Proc.isProcess(pid) ? Proc.stat(pid) : undefined
  return found === undefined || !Proc.isAlive(pid, found.startTime) ? undefined : Proc.identify(pid, found.startTime)
}

/** Whether it still is the process that it was: neither ended nor another one of its pid, or of an earlier start of the machine. */
export const lives = (root: ProcessIdentity): boolean =>
  Proc.isAlive(root.pid, root.startTime) &&
  (root.bootId === undefined || Proc.identify(root.pid, root.startTime).bootId === root.bootId)

/** The pids of a tree. */
export const pids = (root: ProcessIdentity): ReadonlyArray<number> => members(root).map(({ pid }) => pid)

/** The ids of a tree that no other process can have: of its processes, and of all their threads. */
export const ids = (root: ProcessIdentity): ReadonlyArray<number> =>
  pids(root).flatMap((pid) => [pid, ...(KernelFile.names(`/proc/${pid}/task`) ?? []).map(Number)])

/** Whether every process of a tree stands still. */
export const isStopped = (root: ProcessIdentity): boolean => {
  const all = members(root)
  return all.length > 0 && all.every(isHeld)
}

/** The processes of a tree that stand still by themselves. */
export const held = (root: ProcessIdentity): ReadonlyArray<ProcessIdentity> => members(root).filter(isHeld)

/** Stops all of a tree, also what it starts meanwhile. */
export const stop = (root: ProcessIdentity, container: string): Effect.Effect<void, RuntimeFailed> =>
  signalUntil(
    "SIGSTOP",
    () => members(root).filter((one) => !isHeld(one)),
    (detail) => failed("pause", container, detail)
  )

/** Lets a tree go on, but for those processes that stood still before. */
export const resume = (
  root: ProcessIdentity,
  before: ReadonlyArray<ProcessIdentity>,
  container: string
): Effect.Effect<void, RuntimeFailed> =>
  signalUntil(
    "SIGCONT",
    // Children first: a parent that goes on finds them running.
    () => members(root).filter((one) => isHeld(one) && !before.some((other) => isSameProcess(one, other))).toReversed(),
    (detail) => failed("resume", container, detail)
  )

/** Kills all of a tree and waits for its end. One that stands still does not run again. */
export const kill = (root: ProcessIdentity, container: string): Effect.Effect<void, RuntimeFailed> =>
  Effect.gen(function* () {
    yield* Effect.ignore(stop(root, container))
    const all = members(root)
    const refused = signal(all.toReversed(), "SIGKILL")
    for (const { pid, startTime } of all) {
      if (!(yield* Proc.awaitEnd(pid, startTime))) {
        return yield* failed(
          "stop",
          container,
          refused ?? `its process ${pid} did not end within ten seconds of being killed`
        )
      }
    }
  })

/** Kills processes, whatever they belong to. */
export const killAll = (all: ReadonlyArray<ProcessIdentity>): Effect.Effect<void> =>
  Effect.suspend(() => {
    signal(all, "SIGKILL")
    return Effect.forEach(all, ({ pid, startTime }) => Proc.awaitEnd(pid, startTime), { discard: true })
  })

/** The living processes of a tree, its root first, parents before their children. */
const members = (root: ProcessIdentity): ReadonlyArray<ProcessIdentity> =>
  !lives(root) ? [] : [root, ...Proc.descendants(root.pid).flatMap((pid) => identify(pid) ?? [])]

/** Stopped by a signal, which a tracer's stop is not. */
const isHeld = ({ pid }: ProcessIdentity): boolean => Proc.stat(pid)?.state === "T"

/** Signals processes; why one could not be, where that was so. One that has ended meanwhile is none to be signalled. */
const signal = (all: ReadonlyArray<ProcessIdentity>, name: NodeJS.Signals): string | undefined => {
  let refused: string | undefined
  for (const one of all) {
    try {
      if (lives(one)) process.kill(one.pid, name)
    } catch (error) {
      if (lives(one)) {
        refused = `its process ${one.pid} may not be signalled (${error instanceof Error ? error.message : error})`
      }
    }
  }
  return refused
}

/** Signals what is left to be signalled until nothing is, for about ten seconds. */
const signalUntil = (
  name: NodeJS.Signals,
  left: () => ReadonlyArray<ProcessIdentity>,
  failure: (detail: string) => RuntimeFailed
): Effect.Effect<void, RuntimeFailed> =>
  Effect.gen(function* () {
    for (let turn = 0; turn < 1000; turn++) {
      const all = left()
      if (all.length === 0) return
      const refused = signal(all, name)
      if (refused !== undefined) return yield* failure(refused)
      yield* Effect.sleep(turn < 20 ? 1 : 10)
    }
    return yield* failure("its processes did not heed the signal within ten seconds")
  })

const failed = (operation: "pause" | "resume" | "stop", container: string, detail: string) =>
  new RuntimeFailed({ operation, container, runtime: runtimeName, reason: "Unknown", detail })
