/** Why no runtime could be chosen for a command. */
import * as Data from "effect/Data"

/** A runtime that could not be asked, and why. */
export interface Unasked {
  readonly runtime: string
  readonly detail: string
}

/** A container that a runtime knows. */
interface Known {
  readonly runtime: string
  readonly id: string
  readonly name?: string
}

/** More than one runtime has a container that the reference may mean. */
export class AmbiguousRuntime extends Data.TaggedError("AmbiguousRuntime")<{
  readonly container: string
  readonly matches: ReadonlyArray<Known>
}> {
  override get message(): string {
    return `Cannot tell which container "${this.container}" is meant: ${this.matches.map(sayKnown).join(", ")}; ` +
      `choose with ${chooseOf(this.matches)}`
  }
}

/**
 * A runtime knows the container, and another one that is there did not answer: it may know one of that name as well. Only what
 * changes something fails with this.
 */
export class UnsureRuntime extends Data.TaggedError("UnsureRuntime")<{
  readonly container: string
  readonly matches: ReadonlyArray<Known>
  readonly unasked: ReadonlyArray<Unasked>
}> {
  override get message(): string {
    return `Cannot tell which container "${this.container}" is meant: ${this.matches.map(sayKnown).join(", ")}; ` +
      `${this.unasked.map(sayUnasked).join("; ")}; choose with ${chooseOf([...this.matches, ...this.unasked])}`
  }
}

/** None of the runtimes that could be asked knows the container. */
export class UnknownContainer extends Data.TaggedError("UnknownContainer")<{
  readonly container: string
  readonly asked: ReadonlyArray<string>
  readonly unasked: ReadonlyArray<Unasked>
  /** Where else to look, where only one was asked. */
  readonly hint?: string
}> {
  override get message(): string {
    if (this.hint !== undefined) return `No such container: ${this.container}`
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
export type ChoiceError = AmbiguousRuntime | UnsureRuntime | UnknownContainer | RuntimesUnavailable

/** One line about a runtime that could not be asked. */
export const sayUnasked = ({ detail, runtime }: Unasked): string => `${runtime} could not be asked: ${detail}`

const sayKnown = ({ id, name, runtime }: Known): string =>
  `${runtime}: ${id}${name === undefined || name === id ? "" : ` (${name})`}`

const chooseOf = (those: ReadonlyArray<{ readonly runtime: string }>): string =>
  [...new Set(those.map(({ runtime }) => `--runtime ${runtime}`))].join(" or ")
