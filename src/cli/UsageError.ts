/** A command line that cannot be understood: exit code 2. */
import * as Data from "effect/Data"

/** The command line was wrong; `command` is where its help is found. */
export class UsageError extends Data.TaggedError("UsageError")<{
  readonly detail: string
  /** The command as typed, `stasis create`, whose `--help` tells more. */
  readonly command: string
}> {
  override get message(): string {
    return this.detail
  }
}
