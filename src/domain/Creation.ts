/** The pure decisions of create: whether a container can be checkpointed now, and how it ends. */
import * as Either from "effect/Either"
import { ContainerNotRunning } from "./CheckpointError.ts"
import type { CheckpointConfig, CheckpointRecord } from "./CheckpointConfig.ts"
import { currentVersion } from "./CheckpointConfig.ts"
import type { CreateOptions } from "./CheckpointOptions.ts"
import type { Container } from "./Container.ts"
import { isLive } from "./Container.ts"
import type { Intent, Mode } from "./Intent.ts"

/** What a create will do to its container. */
export interface CreationPlan {
  readonly mode: Mode
  /** The container is paused already and stays so. */
  readonly paused: boolean
}

/**
 * Decides how a container is checkpointed.
 *
 * @param stopsByItself the runtime cannot keep a container paused for us: a daemon that stops it in the dump
 */
export const decide = (
  container: Container,
  options: CreateOptions,
  stopsByItself: boolean
): Either.Either<CreationPlan, ContainerNotRunning> =>
  isLive(container)
    ? Either.right({ mode: modeOf(options, stopsByItself), paused: container.state === "paused" })
    : Either.left(new ContainerNotRunning({ container: container.name ?? container.id, state: container.state }))

const modeOf = (options: CreateOptions, stopsByItself: boolean): Mode =>
  options.leaveRunning === true
    ? "LeaveRunning"
    // Frozen processes do not stop the kernel from acknowledging data of a connection that lives on.
    : options.tcpEstablished === true || stopsByItself
    ? "StopInDump"
    : "PauseThenStop"

/** What the dump leaves the container as. */
export const stateAfterDump = (plan: CreationPlan): "running" | "paused" | "stopped" =>
  plan.mode === "StopInDump" ? "stopped" : plan.mode === "PauseThenStop" || plan.paused ? "paused" : "running"

/** The `config.json` of a checkpoint that an intent led to. */
export const describe = (
  intent: Intent,
  created: string,
  { beneath, ...dumped }: Pick<CheckpointRecord, "bytes" | "milliseconds" | "statistics" | "files"> & {
    readonly beneath?: string | undefined
  }
): CheckpointConfig => {
  const { container, options } = intent
  return {
    created,
    name: intent.checkpoint,
    tcp: options.tcpEstablished ?? false,
    unixSockets: options.externalUnixSockets ?? false,
    shell: options.shellJob ?? false,
    exit: intent.mode !== "LeaveRunning",
    emptyNS: options.emptyNamespaces ?? [],
    stasis: {
      version: currentVersion,
      published: true,
      operation: intent.operation,
      container: {
        id: container.id,
        ...(container.name === undefined ? {} : { name: container.name }),
        ...(container.image === undefined ? {} : { image: container.image }),
        labels: container.labels,
        identity: container.identity,
        ...(container.process === undefined ? {} : { process: container.process }),
        ...(container.bundle === undefined ? {} : { bundle: container.bundle })
      },
      runtime: { ...intent.runtime, ...(beneath === undefined ? {} : { beneath }) },
      options,
      ...(intent.parentOperation === undefined ? {} : { parentOperation: intent.parentOperation }),
      paused: intent.paused,
      ...dumped
    }
  }
}
