/** Why no runtime could be chosen for a command. */
import * as Data from "effect/Data"

/** A runtime that could not be asked, and why. */
export interface Unasked {
  readonly runtime: string
  readonly detail: string
}

/** More than one runtime has a container that the reference may mean. */
export class AmbiguousRuntime extends Data.TaggedError("AmbiguousRuntime")<{
  readonly container: string
  readonly matches: ReadonlyArray<{ readonly runtime: string; readonly id: string; readonly name?: string }>
}> {
  override get message(): string {
    const found = this.matches.map(({ id, name, runtime }) =>
      `${runtime}: ${id}${name === undefined || name === id ? "" : ` (${name})`}`
    )
    const flags = [...new Set(this.matches.map(({ runtime }) => `--runtime ${runtime}`))]
    return `Cannot tell which container "${this.container}" is meant: ${found.join(", ")}; choose with ${
      flags.join(" or ")
    }`
  }
}

/** None of the runtimes that could be asked knows the container. */
export class UnknownContainer extends Data.TaggedError("UnknownContainer")<{
  readonly container: string
  readonly asked: ReadonlyArray<string>
  readonly unasked: ReadonlyArray<Unasked>
}> {
  override get message(): string {
    return [`No such container: ${this.container} (asked: ${this.asked.join(", ")})`, ...this.unasked.map(sayUnasked)]
      .join("; ")
  }
}

/** Several runtimes are there, and none could be asked. */
export class RuntimesUnavailable extends Data.TaggedError("RuntimesUnavailable")<{
  readonly unasked: ReadonlyArray<Unasked>
}> {
  override get message(): string {
    return `Cannot ask any runtime for its containers: ${this.unasked.map(sayUnasked).join("; ")}`
  }
}

/** Why no runtime could be chosen. */
export type ChoiceError = AmbiguousRuntime | UnknownContainer | RuntimesUnavailable

/** One line about a runtime that could not be asked. */
export const sayUnasked = ({ detail, runtime }: Unasked): string => `${runtime} could not be asked: ${detail}`
