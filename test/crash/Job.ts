/** What a worker is told to do, and the lines in which it tells how far it has come. */
import type * as Effect from "effect/Effect"
import * as Checkpoints from "../../src/effects/Checkpoints.ts"

/** One operation on the one container. */
export interface Step {
  readonly do: "create" | "remove" | "restore" | "list"
  readonly name: string
  readonly options?: Readonly<Record<string, boolean | string>>
}

/** The operations of one worker, one after another; a world adds what it is opened with. */
export interface Job {
  readonly steps: ReadonlyArray<Step>
}

/** How a step ended: `done`, or the tag of its error. */
export interface Outcome {
  readonly step: number
  readonly end: string
  /** Nanoseconds of the machine's one monotonic clock. */
  readonly from: number
  readonly to: number
  readonly message?: string
}

/** Does one step. */
export const perform = (
  container: string,
  step: Step
): Effect.Effect<unknown, { readonly _tag: string }, Checkpoints.Checkpoints> => {
  switch (step.do) {
    case "create":
      return Checkpoints.create(container, step.name, step.options)
    case "remove":
      return Checkpoints.remove(container, step.name, step.options)
    case "restore":
      return Checkpoints.restore(container, step.name, step.options)
    case "list":
      return Checkpoints.list(container)
  }
}
