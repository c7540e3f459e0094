/**
 * The use case preflight: whether a checkpoint would succeed, which options it needs, and why. It looks at the live
 * processes, freezes nothing, holds nothing and makes nothing.
 */
import * as Effect from "effect/Effect"
import {
  type CheckpointDamaged,
  CheckpointExists,
  type CheckpointNotFound,
  ContainerNotRunning,
  type InvalidCheckpointDirectory,
  type InvalidCheckpointName
} from "../domain/CheckpointError.ts"
import * as CheckpointName from "../domain/CheckpointName.ts"
import type { CreateOptions } from "../domain/CheckpointOptions.ts"
import { isLive } from "../domain/Container.ts"
import * as Preflight from "../domain/Preflight.ts"
import { CheckpointStore } from "./CheckpointStore.ts"
import type { ContainerStore } from "./ContainerStore.ts"
import { findDirectory, type FindError } from "./findContainer.ts"
import { checkLineage, requireParent } from "./lineage.ts"
import { Runtime, type RuntimeError } from "./Runtime.ts"
import * as Telemetry from "./telemetry.ts"

/** What preflight can fail with. */
export type PreflightError =
  | InvalidCheckpointName
  | InvalidCheckpointDirectory
  | FindError
  | ContainerNotRunning
  | CheckpointExists
  | CheckpointNotFound
  | CheckpointDamaged
  | RuntimeError

/** Judges a checkpoint that is not made; a name, where one is given, is checked as well. */
export const preflight = Effect.fn("Checkpoints.preflight")(function* (
  reference: string,
  nameText: string | undefined,
  options: CreateOptions
): Effect.fn.Return<Preflight.Preflight, PreflightError, ContainerStore | CheckpointStore | Runtime> {
  const name = nameText === undefined ? undefined : yield* CheckpointName.parse(nameText)
  const { container, directory } = yield* findDirectory(reference, options, true)
  if (!isLive(container)) {
    return yield* new ContainerNotRunning({ container: container.name ?? container.id, state: container.state })
  }
  const runtime = yield* Runtime
  const store = yield* CheckpointStore
  yield* checkLineage(name, options)
  yield* runtime.checkOptions("checkpoint", options)
  if (name !== undefined && (yield* store.names(directory)).includes(name)) {
    return yield* new CheckpointExists({
      container: container.name ?? container.id,
      checkpoint: name,
      directory
    })
  }
  if (options.parentPath !== undefined) yield* requireParent(container, directory, options.parentPath)
  const survey = yield* runtime.survey(container, "whole")
  const { unsupported } = yield* runtime.capabilities
  return Preflight.judge(survey, options, { free: yield* store.room(directory), unsupported })
}, Telemetry.counted("preflight"))
