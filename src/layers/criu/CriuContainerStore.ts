/**
 * Process trees as containers: by the name that they were given, or by `pid:` and the pid of the root process.
 *
 * Whether one runs is asked of the kernel. A pid that has become another process's is not taken for the one of before.
 */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Context from "effect/Context"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { ContainerNotFound, RuntimeUnavailable } from "../../domain/CheckpointError.ts"
import { type Container, type ProcessIdentity, resolve } from "../../domain/Container.ts"
import { ContainerStore } from "../../effects/ContainerStore.ts"
import { Disk } from "../../effects/Disk.ts"
import * as KernelFile from "../shared/KernelFile.ts"
import * as Proc from "../shared/Proc.ts"
import { type CriuSettings, runtimeName } from "./CriuSettings.ts"
import * as ProcessRegistry from "./ProcessRegistry.ts"
import * as ProcessTree from "./ProcessTree.ts"
import * as Registration from "./Registration.ts"

/** The process trees that were given names, and any other by its pid. */
export const layer = (settings: CriuSettings): Layer.Layer<ContainerStore, never, FileSystem.FileSystem | Disk> =>
  Layer.effect(
    ContainerStore,
    Effect.gen(function* () {
      const context = Context.pick(FileSystem.FileSystem, Disk)(yield* Effect.context<FileSystem.FileSystem | Disk>())
      const provide = Effect.provide(context)
      return {
        list: provide(Effect.zipRight(seesProcesses, list(settings))),
        get: (id) => provide(Effect.zipRight(seesProcesses, get(settings, id))),
        find: (reference) => provide(Effect.zipRight(seesProcesses, find(settings, reference)))
      }
    })
  )

const list = (settings: CriuSettings) => Effect.map(ProcessRegistry.all(settings), (all) => all.map(describe))

/** The container of exactly this id. */
const get = (settings: CriuSettings, id: string) =>
  Effect.gen(function* () {
    const registration = Option.getOrUndefined(yield* ProcessRegistry.read(settings, id))
    if (registration !== undefined && ProcessTree.lives(registration.process)) return describe(registration)
    const process = ProcessTree.identify(Registration.parsePid(id) ?? 0)
    if (process !== undefined) return describe(unnamed(process))
    return registration === undefined ? yield* new ContainerNotFound({ container: id }) : describe(registration)
  })

const find = (settings: CriuSettings, reference: string) =>
  Effect.gen(function* () {
    const process = ProcessTree.identify(Registration.parsePid(reference) ?? 0)
    if (process === undefined) {
      return yield* Effect.catchTag(get(settings, reference), "ContainerNotFound", () =>
        Effect.flatMap(list(settings), (all) =>
          resolve(reference, all)))
    }
    const named = yield* nameOf(settings, process)
    return Option.isSome(named) ? describe(named.value) : yield* get(settings, reference)
  })

/** The registration by which a process is known. */
export const nameOf = (settings: CriuSettings, process: ProcessIdentity) =>
  Effect.map(ProcessRegistry.all(settings), (all) =>
    Option.fromNullable(
      all.find((one) =>
        one.process.pid === process.pid && one.process.startTime === process.startTime && ProcessTree.lives(one.process)
      )
    ))

/** A process tree that nobody has named, as one that is registered. */
export const unnamed = (process: ProcessIdentity): Registration.Registration => {
  const program = KernelFile.link(`/proc/${process.pid}/exe`)
  return {
    version: 1,
    id: Registration.idOf(process.pid),
    identity: Registration.identityOf(process),
    process,
    ...(program === undefined ? {} : { program })
  }
}

/** A registration as a container. */
export const describe = (registration: Registration.Registration): Container => {
  const { id, identity, process, program } = registration
  const alive = ProcessTree.lives(process)
  return {
    id,
    state: !alive ? "stopped" : ProcessTree.isStopped(process) ? "paused" : "running",
    labels: {},
    ...(program === undefined ? {} : { image: program }),
    identity,
    ...(alive ? { process } : {})
  }
}

/** Fails where no process can be seen: every tree would else seem to have ended. */
const seesProcesses: Effect.Effect<void, RuntimeUnavailable> = Effect.suspend(() =>
  Proc.isReadable() ? Effect.void : new RuntimeUnavailable({
    runtime: runtimeName,
    program: runtimeName,
    detail: "the kernel's files in /proc, which tell what processes do, cannot be read",
    remedy: "in Deno, run it with --allow-all"
  })
)
