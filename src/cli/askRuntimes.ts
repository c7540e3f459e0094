/**
 * Asking several runtimes at once, each for a bounded time: one that does not answer keeps nobody from the answers of the
 * others, and why it did not is part of what comes back.
 */
import type * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { type Checkpoint, forgottenContainer } from "../domain/Checkpoint.ts"
import { type CheckpointError, RuntimeUnavailable } from "../domain/CheckpointError.ts"
import { type Container, resolve } from "../domain/Container.ts"
import * as Checkpoints from "../effects/Checkpoints.ts"
import { ContainerStore } from "../effects/ContainerStore.ts"
import type { Answer } from "./chooseRuntime.ts"
import type { RuntimeName } from "./Settings.ts"
import { type Silence, silenceOf } from "./silence.ts"
import type { OpenError, World } from "./Worlds.ts"

/** What one runtime came back with: its world, open, and the answer, or why there is none. */
export interface Reply<A> {
  readonly runtime: RuntimeName
  readonly reply: Either.Either<{ readonly world: Context.Context<World>; readonly answer: A }, Silence>
}

/** Opens the worlds and asks each, all at once; the replies come in the order of the runtimes. */
export const askEach = <A>(
  runtimes: ReadonlyArray<RuntimeName>,
  open: (runtime: RuntimeName) => Layer.Layer<World, OpenError>,
  question: Effect.Effect<A, CheckpointError, World>
): Effect.Effect<ReadonlyArray<Reply<A>>, never, Scope.Scope> =>
  Effect.flatMap(
    Effect.scope,
    (scope) =>
      Effect.forEach(runtimes, (runtime) =>
        Layer.buildWithScope(open(runtime), scope).pipe(
          Effect.flatMap((world) => Effect.map(Effect.provide(question, world), (answer) => ({ answer, world }))),
          inTime(patience),
          Effect.map((reply) => ({ runtime, reply }))
        ), { concurrency: "unbounded" })
  )

/** The result of an effect, or why there is none in this time. It is not waited for any longer. */
export const inTime =
  (time: Duration.Duration) =>
  <A, R>(effect: Effect.Effect<A, OpenError, R>): Effect.Effect<Either.Either<A, Silence>, never, R> =>
    effect.pipe(
      Effect.mapError(silenceOf),
      Effect.disconnect,
      Effect.timeoutFail({
        duration: time,
        onTimeout: (): Silence => ({ detail: `it gave no answer within ${Duration.toSeconds(time)} s`, barred: false })
      }),
      Effect.either
    )

/** A daemon that is well answers in milliseconds, and in seconds where its machine is busy. */
const patience = Duration.seconds(5)

/** Whether a runtime can be asked for its containers. */
export const probe: Effect.Effect<void, CheckpointError, ContainerStore> = Effect.flatMap(
  ContainerStore,
  ({ list }) => Effect.asVoid(list)
)

/**
 * Fails where a daemon takes a question and never answers it: a command would wait for ever. What else is wrong is for the command to
 * say; the other runtimes are no daemons.
 */
export const answers = (runtime: RuntimeName): Effect.Effect<void, CheckpointError, ContainerStore> =>
  runtime !== "docker" && runtime !== "containerd" ? Effect.void : Effect.flatMap(
    ContainerStore,
    ({ get }) => get("0".repeat(64))
  ).pipe(
    Effect.catchAll((error) => error._tag === "RuntimeUnavailable" ? Effect.fail(error) : Effect.void),
    Effect.disconnect,
    Effect.timeoutFail({
      duration: longest,
      onTimeout: () =>
        new RuntimeUnavailable({
          runtime,
          program: runtime,
          detail: `it gave no answer within ${Duration.toSeconds(longest)} s`,
          remedy: "look whether it hangs, and start it again"
        })
    }),
    Effect.asVoid
  )

/** Longer than a world waits itself, which knows better what is wrong. */
const longest = Duration.seconds(15)

/** Which container a reference means, also one that only its checkpoints know. */
export const whose = (
  reference: string
): Effect.Effect<Answer, CheckpointError, ContainerStore | Checkpoints.Checkpoints> =>
  Effect.flatMap(ContainerStore, ({ find }) => find(reference)).pipe(
    Effect.map(({ id, name, process }): Answer => ({ _tag: "Found", found: { id, name, pid: process?.pid } })),
    Effect.catchTag("ContainerNotFound", () => forgotten(reference)),
    Effect.catchTags({
      ContainerNotFound: () => Effect.succeed<Answer>({ _tag: "None" }),
      AmbiguousContainer: ({ matches }) => Effect.succeed<Answer>({ _tag: "Several", ids: matches })
    })
  )

/**
 * One that its runtime has forgotten: its own checkpoints tell its whole id, else those in other folders. Where an interrupted
 * operation is all that is left of it, nothing does.
 */
const forgotten = (reference: string) =>
  Effect.gen(function* () {
    const own = yield* Checkpoints.list(reference)
    const all = own.length > 0 ? own : yield* Checkpoints.list()
    const known = new Map(all.map((checkpoint) => [checkpoint.container, describe(checkpoint)]))
    return Either.match(resolve(reference, [...known.values()]), {
      onLeft: (): Answer => ({ _tag: "Found", found: { id: reference, isPart: true } }),
      onRight: ({ id, name }): Answer => ({ _tag: "Found", found: { id, name } })
    })
  })

const describe = (checkpoint: Checkpoint): Container =>
  forgottenContainer(checkpoint) ?? { id: checkpoint.container, state: "forgotten", labels: {}, identity: "" }
