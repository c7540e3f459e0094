/** Pausing, resuming and stopping a process tree, by the name that it is registered under. */
import type * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { RuntimeFailed, type StorageFailed } from "../../domain/CheckpointError.ts"
import { type Container, isSameProcess } from "../../domain/Container.ts"
import { unnamed } from "./CriuContainerStore.ts"
import { type CriuSettings, runtimeName } from "./CriuSettings.ts"
import * as ProcessRegistry from "./ProcessRegistry.ts"
import * as ProcessTree from "./ProcessTree.ts"
import type { Registration } from "./Registration.ts"

type LifecycleError = RuntimeFailed | StorageFailed

/** The registration of a tree that lives; fails where it does not, or where another one has its id. */
export const current = (
  settings: CriuSettings,
  operation: RuntimeFailed["operation"],
  container: Container
): Effect.Effect<Registration, LifecycleError, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const gone = (detail: string) =>
      new RuntimeFailed({ operation, container: container.id, runtime: runtimeName, reason: "ContainerGone", detail })
    const { process } = container
    if (process === undefined || !ProcessTree.lives(process)) return yield* gone("its processes have ended")
    const registered = Option.getOrUndefined(yield* ProcessRegistry.read(settings, container.id))
    if (registered !== undefined && isSameProcess(registered.process, process)) return registered
    if (registered !== undefined && ProcessTree.lives(registered.process)) {
      return yield* gone("its name is that of other processes now")
    }
    return { ...unnamed(process), id: container.id, identity: container.identity }
  })

/** Stops a tree; one that stands still stays so. */
export const pause = (settings: CriuSettings, container: Container) =>
  Effect.flatMap(current(settings, "pause", container), ({ process }) => ProcessTree.stop(process, container.id))

/** Lets a tree go on, but for what had stopped by itself; one that runs goes on running. */
export const resume = (settings: CriuSettings, container: Container) =>
  Effect.flatMap(
    current(settings, "resume", container),
    ({ held, process }) =>
      ProcessTree.isStopped(process) ? ProcessTree.resume(process, held ?? [], container.id) : Effect.void
  )

/** Kills all of a tree, without letting it run again where it stands still. */
export const stop = (settings: CriuSettings, container: Container) =>
  Effect.flatMap(current(settings, "stop", container), ({ process }) => ProcessTree.kill(process, container.id))
