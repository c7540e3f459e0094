/**
 * Pausing, resuming and stopping a container of Docker: after each, the daemon is asked whether it is so.
 *
 * A pause goes through the daemon, so that it holds the container's health checks back and shows that it is paused.
 */
import type * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { RuntimeFailed, RuntimeUnavailable, StorageFailed } from "../../domain/CheckpointError.ts"
import type { Container } from "../../domain/Container.ts"
import type { Lease } from "../../effects/Disk.ts"
import type { RuntimeError } from "../../effects/Runtime.ts"
import * as Cgroup from "../shared/Cgroup.ts"
import type { Inspected } from "./DockerContainers.ts"
import { type DockerEngine, failed, path, refused } from "./DockerEngine.ts"
import * as SeenProcess from "./SeenProcess.ts"
import * as RestartPolicy from "./RestartPolicy.ts"

type LifecycleError = RuntimeUnavailable | RuntimeFailed

/** What the daemon knows of a container, whose processes must still be the ones that were seen. */
export const current = (
  engine: DockerEngine,
  operation: RuntimeFailed["operation"],
  container: Container
): Effect.Effect<Inspected, LifecycleError> =>
  Effect.filterOrFail(
    engine.inspect(operation, container),
    ({ State }) => State.Running && (container.process === undefined || container.process.pid === State.Pid),
    () => refused(operation, container, "ContainerGone", "it has stopped, or was started anew, meanwhile")
  )

/** Whether a container stands still: paused by the daemon, or frozen past it, whereupon the daemon refuses to pause it. */
export const isFrozen = ({ id }: Container, { Paused, Pid }: Inspected["State"]): boolean => {
  const cgroup = Paused ? undefined : cgroupOf(id, Pid)
  return Paused || (cgroup !== undefined && Cgroup.isHeld(cgroup))
}

/** Freezes a container; one that stands still stays so. */
export const pause = (engine: DockerEngine, container: Container): Effect.Effect<void, LifecycleError> =>
  Effect.gen(function* () {
    const { State } = yield* current(engine, "pause", container)
    bringBack(container, State)
    if (!isFrozen(container, State)) yield* pauseByDaemon(engine, container)
  })

/** Has the daemon pause a container, whose processes may be kept frozen in a cgroup below its own meanwhile. */
export const pauseByDaemon = (engine: DockerEngine, container: Container): Effect.Effect<void, LifecycleError> =>
  Effect.asVoid(Effect.mapError(engine.api.post(path(container, "pause")), failed("pause", container)))

/** Lets a paused container go on, whoever has paused it; one that runs goes on running. */
export const resume = (
  engine: DockerEngine,
  container: Container,
  lease: Lease
): Effect.Effect<void, RuntimeError> =>
  Effect.gen(function* () {
    const { State } = yield* current(engine, "resume", container)
    bringBack(container, State)
    if (State.Paused) {
      yield* Effect.mapError(engine.api.post(path(container, "unpause")), failed("resume", container))
      return
    }
    // Frozen past the daemon, which does not know of it: by CRIU that was killed, or by hand.
    const beneath = yield* engine.beneath(container)
    if (Option.isSome(beneath)) return yield* beneath.value.runtime.resume(container, lease)
    const held = heldWithin(container, State)
    if (held !== undefined) Cgroup.thaw(held)
  })

/** Kills a container, frozen or not, without letting it run again; it stays stopped, whatever its restart policy. */
export const stop = (
  engine: DockerEngine,
  container: Container,
  lease: Lease
): Effect.Effect<void, RuntimeError | StorageFailed, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const { State } = yield* current(engine, "stop", container)
    bringBack(container, State)
    const beneath = State.Paused || !isFrozen(container, State) ? yield* engine.beneath(container) : Option.none()
    yield* RestartPolicy.putAside(
      engine,
      "stop",
      container,
      Effect.zipRight(
        Option.isSome(beneath) ? beneath.value.runtime.stop(container, lease) : kill(engine, container),
        awaitStopped(engine, "stop", container, State.Pid)
      )
    )
  })

/**
 * Waits until the daemon has noticed that a container has stopped, for ten seconds.
 *
 * @param pid the first process that it had, by the daemon: with another one, it has stopped and was started anew
 */
export const awaitStopped = (
  engine: DockerEngine,
  operation: RuntimeFailed["operation"],
  container: Container,
  pid?: number
): Effect.Effect<void, LifecycleError> =>
  Effect.gen(function* () {
    for (;;) {
      const { State } = yield* engine.inspect(operation, container)
      if (!State.Running && !State.Restarting) return
      if (State.Running && pid !== undefined && State.Pid !== pid) return
      yield* Effect.sleep(10)
    }
  }).pipe(Effect.timeoutFail({
    duration: "10 seconds",
    onTimeout: () =>
      refused(operation, container, "Busy", "it has ended, and the Docker daemon has not noticed within ten seconds")
  }))

/** The cgroup of a container's first process, where that is seen here. */
const cgroupOf = (id: string, pid: number): string | undefined =>
  SeenProcess.of(id, pid) === undefined ? undefined : Cgroup.of(pid)

/** The frozen cgroup that holds a container's first process, where that is the container's own or one within. */
const heldWithin = ({ id }: Container, { Pid: pid }: Inspected["State"]): string | undefined => {
  const cgroup = cgroupOf(id, pid)
  const held = cgroup === undefined ? undefined : Cgroup.holder(cgroup)
  return held?.includes(id) === true ? held : undefined
}

/** What a process that was killed while it paused the container has left. */
const bringBack = ({ id }: Container, { Pid: pid }: Inspected["State"]): void => {
  if (SeenProcess.of(id, pid) !== undefined) Cgroup.bringBack(pid)
}

const kill = (engine: DockerEngine, container: Container) =>
  Effect.gen(function* () {
    const { State } = yield* current(engine, "stop", container)
    // Its own, whichever of those within its first process is in.
    const cgroup = Cgroup.named(cgroupOf(container.id, State.Pid) ?? "", container.id)
    if (cgroup !== undefined && Cgroup.isFrozen(cgroup)) {
      Cgroup.kill(cgroup)
      // None of them runs any more. What it has not paused itself, and still finds frozen, the daemon could not clear away.
      Cgroup.thaw(cgroup)
    } else {
      yield* Effect.mapError(
        engine.api.post(path(container, "kill"), { signal: "KILL" }),
        failed("stop", container)
      )
    }
  })
