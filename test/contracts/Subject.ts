/**
 * What a contract suite needs of a world: a container that counts, and the services that see it. Each world has its own
 * way to make one; the suites are the same for all.
 */
import type * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import type { Checkpoints, ContainerStore, EventLog, Runtime } from "stasis"

/** The services of a world. */
export type Services =
  | Checkpoints.Checkpoints
  | ContainerStore.ContainerStore
  | Runtime.Runtime
  | EventLog.EventLog

/** A container that runs, in a world of its own. */
export interface Subject {
  readonly id: string
  readonly layer: Layer.Layer<Services>
  /** What it has counted; fails the test when there is no such container. */
  readonly count: Effect.Effect<number>
  /** Lets it count on by at least so much; gives what it has counted then. */
  readonly advance: (by: number) => Effect.Effect<number>
  /** Pauses or resumes it from outside. */
  readonly setPaused: (paused: boolean) => Effect.Effect<void>
  /** Kills it from outside, as if it had died, and lets its runtime forget it. */
  readonly kill: Effect.Effect<void>
  /** Starts it again from zero, after it was killed or stopped. */
  readonly start: Effect.Effect<void>
  /** A new folder of mode 0700 in the world's file system. */
  readonly folder: Effect.Effect<string>
  /** The names in a folder of the world's file system, sorted. */
  readonly files: (path: string) => Effect.Effect<ReadonlyArray<string>>
}

/** How to make subjects, and what may be expected of them. */
export interface Harness {
  /** Makes a container and starts it; it is gone with the scope. */
  readonly make: Effect.Effect<Subject, never, Scope.Scope>
  /** It counts only when it is told to: a count can be predicted. */
  readonly exact: boolean
}
