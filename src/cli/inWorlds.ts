/**
 * Where a command's work is done: in the world of the runtime that knows the container, or in every world there is.
 *
 * Whose container a reference means is decided in `chooseRuntime.ts`, and the asking is `askRuntimes.ts`.
 */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { ContainerNotFound } from "../domain/CheckpointError.ts"
import { answers, askEach, probe, type Reply, whose } from "./askRuntimes.ts"
import { RuntimesUnavailable, sayUnasked, type Unasked, UnknownContainer } from "./ChoiceError.ts"
import { type Answer, decide, type Intent } from "./chooseRuntime.ts"
import * as print from "./print.ts"
import { elsewhere } from "./elsewhere.ts"
import { type RuntimeName, Settings } from "./Settings.ts"
import { inWorld, type OpenError, type Surroundings, type World, type WorldError, Worlds } from "./Worlds.ts"

/**
 * Runs an effect in the world of the runtime that knows a container. Where only one may be meant, nobody is asked. A runtime
 * that is silent is a warning to who reads, and to who changes something a failure, unless they have no right to ask it.
 */
export const inWorldOf =
  (container: string, intent: Intent) =>
  <A, E>(effect: Effect.Effect<A, E, World | Surroundings>): Effect.Effect<A, E | WorldError, Worlds | Surroundings> =>
    Effect.gen(function* () {
      const { candidates, named, open } = yield* Worlds
      // No other runtime's containers are called so.
      if (Option.isNone(named) && container.startsWith("pid:")) return yield* inWorld("criu")(effect)
      const runtimes = yield* candidates
      const [only] = runtimes
      if (only !== undefined && runtimes.length === 1) {
        const settings = yield* Settings
        return yield* Effect.mapError(
          inAnswering(only)(effect),
          (error) =>
            isNotFound(error)
              ? new UnknownContainer({
                container: error.container,
                asked: [only],
                unasked: [],
                hint: elsewhere(only, settings)
              })
              : error
        )
      }
      return yield* Effect.scoped(Effect.gen(function* () {
        const replies = yield* askEach(runtimes, open, whose(container))
        const runtime = yield* decide(container, replies.map(answerOf), intent)
        yield* warn(unasked(replies))
        const chosen = opened(replies).find((one) => one.runtime === runtime)
        return yield* chosen === undefined ? inWorld(runtime)(effect) : Effect.provide(effect, chosen.world)
      }))
    })

const isNotFound = Schema.is(ContainerNotFound)

/** Runs an effect in the world of plain processes, unless another is named. */
export const inWorldOfProcesses = <A, E>(
  effect: Effect.Effect<A, E, World | Surroundings>
): Effect.Effect<A, E | OpenError, Worlds | Surroundings> =>
  Effect.flatMap(Worlds, ({ named }) => inWorld(Option.getOrElse(named, () => "criu" as const))(effect))

/** What an effect came to in the worlds that could be asked. */
export interface Everywhere<A, E> {
  readonly results: ReadonlyArray<A>
  readonly failures: ReadonlyArray<E>
  /** More than one may be meant, whichever could be asked: whose something is has to be said. */
  readonly ofSeveral: boolean
}

/**
 * Runs an effect in every world that may be meant, in one after the other. One that cannot be asked is a warning, unless
 * none can be asked.
 */
export const inEveryWorld = <A, E>(
  effect: (runtime: RuntimeName) => Effect.Effect<A, E, World | Surroundings>
): Effect.Effect<Everywhere<A, E>, E | WorldError, Worlds | Surroundings> =>
  Effect.gen(function* () {
    const { candidates, open } = yield* Worlds
    const runtimes = yield* candidates
    const [only] = runtimes
    if (only !== undefined && runtimes.length === 1) {
      return { results: [yield* inAnswering(only)(effect(only))], failures: [], ofSeveral: false }
    }
    return yield* Effect.scoped(Effect.gen(function* () {
      const replies = yield* askEach(runtimes, open, probe)
      const silent = unasked(replies)
      if (silent.length === replies.length) return yield* new RuntimesUnavailable({ unasked: silent })
      yield* warn(silent)
      const [failures, results] = yield* Effect.partition(opened(replies), ({ runtime, world }) =>
        Effect.provide(effect(runtime), world))
      return { results, failures, ofSeveral: true }
    }))
  })

/**
 * Runs an effect in a world for its event log, which is the same one for all. Docker's own events are to be had only in its
 * world, and only as they happen: where it cannot be asked for them, that is a warning.
 */
export const inWorldOfEvents =
  (follow: boolean) =>
  <A, E>(effect: Effect.Effect<A, E, World | Surroundings>): Effect.Effect<A, E | WorldError, Worlds | Surroundings> =>
    Effect.gen(function* () {
      const { candidates, named, open } = yield* Worlds
      if (Option.isSome(named)) return yield* inWorld(named.value)(effect)
      const runtimes = yield* candidates
      const other = runtimes.find((runtime) => runtime !== "docker" && runtime !== "containerd") ?? "runc"
      if (!follow || !runtimes.includes("docker")) return yield* inWorld(other)(effect)
      return yield* Effect.scoped(Effect.gen(function* () {
        const replies = yield* askEach(["docker"], open, probe)
        const [docker] = opened(replies)
        yield* warn(unasked(replies))
        return yield* docker === undefined ? inWorld(other)(effect) : Effect.provide(effect, docker.world)
      }))
    })

/** The same as {@link inWorld}, once it is known that somebody answers there. */
const inAnswering = (runtime: RuntimeName) => <A, E>(effect: Effect.Effect<A, E, World | Surroundings>) =>
  inWorld(runtime)(Effect.zipRight(answers(runtime), effect))

const answerOf = ({ reply, runtime }: Reply<Answer>) => ({
  runtime,
  answer: Either.match(reply, {
    onLeft: (silence): Answer => ({ _tag: "Unasked", ...silence }),
    onRight: ({ answer }) => answer
  })
})

const opened = <A>(replies: ReadonlyArray<Reply<A>>) =>
  replies.flatMap(({ reply, runtime }) => Either.isRight(reply) ? [{ runtime, world: reply.right.world }] : [])

const unasked = <A>(replies: ReadonlyArray<Reply<A>>): ReadonlyArray<Unasked> =>
  replies.flatMap(({ reply, runtime }) => Either.isLeft(reply) ? [{ runtime, detail: reply.left.detail }] : [])

const warn = (those: ReadonlyArray<Unasked>) => print.warnings(those.map(sayUnasked))
