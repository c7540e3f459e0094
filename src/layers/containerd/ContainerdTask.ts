/**
 * One container of containerd as it is now: what containerd keeps of it, its task, and what runc beneath keeps of that.
 *
 * It looks and never acts. What runs is told by the kernel where it can be seen: a shim does not answer during a dump.
 */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { ContainerNotFound, RuntimeFailed, type RuntimeUnavailable } from "../../domain/CheckpointError.ts"
import type { Container, ContainerState } from "../../domain/Container.ts"
import * as Cgroup from "../shared/Cgroup.ts"
import * as KernelFile from "../shared/KernelFile.ts"
import * as OciState from "../shared/OciState.ts"
import * as Proc from "../shared/Proc.ts"
import * as ContainerdClient from "./ContainerdClient.ts"
import { type ContainerdSettings, runtimeName } from "./ContainerdSettings.ts"
import * as RuncOptions from "./RuncOptions.ts"
import * as Services from "./Services.ts"

/** What is asked, and of whom. */
export interface Containerd {
  readonly settings: ContainerdSettings
  readonly client: ContainerdClient.ContainerdClient
}

/** The same for calls that may be made again: they wait for a containerd that is being started anew. */
export const patiently = ({ client, settings }: Containerd): Containerd => ({
  settings,
  client: ContainerdClient.patient(client)
})

/** A container as it is now. */
export interface Found {
  readonly metadata: Services.Metadata
  /** None where it was not started, or its task was deleted. */
  readonly task: Services.Task | undefined
  /** What runc keeps of it; none where it does not run, is run by another runtime, or may not be looked at. */
  readonly runc: OciState.OciState | undefined
}

/** A container whose task runs or is paused, seen by the kernel as well. */
export interface Live extends Found {
  readonly task: Services.Task
  readonly runc: OciState.OciState
}

/** Looks a container up. */
export const look = (
  containerd: Containerd,
  id: string,
  operation: RuntimeFailed["operation"] = "inspect"
): Effect.Effect<Found, ContainerNotFound | RuntimeFailed | RuntimeUnavailable> =>
  Effect.gen(function* () {
    if (!isId(id)) return yield* new ContainerNotFound({ container: id })
    const metadata = yield* orNone(containerd.client.call(Services.getContainer, { id }))
    if (metadata === undefined) return yield* new ContainerNotFound({ container: id })
    const ask = orNone(containerd.client.call(Services.getTask, { id }))
    for (let turn = 0; turn < 10; turn++) {
      const task = yield* ask
      const runc = readRunc(containerd.settings, metadata)
      if (task === undefined || runc !== undefined || !isUntold(task)) return { metadata, task, runc }
      yield* Effect.sleep(50)
    }
    return yield* failed(
      operation,
      id,
      "Busy",
      "its shim does not say what it does",
      "try again when it has done with it"
    )
  }).pipe(Effect.catchTag("CallFailed", (error) => failed(operation, id, "Unknown", error.detail)))

/** The living container that is meant; fails where it has ended, or another incarnation has taken its place. */
export const current = (
  containerd: Containerd,
  operation: RuntimeFailed["operation"],
  container: Container
): Effect.Effect<Live, RuntimeFailed | RuntimeUnavailable> =>
  Effect.gen(function* () {
    const gone = (detail: string) => failed(operation, container.id, "ContainerGone", detail)
    const found = yield* Effect.catchTag(
      look(containerd, container.id, operation),
      "ContainerNotFound",
      () => gone("containerd does not know it")
    )
    const { metadata, runc, task } = found
    if (task === undefined || stateOf(found) === "stopped") return yield* gone("it does not run")
    const foreign = ofAnotherRuntime(metadata)
    if (foreign !== undefined) return yield* failed(operation, container.id, "Unsupported", foreign)
    if (runc === undefined) {
      return yield* failed(
        operation,
        container.id,
        "Unsupported",
        `runc's state of it cannot be read in "${
          RuncOptions.root(metadata.runtimeOptions, containerd.settings.namespace)
        }" ` +
          `(its runtime is "${metadata.runtime}")`,
        "run it as root, on the machine of containerd; only containers of runc can be checkpointed"
      )
    }
    const { process } = container
    if (process !== undefined && (runc.pid !== process.pid || runc.startTime !== process.startTime)) {
      return yield* gone("another task of that id has taken its place")
    }
    return { metadata, task, runc }
  })

/** Why a container is none of ours: its shim would take no notice of what it is asked. `undefined` where it is one. */
export const ofAnotherRuntime = ({ runtime, runtimeOptions }: Services.Metadata): string | undefined =>
  runtime !== runcRuntime
    ? `its runtime is "${runtime}", and only "${runcRuntime}" checkpoints and restores`
    : RuncOptions.isOurs(runtimeOptions)
    ? undefined
    : `its runtime has options of the kind "${runtimeOptions.type}", which "${runcRuntime}" does not know`

/** The shim that dumps to a folder and restores from one; others of containerd 1.7 take no notice of it. */
const runcRuntime = "io.containerd.runc.v2"

/** What a container is doing. */
export const stateOf = ({ runc, task }: Found): ContainerState => {
  if (task === undefined || task.status === "stopped") return "stopped"
  // Created to be restored, and not started: nothing runs in it.
  if (task.status === "created") return task.pid === 0 ? "stopped" : "created"
  const startTime = runc?.startTime ?? Proc.stat(task.pid)?.startTime
  if (startTime === undefined || !Proc.isAlive(runc?.pid ?? task.pid, startTime)) return "stopped"
  return task.status === "paused" || (runc !== undefined && isFrozen(runc)) ? "paused" : "running"
}

/** A container in the words of all worlds. */
export const describe = (settings: ContainerdSettings, found: Found): Container => {
  const { metadata, runc, task } = found
  const doing = stateOf(found)
  const startTime = runc?.startTime ?? Proc.stat(task?.pid ?? 0)?.startTime
  const pid = runc?.pid ?? task?.pid ?? 0
  return {
    id: metadata.id,
    state: doing,
    labels: metadata.labels,
    ...(metadata.image === "" ? {} : { image: metadata.image }),
    identity: `${settings.namespace} ${metadata.id} ${metadata.created}`,
    ...(doing === "stopped" || startTime === undefined ? {} : { process: Proc.identify(pid, startTime) }),
    ...(doing === "stopped" || runc === undefined ? {} : { bundle: runc.bundle })
  }
}

/** Whether its shim had no answer: nothing of such a task is known but that there is one. */
export const isUntold = ({ pid, status }: Services.Task): boolean => status === "unknown" && pid === 0

/** The ids that containerd accepts (its `identifiers` package); no other is asked for. */
const isId = (id: string): boolean => id.length <= 76 && /^[A-Za-z0-9]+(?:[._-][A-Za-z0-9]+)*$/.test(id)

/** What is not there is `undefined`, and no failure. */
export const orNone = <A>(
  effect: Effect.Effect<A, ContainerdClient.CallError>
): Effect.Effect<A | undefined, ContainerdClient.CallError> =>
  Effect.catchTag(
    effect,
    "CallFailed",
    (error) => error.reason === "NotFound" ? Effect.succeed(undefined) : Effect.fail(error)
  )

/** A failure of an operation on a container. */
export const failed = (
  operation: RuntimeFailed["operation"],
  container: string,
  reason: RuntimeFailed["reason"],
  detail: string,
  hint?: string,
  log?: string
): RuntimeFailed =>
  new RuntimeFailed({
    operation,
    container,
    runtime: runtimeName,
    reason,
    detail,
    ...(hint === undefined ? {} : { hint }),
    ...(log === undefined ? {} : { log })
  })

/** What runc keeps of a container of this metadata. */
export const readRunc = (settings: ContainerdSettings, metadata: Services.Metadata): OciState.OciState | undefined => {
  const root = RuncOptions.root(metadata.runtimeOptions, settings.namespace)
  const text = KernelFile.read(`${root}/${metadata.id}/state.json`)
  return text === undefined ? undefined : Either.getOrUndefined(OciState.fromRunc(text))
}

const isFrozen = ({ cgroup }: OciState.OciState): boolean => cgroup !== undefined && Cgroup.isFrozen(cgroup)
