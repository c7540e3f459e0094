/**
 * Pausing, resuming and stopping a container through its task: after each, the kernel is asked whether it is so.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { RuntimeFailed, RuntimeUnavailable } from "../../domain/CheckpointError.ts"
import type { Container } from "../../domain/Container.ts"
import * as Cgroup from "../shared/Cgroup.ts"
import * as Proc from "../shared/Proc.ts"
import type { CallError } from "./ContainerdClient.ts"
import * as ContainerdRemains from "./ContainerdRemains.ts"
import { type Containerd, current, failed, type Live, look, orNone, stateOf } from "./ContainerdTask.ts"
import * as Services from "./Services.ts"

type LifecycleError = RuntimeUnavailable | RuntimeFailed

/** Freezes a container; one that is paused stays so. */
export const pause = (containerd: Containerd, container: Container): Effect.Effect<void, LifecycleError> =>
  Effect.gen(function* () {
    const live = yield* current(containerd, "pause", container)
    if (stateOf(live) === "paused") return
    yield* act("pause", container.id, containerd.client.call(Services.pauseTask, { id: container.id }))
    yield* requireState(containerd, "pause", "paused", container)
  })

/** Lets a paused container go on; one that runs goes on running. */
export const resume = (containerd: Containerd, container: Container): Effect.Effect<void, LifecycleError> =>
  Effect.gen(function* () {
    const live = yield* current(containerd, "resume", container)
    if (stateOf(live) !== "paused") return
    const { cgroup } = live.runc
    if (live.task.status === "paused") {
      // Let go on past its shim, which takes it for paused still: runc resumes nothing that runs.
      if (cgroup !== undefined && !Cgroup.isFrozen(cgroup)) Cgroup.freeze(cgroup)
      yield* act("resume", container.id, containerd.client.call(Services.resumeTask, { id: container.id }))
    }
    // Frozen past its shim, as by a CRIU that was ended in the middle: the shim takes it for running and resumes nothing.
    if (cgroup !== undefined && Cgroup.isFrozen(cgroup)) Cgroup.thaw(cgroup)
    yield* requireState(containerd, "resume", "running", container)
  })

/** Kills a container, frozen or not, waits for its end, and deletes its task. */
export const stop = (containerd: Containerd, container: Container): Effect.Effect<void, LifecycleError> =>
  Effect.flatMap(current(containerd, "stop", container), (live) => end(containerd, "stop", live))

/** Deletes the task of a container that has ended, or was never started; kills what runs. */
export const clear = (
  containerd: Containerd,
  operation: RuntimeFailed["operation"],
  id: string
): Effect.Effect<void, LifecycleError> =>
  Effect.gen(function* () {
    const found = yield* lookFor(containerd, operation, id)
    if (found?.task === undefined) return
    const { metadata, runc, task } = found
    yield* runc !== undefined && Proc.isAlive(runc.pid, runc.startTime)
      ? end(containerd, operation, { metadata, runc, task })
      : forget(containerd, operation, metadata)
  })

/** Deletes the task of a container that has ended, and of no other: one that runs is somebody else's, and fails. */
export const forgetEnded = (
  containerd: Containerd,
  operation: RuntimeFailed["operation"],
  id: string
): Effect.Effect<void, LifecycleError> =>
  Effect.gen(function* () {
    const found = yield* lookFor(containerd, operation, id)
    if (found?.task === undefined) return
    if (stateOf(found) !== "stopped") {
      yield* failed(operation, id, "Busy", "somebody else has started it meanwhile")
    }
    yield* forget(containerd, operation, found.metadata)
  })

/** What there is of a container; nothing where containerd knows none. */
const lookFor = (containerd: Containerd, operation: RuntimeFailed["operation"], id: string) =>
  Effect.catchTag(look(containerd, id, operation), "ContainerNotFound", () => Effect.succeed(undefined))

/** Deletes a task that has ended, and no file of its container; its shim may hear of the end only now. */
export const forget = (
  containerd: Containerd,
  operation: RuntimeFailed["operation"],
  metadata: Services.Metadata
): Effect.Effect<void, LifecycleError> =>
  Effect.gen(function* () {
    const { client } = containerd
    const { id } = metadata
    const look = act(operation, id, orNone(client.call(Services.getTask, { id })))
    const began = yield* Clock.currentTimeMillis
    let pid = 0
    for (let turn = 0; (yield* Clock.currentTimeMillis) - began < 10_000; turn++) {
      const task = yield* look
      // Another one has taken its place.
      if (task === undefined || (pid !== 0 && task.pid !== 0 && task.pid !== pid)) return
      if (task.status === "stopped" || task.status === "created") break
      if (task.pid !== 0) pid = task.pid
      yield* Effect.sleep(turn < 20 ? 2 : 10)
    }
    yield* ContainerdRemains.secure(containerd, operation, metadata)
    yield* act(operation, id, orNone(client.call(Services.deleteTask, { id })))
  })

const end = (containerd: Containerd, operation: RuntimeFailed["operation"], { metadata, runc }: Live) =>
  Effect.gen(function* () {
    const { id } = metadata
    // runc kills the first process only, and thaws the others before the kernel has killed them, too.
    if (runc.cgroup !== undefined && Cgroup.isFrozen(runc.cgroup)) Cgroup.kill(runc.cgroup)
    yield* act(operation, id, containerd.client.call(Services.killTask, { id, signal: 9, all: true })).pipe(
      Effect.catchTag(
        "RuntimeFailed",
        (error) =>
          Effect.flatMap(
            Proc.awaitEnd(runc.pid, runc.startTime),
            (ended) => ended ? Effect.void : Effect.fail(error)
          )
      )
    )
    if (!(yield* Proc.awaitEnd(runc.pid, runc.startTime))) {
      yield* failed(operation, id, "Busy", "it did not end within ten seconds of being killed")
    }
    yield* forget(containerd, operation, metadata)
  })

const requireState = (
  containerd: Containerd,
  operation: "pause" | "resume",
  wanted: "paused" | "running",
  container: Container
) =>
  Effect.gen(function* () {
    const after = stateOf(yield* current(containerd, operation, container))
    if (after !== wanted) yield* failed(operation, container.id, "Unknown", `it is ${after} afterwards`)
  })

/** A call for an operation on a container. */
const act = <A>(operation: RuntimeFailed["operation"], id: string, call: Effect.Effect<A, CallError>) =>
  Effect.catchTag(
    call,
    "CallFailed",
    (error) => failed(operation, id, error.reason === "NotFound" ? "ContainerGone" : "Unknown", error.detail)
  )
