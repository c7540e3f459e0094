/** The pure decisions of restore: whether a checkpoint can be restored over what is there, and with which options. */
import * as Either from "effect/Either"
import type { Checkpoint } from "./Checkpoint.ts"
import { CheckpointDamaged, ContainerMismatch, ContainerRunning } from "./CheckpointError.ts"
import { criuOptions, type RestoreOptions } from "./CheckpointOptions.ts"
import { type Container, isLive } from "./Container.ts"

/** What a restore will do. */
export interface RestorationPlan {
  /** A running container is there and is rolled back. */
  readonly replace: boolean
  /** The restored container is paused again. */
  readonly pause: boolean
  /** The caller's options, completed by what the dump was asked for. */
  readonly options: RestoreOptions
}

/** Decides whether and how a checkpoint is restored into a container. */
export const decide = (
  container: Container,
  checkpoint: Checkpoint,
  options: RestoreOptions
): Either.Either<RestorationPlan, CheckpointDamaged | ContainerMismatch | ContainerRunning> => {
  const whole = requireWhole(checkpoint)
  if (Either.isLeft(whole)) return Either.left(whole.left)
  const recorded = checkpoint.record?.container?.identity
  if (
    container.state !== "forgotten" && options.oci?.bundle === undefined && recorded !== undefined &&
    recorded !== container.identity
  ) {
    return Either.left(
      new ContainerMismatch({
        container: container.name ?? container.id,
        checkpoint: checkpoint.name,
        recorded,
        found: container.identity
      })
    )
  }
  const live = isLive(container) || container.state === "restarting"
  if (live && options.replace !== true) {
    return Either.left(new ContainerRunning({ container: container.name ?? container.id }))
  }
  return Either.right({
    replace: live,
    pause: checkpoint.record?.paused ?? false,
    // What is there with the value `undefined` says nothing either, and must not hide what the dump was asked for.
    options: { ...options, ...defaults(checkpoint), ...criuOptions(options) }
  })
}

/** Refuses a damaged checkpoint. */
export const requireWhole = (checkpoint: Checkpoint): Either.Either<Checkpoint, CheckpointDamaged> =>
  checkpoint.status === "complete" ? Either.right(checkpoint) : Either.left(
    new CheckpointDamaged({
      container: checkpoint.container,
      checkpoint: checkpoint.name,
      path: checkpoint.path,
      detail: checkpoint.damage ?? "for an unknown reason"
    })
  )

/** What CRIU has to be asked for again because the dump was asked for it. */
const defaults = (checkpoint: Checkpoint): RestoreOptions =>
  checkpoint.record?.options !== undefined ? criuOptions(checkpoint.record.options) : {
    ...(checkpoint.tcp ? { tcpEstablished: true } : {}),
    ...(checkpoint.unixSockets ? { externalUnixSockets: true } : {}),
    ...(checkpoint.shell ? { shellJob: true } : {}),
    ...(checkpoint.emptyNS.length > 0 ? { emptyNamespaces: checkpoint.emptyNS } : {})
  }

/** The name of the safety checkpoint that `replace` takes before it rolls a container back. */
export const safetyName = (checkpoint: string, random: string): string =>
  `before-restore-${random}-${checkpoint}`.slice(0, 200).replace(/\.+$/, "")
