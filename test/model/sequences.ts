/** The model-based suite: any sequence of commands leaves a world in the state that the pure model says. */
import { describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FastCheck from "effect/FastCheck"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Scope from "effect/Scope"
import * as Memory from "stasis/Memory"
import type { Harness, Subject } from "../contracts/Subject.ts"
import * as Commands from "./commands.ts"
import * as Model from "./Model.ts"

/** How long and how often. */
export interface SequenceOptions<S extends Subject> {
  readonly runs: number
  readonly maxCommands: number
  /** Commands that only this world knows: faults, interruptions, a loss of power. */
  readonly more?: ReadonlyArray<FastCheck.Arbitrary<Commands.Command<S>>>
  /** Is looked at after each sequence. */
  readonly finally?: (real: Commands.Real<S>, model: Model.Model) => Promise<void>
  /** Milliseconds that all runs together may take. */
  readonly timeout: number
}

/** Runs sequences of commands on a world. */
export const suite = <S extends Subject>(
  name: string,
  harness: Omit<Harness, "make"> & { readonly make: Effect.Effect<S, never, Scope.Scope> },
  options: SequenceOptions<S>
): void => {
  describe(`sequences: ${name}`, () => {
    it("leave the world as the model says", { timeout: options.timeout }, () =>
      FastCheck.assert(
        FastCheck.asyncProperty(
          FastCheck.commands([...common, ...options.more ?? []], { maxCommands: options.maxCommands, size: "max" }),
          (commands) => play(harness, options, commands)
        ),
        { numRuns: options.runs, ...replay() }
      ))
  })
}

const play = async <S extends Subject>(
  harness: Omit<Harness, "make"> & { readonly make: Effect.Effect<S, never, Scope.Scope> },
  options: SequenceOptions<S>,
  commands: Iterable<Commands.Command<S>>
) => {
  const scope = Effect.runSync(Scope.make())
  const subject = await Effect.runPromise(Scope.extend(harness.make, scope))
  const runtime = ManagedRuntime.make(subject.layer)
  try {
    const count = await runtime.runPromise(subject.count)
    const box: Commands.Box = { model: { ...Model.initial, count: { low: count, high: count } } }
    const real: Commands.Real<S> = { subject, exact: harness.exact, run: (effect) => runtime.runPromise(effect) }
    await FastCheck.asyncModelRun(() => ({ model: box, real }), commands)
    await options.finally?.(real, box.model)
  } finally {
    await runtime.dispose()
    await Effect.runPromise(Scope.close(scope, Exit.void))
  }
}

/** `STASIS_SEED` and `STASIS_PATH` play one sequence again. */
const replay = () => {
  const { STASIS_PATH: path, STASIS_SEED: seed } = process.env
  return { ...(seed === undefined ? {} : { seed: Number(seed) }), ...(path === undefined ? {} : { path }) }
}

const name = FastCheck.constantFrom("aa", "bb", "cc")

const createOptions = FastCheck.record(
  { leaveRunning: FastCheck.boolean(), durability: FastCheck.constantFrom("full" as const, "none" as const) },
  { requiredKeys: ["leaveRunning"] }
)

const common: ReadonlyArray<FastCheck.Arbitrary<Commands.Command>> = [
  FastCheck.tuple(name, createOptions).map(([name, options]) => Commands.create(name, options)),
  FastCheck.tuple(name, createOptions).map(([name, options]) => Commands.create(name, options)),
  Memory.Arbitraries.invalidName.map((name) =>
    Commands.command(
      `create ${JSON.stringify(name)}`,
      (model, { subject }) =>
        Commands.comesTo(
          model,
          { _tag: "Fails", tags: ["InvalidCheckpointName"] },
          Commands.bareCreate(subject.id, name)
        )
    )
  ),
  FastCheck.tuple(name, FastCheck.boolean()).map(([name, replace]) => Commands.restore(name, { replace })),
  name.map((name) => Commands.restore(name, {})),
  name.map(Commands.remove),
  name.map(Commands.get),
  FastCheck.constant(Commands.names),
  FastCheck.constant(Commands.listAll),
  FastCheck.constant(Commands.recover),
  FastCheck.integer({ min: 1, max: 9 }).map(Commands.advance),
  FastCheck.constant(Commands.pause),
  FastCheck.constant(Commands.resume),
  FastCheck.constant(Commands.kill),
  FastCheck.constant(Commands.start)
]
