/**
 * Hooks: what a program is told around a checkpoint and a restore, as effects that are passed beside the options.
 *
 * This file says what they are and runs one within its bound on time. When each is run is in `dumpAndPublish.ts` and in
 * `restoreCheckpoint.ts`; hooks that are commands are in `layers/shared/HookCommand.ts`.
 */
import * as Cause from "effect/Cause"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Inspectable from "effect/Inspectable"
import * as Option from "effect/Option"
import type { CheckpointDirectory } from "../domain/CheckpointDirectory.ts"
import { HookFailed, type HookName } from "../domain/CheckpointError.ts"
import type { CheckpointName } from "../domain/CheckpointName.ts"
import type { Container } from "../domain/Container.ts"

/** What a hook is told. */
export interface HookContext {
  readonly hook: HookName
  /** The container as it is when the hook is run: its state, and its process where there is one. */
  readonly container: Container
  /** The name of the checkpoint that is made, or that the container was restored from. */
  readonly checkpoint: CheckpointName
  /** The checkpoint directory that it is in. */
  readonly directory: CheckpointDirectory
  /** What came of it, for `afterDump` alone: `dumped` where there is a checkpoint now, `failed` where there is none. */
  readonly outcome?: "dumped" | "failed"
}

/** A hook. What it succeeds with is not looked at; whatever it fails with becomes a `HookFailed`. */
export type Hook = (context: HookContext) => Effect.Effect<unknown, unknown>

/**
 * The hooks of one operation. The operation holds its locks while they run: one that starts another operation on the container
 * and waits for it waits until its time is over. A process that dies runs none: after a crash nobody is told.
 */
export interface Hooks {
  /**
   * Is run before the freeze, and before a pre-dump, for the program to prepare: to flush its caches, to close what cannot be
   * frozen. When it fails, dies or takes too long, the checkpoint is cancelled with `HookFailed` and the container was not frozen.
   * Interrupting the create interrupts it; for the safety checkpoint of a restore with `replace`, an interruption waits for it, and then
   * for the restore.
   */
  readonly beforeFreeze?: Hook
  /**
   * Is run once in every create that came to where `beforeFreeze` is due, also without one: after it succeeded, failed or was
   * interrupted, when the container goes on or has been stopped. An interruption waits for it. Its failure is a warning.
   */
  readonly afterDump?: Hook
  /**
   * Is run once when a container was restored: it is as it was frozen, so a program that had prepared goes back from that here. Where
   * a restore with `replace` failed and the container went back to its safety checkpoint, it is told of that one. An interruption waits for it. Its failure is a warning.
   */
  readonly afterRestore?: Hook
  /** How long each hook may take, in milliseconds; {@link defaultTimeout} when absent. */
  readonly timeout?: number
}

/** How long a hook may take when nothing is said: 30 seconds, in milliseconds. */
export const defaultTimeout = 30_000

/** Runs a hook that is there, to its end, within its time. It is interrupted when that is over, or with the caller. */
export const run = (hooks: Hooks, context: HookContext): Effect.Effect<void, HookFailed> => {
  const { [context.hook]: hook, timeout = defaultTimeout } = hooks
  if (hook === undefined) return Effect.void
  const failed = (reason: HookFailed["reason"], detail: string) => {
    const { checkpoint, container } = context
    const { id, name = id } = container
    return new HookFailed({ hook: context.hook, container: name, checkpoint, reason, detail })
  }
  // A fiber of its own: nothing that the hook does to its fiber can keep the operation from going on.
  return Effect.uninterruptibleMask((restore) =>
    Effect.gen(function* () {
      // @effect-diagnostics-next-line anyUnknownInErrorContext:off
      const fiber = yield* Effect.forkDaemon(Effect.interruptible(Effect.suspend(() => hook(context))))
      const ended = yield* Effect.onInterrupt(restore(within(fiber, timeout)), () => leave(fiber))
      if (Option.isNone(ended)) {
        yield* leave(fiber)
        return yield* failed("TimedOut", `more than ${timeout} ms`)
      }
      if (Exit.isFailure(ended.value)) return yield* failed("Failed", wordsOf(ended.value.cause))
    })
  )
}

/** How a fiber ended; none when it did not in so many milliseconds. */
const within = <A, E>(fiber: Fiber.Fiber<A, E>, milliseconds: number) =>
  Effect.timeoutOption(Effect.interruptible(Fiber.await(fiber)), Duration.millis(milliseconds))

/** Interrupts a hook, and waits for what it does about that; one that does not let itself be interrupted is left behind. */
const leave = <A, E>(fiber: Fiber.Fiber<A, E>) => Effect.zipRight(Fiber.interruptFork(fiber), within(fiber, grace))

/** Milliseconds in which a hook that was interrupted has to end. */
const grace = 10_000

/** What a hook failed with, on one line. */
const wordsOf = (cause: Cause.Cause<unknown>): string => {
  const error = Cause.squash(cause)
  const text = error instanceof Error ? error.message || error.name : Inspectable.toStringUnknown(error)
  return text.replace(/\s+/g, " ").replace(/[.\s]+$/, "").trim() || "it gave no reason"
}
