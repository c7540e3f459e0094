/**
 * Pausing, resuming and stopping a container: after each, the kernel is asked whether it is so.
 */
import * as Effect from "effect/Effect"
import { RuntimeFailed, type RuntimeUnavailable } from "../../domain/CheckpointError.ts"
import type { Container } from "../../domain/Container.ts"
import type { Lease } from "../../effects/Disk.ts"
import * as Cgroup from "../shared/Cgroup.ts"
import * as KernelFile from "../shared/KernelFile.ts"
import * as Proc from "../shared/Proc.ts"
import * as RestoreRoot from "../shared/RestoreRoot.ts"
import * as OciCall from "./OciCall.ts"
import * as OciForeign from "./OciForeign.ts"
import { readState, stateOf } from "./OciContainerStore.ts"
import type { OciSettings } from "./OciSettings.ts"
import type { OciState } from "../shared/OciState.ts"

type LifecycleError = RuntimeUnavailable | RuntimeFailed

/** The container's state as its runtime keeps it; fails where the runtime knows none, or another incarnation. */
export const current = (
  settings: OciSettings,
  operation: RuntimeFailed["operation"],
  container: Container
): Effect.Effect<OciState, RuntimeFailed> => {
  const gone = (detail: string) => failed(settings, operation, container.id, "ContainerGone", detail)
  const state = readState(settings, container.id)
  if (state === undefined) return Effect.fail(gone(`${settings.runtime} does not know it`))
  return Effect.filterOrFail(
    state,
    (found) =>
      container.process === undefined ||
      (found.pid === container.process.pid && found.startTime === container.process.startTime),
    () => gone("another container of that id has taken its place")
  )
}

/** Freezes a container; one that is paused stays so. */
export const pause = (settings: OciSettings, container: Container, lease: Lease): Effect.Effect<void, LifecycleError> =>
  toState(settings, "pause", "paused", container, lease)

/** Lets a paused container go on; one that runs goes on running. */
export const resume = (
  settings: OciSettings,
  container: Container,
  lease: Lease
): Effect.Effect<void, LifecycleError> => toState(settings, "resume", "running", container, lease)

/** Kills a container, frozen or not, waits for its end, and removes what the runtime keeps of it. */
export const stop = (settings: OciSettings, container: Container, lease: Lease): Effect.Effect<void, LifecycleError> =>
  Effect.gen(function* () {
    yield* kill(settings, "stop", yield* current(settings, "stop", container), lease)
  })

/** Removes what the runtime keeps of a container that has ended. */
export const forget = (
  settings: OciSettings,
  operation: RuntimeFailed["operation"],
  state: OciState,
  lease: Lease
): Effect.Effect<void, LifecycleError> =>
  Effect.gen(function* () {
    // The rest of its processes ends with the first one, but not at the same instant.
    for (let turn = 0; turn < 500 && state.cgroup !== undefined; turn++) {
      if (Cgroup.processes(state.cgroup).length === 0) break
      yield* Effect.sleep(2)
    }
    if (settings.ofEngine) return yield* awaitForgotten(settings, operation, state.id)
    yield* remove(settings, operation, state.id, lease).pipe(
      Effect.catchTag("RuntimeFailed", (error) =>
        readState(settings, state.id) === undefined ? Effect.void : Effect.fail(error))
    )
  })

/** Has the runtime delete what it keeps, and no file of the container with it. */
const remove = (settings: OciSettings, operation: RuntimeFailed["operation"], id: string, lease: Lease) =>
  Effect.gen(function* () {
    const state = `${settings.root}/${id}`
    // One without a state may be about to get it, and one with a state may be about to live again.
    const known = readState(settings, id) !== undefined
    if (!(yield* OciForeign.settle(settings, id, known ? ["restore"] : ["restore", "create", "run"]))) {
      yield* failed(settings, operation, id, "Busy", `somebody else has ${settings.runtime} start or restore it`)
    }
    const now = yield* Effect.option(readState(settings, id) ?? Effect.succeed(undefined))
    if (now._tag === "Some" && now.value !== undefined && Proc.isAlive(now.value.pid, now.value.startTime)) {
      yield* failed(settings, operation, id, "Busy", startedMeanwhile)
    }
    if (!(yield* RestoreRoot.letGo(state))) {
      const detail = `its root file system is mounted in "${state}", and would go with what the runtime keeps of it`
      yield* failed(settings, operation, id, "Busy", detail)
    }
    yield* OciCall.act(settings, operation, id, ["delete", "--force", id], lease)
  })

/** An engine hears of the end of its containers itself. */
const awaitForgotten = (settings: OciSettings, operation: RuntimeFailed["operation"], id: string) =>
  Effect.gen(function* () {
    for (let turn = 0; turn < 2000 && readState(settings, id) !== undefined; turn++) yield* Effect.sleep(5)
    if (readState(settings, id) !== undefined) {
      yield* failed(settings, operation, id, "Busy", "it has ended, and its engine has not noticed within ten seconds")
    }
  })

/**
 * Removes what the runtime keeps under an id: a container of ours that runs is killed, a state without a container is swept.
 *
 * Fails with `Busy` where one lives that is not ours.
 *
 * @param isOurs whether the container that lives may be killed
 */
export const clear = (
  settings: OciSettings,
  operation: RuntimeFailed["operation"],
  id: string,
  lease: Lease,
  isOurs: (state: OciState) => boolean
): Effect.Effect<void, LifecycleError> =>
  Effect.gen(function* () {
    const state = yield* Effect.option(readState(settings, id) ?? Effect.succeed(undefined))
    if (state._tag === "Some" && state.value !== undefined) {
      if (Proc.isAlive(state.value.pid, state.value.startTime) && !isOurs(state.value)) {
        yield* failed(settings, operation, id, "Busy", startedMeanwhile)
      }
      yield* kill(settings, operation, state.value, lease)
    } else if (KernelFile.exists(`${settings.root}/${id}`)) {
      // crun leaves such a folder after a restore that failed early, and then takes the id for taken.
      yield* remove(settings, operation, id, lease)
    }
  })

const startedMeanwhile = "somebody else has started it meanwhile"

const kill = (settings: OciSettings, operation: RuntimeFailed["operation"], state: OciState, lease: Lease) =>
  Effect.gen(function* () {
    if (Proc.isAlive(state.pid, state.startTime)) {
      // A runtime kills the first process only, and thaws the others before the kernel has killed them, too.
      if (state.cgroup !== undefined && Cgroup.isFrozen(state.cgroup)) Cgroup.kill(state.cgroup)
      yield* OciCall.act(settings, operation, state.id, ["kill", state.id, "KILL"], lease).pipe(
        Effect.catchTag(
          "RuntimeFailed",
          (error) =>
            Effect.flatMap(
              Proc.awaitEnd(state.pid, state.startTime),
              (ended) => ended ? Effect.void : Effect.fail(error)
            )
        )
      )
      if (!(yield* Proc.awaitEnd(state.pid, state.startTime))) {
        return yield* failed(settings, operation, state.id, "Busy", "it did not end within ten seconds of being killed")
      }
    }
    yield* forget(settings, operation, state, lease)
  })

const toState = (
  settings: OciSettings,
  operation: "pause" | "resume",
  wanted: "paused" | "running",
  container: Container,
  lease: Lease
): Effect.Effect<void, LifecycleError> =>
  Effect.gen(function* () {
    const state = yield* current(settings, operation, container)
    const now = stateOf(settings, state)
    if (now === wanted) return
    yield* OciCall.act(settings, operation, container.id, [operation, container.id], lease)
    const after = stateOf(settings, state)
    if (after !== wanted) {
      return yield* failed(settings, operation, container.id, "Unknown", `it is ${after} afterwards`)
    }
  })

const failed = (
  settings: OciSettings,
  operation: RuntimeFailed["operation"],
  container: string,
  reason: RuntimeFailed["reason"],
  detail: string
) => new RuntimeFailed({ operation, container, runtime: settings.runtime, reason, detail })
