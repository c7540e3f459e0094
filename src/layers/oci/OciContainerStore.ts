/**
 * The containers of runc or crun, read from the runtime's own state folder: no process is started for a look-up.
 *
 * Whether a container runs is asked of the kernel (its first process, its cgroup), as the runtimes do themselves.
 */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import { ContainerNotFound, RuntimeFailed, RuntimeUnavailable, StorageFailed } from "../../domain/CheckpointError.ts"
import { type Container, type ContainerState, resolve } from "../../domain/Container.ts"
import { ContainerStore } from "../../effects/ContainerStore.ts"
import * as Cgroup from "../shared/Cgroup.ts"
import * as KernelFile from "../shared/KernelFile.ts"
import * as Proc from "../shared/Proc.ts"
import type { OciSettings } from "./OciSettings.ts"
import * as OciSpec from "../shared/OciSpec.ts"
import * as OciState from "../shared/OciState.ts"

/** The containers below the runtime's root. */
export const layer = (settings: OciSettings): Layer.Layer<ContainerStore> => {
  const get = (id: string) =>
    Effect.gen(function* () {
      yield* seesProcesses(settings)
      const state = readState(settings, id)
      if (state !== undefined) return describe(settings, yield* state)
      yield* seesContainers(settings)
      return yield* new ContainerNotFound({ container: id })
    })
  const ids = Effect.gen(function* () {
    yield* seesProcesses(settings)
    const names = KernelFile.names(settings.root)
    if (names !== undefined) return names.filter(OciState.isId)
    yield* seesContainers(settings)
    return []
  })
  const all = (wanted: (id: string) => boolean) =>
    Effect.flatMap(ids, (found) =>
      // One that vanished meanwhile, or whose state cannot be read, is no reason to show none.
      Effect.forEach(found.filter(wanted), (id) => Effect.option(get(id)))).pipe(
        Effect.map((found) => found.flatMap((one) => one._tag === "Some" ? [one.value] : []))
      )
  return Layer.succeed(ContainerStore, {
    list: all(() => true),
    get,
    find: (reference) =>
      Effect.catchTag(
        get(reference),
        "ContainerNotFound",
        () => Effect.flatMap(all((id) => id.startsWith(reference)), (found) => resolve(reference, found))
      )
  })
}

/** Fails where no process can be seen: every container would else seem to be stopped. */
const seesProcesses = (settings: OciSettings): Effect.Effect<void, RuntimeUnavailable> =>
  Effect.suspend(() =>
    Proc.isReadable() ? Effect.void : new RuntimeUnavailable({
      runtime: settings.runtime,
      program: settings.program,
      detail: "the kernel's files in /proc, which tell what a container does, cannot be read",
      remedy: "in Deno, run it with --allow-all"
    })
  )

/** Fails where the runtime's folder may not be looked into, once nothing was found there. */
const seesContainers = (settings: OciSettings): Effect.Effect<void, StorageFailed> =>
  Effect.suspend(() =>
    !KernelFile.isForbidden(settings.root) ? Effect.void : new StorageFailed({
      operation: "look for containers in",
      path: settings.root,
      reason: "PermissionDenied",
      detail: "permission denied, run it as root"
    })
  )

/** What the runtime keeps of a container; `undefined` when it knows none of this id. */
export const readState = (
  settings: OciSettings,
  id: string
): Effect.Effect<OciState.OciState, RuntimeFailed> | undefined => {
  if (!OciState.isId(id)) return undefined
  const folder = `${settings.root}/${id}`
  const text = KernelFile.read(`${folder}/${settings.runtime === "runc" ? "state.json" : "status"}`)
  if (text === undefined) return undefined
  const state = settings.runtime === "runc"
    ? OciState.fromRunc(text)
    : OciState.fromCrun(id, text, readAnnotations(`${folder}/config.json`), cgroupMount())
  return Effect.mapError(state, (detail) =>
    new RuntimeFailed({
      operation: "inspect",
      container: id,
      runtime: settings.runtime,
      reason: "Unknown",
      detail: `its state in "${folder}" cannot be read (${detail})`
    }))
}

/** What a container is doing, as the kernel tells it. */
export const stateOf = (settings: OciSettings, state: OciState.OciState): ContainerState => {
  if (!Proc.isAlive(state.pid, state.startTime)) return "stopped"
  // Both runtimes keep this fifo until the container's own program is started.
  if (KernelFile.exists(`${settings.root}/${state.id}/exec.fifo`)) return "created"
  return state.cgroup !== undefined && Cgroup.isFrozen(state.cgroup) ? "paused" : "running"
}

const describe = (settings: OciSettings, state: OciState.OciState): Container => {
  const doing = stateOf(settings, state)
  const image = state.annotations["org.opencontainers.image.ref.name"]
  return {
    id: state.id,
    state: doing,
    labels: state.annotations,
    ...(image === undefined ? {} : { image }),
    identity: OciState.identity(state),
    ...(doing === "stopped" ? {} : { process: Proc.identify(state.pid, state.startTime) }),
    bundle: state.bundle
  }
}

const readAnnotations = (path: string): Readonly<Record<string, string>> =>
  Either.match(OciSpec.parse(KernelFile.read(path) ?? ""), {
    onLeft: () => ({}),
    onRight: (spec) => spec.annotations ?? {}
  })

/** Where a cgroup that can be frozen is found: the one tree of version 2, else the freezer's of version 1. */
const cgroupMount = (): string =>
  KernelFile.exists("/sys/fs/cgroup/cgroup.procs") ? "/sys/fs/cgroup" : "/sys/fs/cgroup/freezer"
