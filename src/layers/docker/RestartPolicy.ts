/**
 * Docker's restart policy, put aside while a container is stopped by a checkpoint: it would else be started cold at once.
 *
 * What it was is on disk for as long as it is put aside, so that whoever comes after a process that was killed puts it back.
 * Put back, it starts nothing that has stopped; a daemon that is itself started anew does.
 */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import type { RuntimeFailed, RuntimeUnavailable, StorageFailed } from "../../domain/CheckpointError.ts"
import type { Container } from "../../domain/Container.ts"
import * as KernelFile from "../shared/KernelFile.ts"
import * as Proc from "../shared/Proc.ts"
import { storageFailed } from "../shared/storageFailed.ts"
import { type DockerEngine, failed, path } from "./DockerEngine.ts"

/** Does something that stops a container, which stays stopped. */
export const putAside = <A, E, R>(
  engine: DockerEngine,
  operation: RuntimeFailed["operation"],
  container: Container,
  stopping: Effect.Effect<A, E, R>
): Effect.Effect<A, E | RuntimeFailed | RuntimeUnavailable | StorageFailed, R | FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const { HostConfig: { RestartPolicy: policy }, State } = yield* engine.inspect(operation, container)
    if (isNone(policy)) return yield* stopping
    yield* note(engine, container, policy)
    return yield* set(engine, operation, container, none).pipe(
      Effect.zipRight(stopping),
      Effect.onExit((exit) =>
        Effect.gen(function* () {
          // One that was killed and has not been seen to end would be started cold as soon as it has: its policy waits.
          const now = yield* engine.inspect(operation, container)
          const isSure = Exit.isSuccess(exit) || !now.State.Running ||
            (now.State.Pid === State.Pid && Proc.stat(State.Pid) !== undefined && !isDying(exit))
          if (isSure) yield* putBack(engine, operation, container)
        }).pipe(Effect.catchAll((error) =>
          Effect.logWarning("The restart policy is left put aside, the next operation puts it back", error)
        ))
      )
    )
  }).pipe(Effect.uninterruptible)

/**
 * Puts back what is still put aside; does nothing where nothing is. A policy that somebody has chosen since then stays, and a
 * container that is gone needs none.
 */
export const putBack = (
  engine: DockerEngine,
  operation: RuntimeFailed["operation"],
  container: Container
): Effect.Effect<void, RuntimeFailed | RuntimeUnavailable | StorageFailed, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const at = notePath(engine, container)
    const text = KernelFile.read(at)
    if (text === undefined) return
    const isDone = yield* Effect.gen(function* () {
      const policy = decode(text)
      const { HostConfig, State } = yield* engine.inspect(operation, container)
      // The daemon has not heard of its end yet, and would start it cold.
      if (State.Running && Proc.stat(State.Pid) === undefined) return false
      if (Either.isRight(policy) && isNone(HostConfig.RestartPolicy)) {
        yield* set(engine, operation, container, policy.right)
      }
      return true
    }).pipe(Effect.catchIf(isGone, () => Effect.succeed(true)))
    if (!isDone) return
    const fs = yield* FileSystem.FileSystem
    yield* Effect.mapError(fs.remove(at, { force: true }), storageFailed("remove", at))
  })

const none: Policy = { Name: "no", MaximumRetryCount: 0 }

const isNone = ({ Name }: Policy): boolean => Name === "" || Name === none.Name

const isGone = (error: RuntimeFailed | RuntimeUnavailable): boolean =>
  error._tag === "RuntimeFailed" && error.reason === "ContainerGone"

/** Whether it was killed, and its end was waited for in vain. */
const isDying = <A, E>(exit: Exit.Exit<A, E>): boolean =>
  Exit.isFailure(exit) &&
  Option.exists(Cause.failureOption(exit.cause), (error) =>
    Predicate.hasProperty(error, "reason") && error.reason === "Busy")

const set = (
  engine: DockerEngine,
  operation: RuntimeFailed["operation"],
  container: Container,
  policy: Policy
) =>
  Effect.mapError(
    engine.api.post(path(container, "update"), {}, { RestartPolicy: policy }),
    failed(operation, container)
  )

/** Synced: after a loss of power the container has stopped, and its policy would be lost. */
const note = (engine: DockerEngine, container: Container, policy: Policy) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const at = notePath(engine, container)
    yield* fs.makeDirectory(engine.homeOf(container), { recursive: true, mode: 0o700 }).pipe(
      Effect.zipRight(Effect.scoped(Effect.gen(function* () {
        const file = yield* fs.open(at, { flag: "w", mode: 0o600 })
        yield* file.writeAll(new TextEncoder().encode(JSON.stringify(policy)))
        yield* file.sync
      }))),
      Effect.mapError(storageFailed("note the restart policy in", at))
    )
  })

const notePath = (engine: DockerEngine, container: Container): string =>
  `${engine.homeOf(container)}/restart-policy.json`

const Policy = Schema.Struct({ Name: Schema.String, MaximumRetryCount: Schema.Int })
type Policy = typeof Policy.Type

const decode = Schema.decodeEither(Schema.parseJson(Policy))
