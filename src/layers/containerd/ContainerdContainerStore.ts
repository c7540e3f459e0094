/** The containers of one namespace of containerd, as containerd, its shims and the kernel tell of them. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { RuntimeUnavailable } from "../../domain/CheckpointError.ts"
import { type Container, resolve } from "../../domain/Container.ts"
import { ContainerStore } from "../../effects/ContainerStore.ts"
import * as Proc from "../shared/Proc.ts"
import { runtimeName } from "./ContainerdSettings.ts"
import { type Containerd, describe, failed, isUntold, look, patiently, readRunc } from "./ContainerdTask.ts"
import * as Services from "./Services.ts"

/** The containers of the namespace. */
export const layer = (containerd: Containerd): Layer.Layer<ContainerStore> => {
  const { client, settings } = containerd
  const get = (id: string) =>
    Effect.zipRight(
      seesProcesses(settings.socket),
      // In the middle of an operation, what became of the container is waited for.
      Effect.suspend(() =>
        Effect.map(
          look(client.isKnown() ? patiently(containerd) : containerd, id),
          (found) => describe(settings, found)
        )
      )
    )
  const list = Effect.gen(function* () {
    yield* seesProcesses(settings.socket)
    const containers = yield* client.call(Services.listContainers, undefined)
    const tasks = yield* client.call(Services.listTasks, undefined)
    return yield* Effect.forEach(containers, (metadata) => {
      const task = tasks.find(({ id }) => id === metadata.id)
      const runc = readRunc(settings, metadata)
      return task !== undefined && runc === undefined && isUntold(task)
        ? Effect.catchTag(
          get(metadata.id),
          "ContainerNotFound",
          () => Effect.succeed(describe(settings, { metadata, task: undefined, runc }))
        )
        : Effect.succeed(describe(settings, { metadata, task, runc }))
    })
  }).pipe(Effect.catchTag("CallFailed", (error) => failed("inspect", settings.namespace, "Unknown", error.detail)))
  const ids = Effect.catchTag(
    client.call(Services.listContainers, undefined),
    "CallFailed",
    (error) => failed("inspect", settings.namespace, "Unknown", error.detail)
  )
  return Layer.succeed(ContainerStore, {
    list,
    get,
    find: (reference) =>
      Effect.catchTag(
        get(reference),
        "ContainerNotFound",
        // Each task is asked of its shim, which may be at a dump: only the one that is meant is asked for.
        () => Effect.flatMap(ids, (found) => Effect.flatMap(resolve(reference, found.map(named)), ({ id }) => get(id)))
      )
  })
}

const named = ({ id }: Services.Metadata): Container => ({ id, state: "stopped", labels: {}, identity: "" })

/** Fails where no process can be seen: every container would else seem to be stopped. */
const seesProcesses = (socket: string): Effect.Effect<void, RuntimeUnavailable> =>
  Effect.suspend(() =>
    Proc.isReadable() ? Effect.void : new RuntimeUnavailable({
      runtime: runtimeName,
      program: socket,
      detail: "the kernel's files in /proc, which tell what a container does, cannot be read",
      remedy: "in Deno, run it with --allow-all"
    })
  )
