/** What the Docker daemon answers when it does not do what it is asked; it stays inside this layer. */
import * as Data from "effect/Data"
import type { RuntimeUnavailable } from "../../domain/CheckpointError.ts"

/** The daemon answered, and refused or failed; whoever asked knows what that means to the caller. */
export class ApiFailed extends Data.TaggedError("ApiFailed")<{
  /** The HTTP status: 404 where there is no such container, 409 where its state forbids it, 500 where the daemon failed. */
  readonly status: number
  /** What the daemon says, in its own words. */
  readonly message: string
}> {}

/** What a call can fail with: the daemon cannot be reached, or it does not do what it is asked. */
export type ApiError = RuntimeUnavailable | ApiFailed
