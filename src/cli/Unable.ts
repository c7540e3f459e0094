/** The answer of a check that is a no: exit code 1, though nothing went wrong. */
import * as Data from "effect/Data"

/** What was checked is not able; what was found has been printed. */
export class Unable extends Data.TaggedError("Unable")<{ readonly detail: string }> {
  override get message(): string {
    return this.detail
  }
}
