/** The answer of `stasis diff --exit-code` where there is a difference: exit code 1, and nothing to say beside what was printed. */
import * as Data from "effect/Data"

/** The two differ. */
export class Differs extends Data.TaggedError("Differs") {}
