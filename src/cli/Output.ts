/**
 * Where the command line writes: results to standard output, everything for a person's eyes to standard error.
 *
 * The service owns the two streams and what is known of them. It decides nothing about what is written.
 */
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import type * as Effect from "effect/Effect"

/** Standard output took no more: its reader is gone (`closed`), or the write failed. */
export class OutputFailed extends Data.TaggedError("OutputFailed")<{
  readonly closed: boolean
  readonly detail: string
}> {
  override get message(): string {
    return `Cannot write to standard output: ${this.detail}`
  }
}

/** The streams of a command line. */
export class Output extends Context.Tag("stasis/cli/Output")<Output, {
  /** Writes to standard output; done when the text has been handed over. */
  readonly out: (text: string) => Effect.Effect<void, OutputFailed>
  /** Writes to standard error; a failure to do so is nobody's business. */
  readonly err: (text: string) => Effect.Effect<void>
  /** Ends when nobody reads standard output any more; never ends where that cannot be known. */
  readonly closed: Effect.Effect<void>
  /** Whether text on standard output may carry colours. */
  readonly outColours: boolean
  readonly errColours: boolean
  /** Whether standard error is a terminal, on which a line can be drawn over. */
  readonly errIsTerminal: boolean
  /** The width of that terminal. */
  readonly columns: Effect.Effect<number>
}>() {}
