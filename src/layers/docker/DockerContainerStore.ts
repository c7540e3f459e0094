/**
 * The containers of a Docker daemon, as it tells them. What it is and where its files are is asked once; whether its processes are seen
 * here is asked of the kernel each time.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Ref from "effect/Ref"
import * as Schema from "effect/Schema"
import { ContainerNotFound, RuntimeFailed, RuntimeUnavailable } from "../../domain/CheckpointError.ts"
import { type Container, type ProcessIdentity, resolve } from "../../domain/Container.ts"
import { ContainerStore, type ContainerStoreError } from "../../effects/ContainerStore.ts"
import * as Cgroup from "../shared/Cgroup.ts"
import * as KernelFile from "../shared/KernelFile.ts"
import * as Proc from "../shared/Proc.ts"
import { type ApiError, DockerApi } from "./DockerApi.ts"
import * as DockerContainers from "./DockerContainers.ts"
import * as DockerInfo from "./DockerInfo.ts"
import { isLocal } from "./isLocal.ts"
import * as SeenProcess from "./SeenProcess.ts"

/** How many containers are asked for at a time. */
const concurrency = 8

/** The containers of the daemon at an address, for messages. */
export const layer = (host: string): Layer.Layer<ContainerStore, never, DockerApi> =>
  Layer.effect(
    ContainerStore,
    Effect.gen(function* () {
      const api = yield* DockerApi
      const rootOf = yield* makeRoot(api, host)

      const get = (id: string) =>
        Effect.gen(function* () {
          const inspected = yield* inspectSettled(api, id)
          const root = yield* rootOf
          const found = DockerContainers.describe(inspected, {
            root: `${root}/containers/${id}`,
            ...processOf(inspected)
          })
          // The daemon has not heard of its end: nothing of it can be frozen.
          if (isEnded(inspected)) return { ...found, state: "stopped" as const }
          // Frozen past the daemon, which does not know of it: by a CRIU that was killed, or by hand.
          return isFrozen(found) ? { ...found, state: "paused" as const } : found
        }).pipe(
          Effect.catchTag("ApiFailed", ({ message }) =>
            new RuntimeFailed({
              operation: "inspect",
              container: id,
              runtime: "docker",
              reason: "Unknown",
              detail: message
            }))
        )

      const listed = Effect.catchTag(
        api.get(Schema.Array(DockerContainers.Listed), "/containers/json", { all: "1" }),
        "ApiFailed",
        ({ message }) =>
          new RuntimeUnavailable({
            runtime: "docker",
            program: host,
            detail: `the Docker daemon does not list its containers (${message})`,
            remedy: "look into its log"
          })
      )

      return {
        get,
        list: Effect.flatMap(listed, (all) => Effect.forEach(all, ({ Id }) => present(get(Id)), { concurrency })).pipe(
          Effect.map((all) => all.flatMap(Option.toArray))
        ),
        find: (reference) =>
          Effect.gen(function* () {
            const { id } = yield* resolve(reference, (yield* listed).map(DockerContainers.summarize))
            return yield* Effect.mapError(
              get(id),
              (error) => error._tag === "ContainerNotFound" ? new ContainerNotFound({ container: reference }) : error
            )
          })
      }
    })
  )

/**
 * What the daemon tells of the container of exactly this id, whole.
 */
const inspect = (
  api: typeof DockerApi.Service,
  id: string
): Effect.Effect<DockerContainers.Inspected, ContainerNotFound | ApiError> =>
  Effect.gen(function* () {
    if (!DockerContainers.isId(id)) return yield* new ContainerNotFound({ container: id })
    const inspected = yield* Effect.mapError(
      api.get(DockerContainers.Inspected, `/containers/${id}/json`),
      (error) => error._tag === "ApiFailed" && error.status === 404 ? new ContainerNotFound({ container: id }) : error
    )
    // One may have a name that looks like an id.
    return inspected.Id === id ? inspected : yield* new ContainerNotFound({ container: id })
  })

/** The same, once the daemon knows what the kernel knows: of the end of a process it hears a moment later. */
const inspectSettled = (
  api: typeof DockerApi.Service,
  id: string,
  turns = 40
): Effect.Effect<DockerContainers.Inspected, ContainerNotFound | ApiError> =>
  Effect.flatMap(
    inspect(api, id),
    (inspected) =>
      isEnded(inspected) && turns > 0
        ? Effect.delay(inspectSettled(api, id, turns - 1), "25 millis")
        : Effect.succeed(inspected)
  )

/** Whether the daemon says that it runs, and the kernel does not show its process. */
const isEnded = (inspected: DockerContainers.Inspected): boolean =>
  inspected.State.Running && !inspected.State.Restarting && Proc.stat(inspected.State.Pid) === undefined

/** Nothing for one that vanished meanwhile, or that cannot be read: no reason to show none of the others. */
const present = (
  get: Effect.Effect<Container, ContainerNotFound | ContainerStoreError>
): Effect.Effect<Option.Option<Container>, ContainerStoreError> =>
  Effect.map(get, Option.some).pipe(
    Effect.catchTags({
      ContainerNotFound: () => Effect.succeedNone,
      RuntimeFailed: () => Effect.succeedNone
    })
  )

/**
 * The daemon's root; asked until it has been told once. One whose files are on another machine is of no use: checkpoints lie among them.
 * Where they are here and may not be looked at, whoever looks is told so.
 */
const makeRoot = (
  api: typeof DockerApi.Service,
  host: string
): Effect.Effect<Effect.Effect<string, ApiError>> =>
  Effect.map(Ref.make(Option.none<string>()), (known) =>
    Effect.gen(function* () {
      const found = yield* Ref.get(known)
      if (Option.isSome(found)) return found.value
      const info = yield* DockerInfo.read(api)
      const { DockerRootDir: root } = info
      if (!isLocal(info) && !KernelFile.isForbidden(root)) {
        return yield* new RuntimeUnavailable({
          runtime: "docker",
          program: host,
          detail: `the files of the Docker daemon, below "${root}", are not on this machine`,
          remedy: "run it on the machine of the daemon, as root"
        })
      }
      yield* Ref.set(known, Option.some(root))
      return root
    }))

const isFrozen = ({ process, state }: Container): boolean => {
  const cgroup = state === "running" && process !== undefined ? Cgroup.of(process.pid) : undefined
  return cgroup !== undefined && Cgroup.isHeld(cgroup)
}

/**
 * The first process where it is one of this machine, seen with the pid that the daemon sees: its cgroup bears the container's id,
 * which no other process's does.
 */
const processOf = ({ Id, State }: DockerContainers.Inspected): { readonly process?: ProcessIdentity } => {
  const process = SeenProcess.of(Id, State.Pid)
  return process === undefined ? {} : { process }
}
