/**
 * Exclusive locks on files that vanish with the processes that hold them.
 *
 * A lock of flock(2) belongs to the open file, not to the process: the program `flock` is handed our descriptor,
 * locks it and ends, and the lock stays for as long as we, or a child that inherited the descriptor, keep it open.
 * Nothing is ever unlocked by hand. Lock files may be deleted by whoever holds them.
 */
import { type ChildProcess, spawn } from "node:child_process"
import * as NodeFs from "node:fs"
import type { PlatformError } from "@effect/platform/Error"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import type { Lease } from "../../effects/Disk.ts"
import { onClose } from "./onClose.ts"
import { platformError, refusal } from "./Errno.ts"

/**
 * Locks the file until the scope is closed and the last process that inherited the lease is gone; none when another
 * holds it and `wait` is false. Needs the program `flock`, of util-linux or busybox; under Deno, `--allow-run=flock`.
 */
export const lockFile = (
  path: string,
  wait: boolean
): Effect.Effect<Option.Option<Lease>, PlatformError, Scope.Scope> =>
  Effect.uninterruptibleMask((restore) => {
    const attempt: Effect.Effect<Option.Option<Lease>, PlatformError, Scope.Scope> = Effect.gen(function* () {
      const descriptor = yield* open(path)
      const outcome = yield* restore(flock(descriptor, path, wait)).pipe(
        Effect.flatMap((locked) => locked ? isStillAt(path, descriptor) : Effect.succeed("Held" as const)),
        Effect.onError(() => close(descriptor))
      )
      if (outcome === "Ours") {
        yield* onClose(close(descriptor))
        return Option.some({ descriptors: [descriptor] })
      }
      yield* close(descriptor)
      return outcome === "Held" ? Option.none() : yield* attempt
    })
    return attempt
  })

const { O_CREAT, O_NOFOLLOW, O_NONBLOCK, O_RDWR } = NodeFs.constants

/** Both hosts open every file with `O_CLOEXEC`: only children that are handed the descriptor inherit it. */
const open = (path: string): Effect.Effect<number, PlatformError> =>
  Effect.async((resume) => {
    NodeFs.open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0o600, (failure, descriptor) =>
      resume(failure === null ? Effect.succeed(descriptor) : Effect.fail(platformError("lock", path, failure))))
  })

const close = (descriptor: number): Effect.Effect<void> =>
  Effect.async((resume) => {
    NodeFs.close(descriptor, () => resume(Effect.void))
  })

/** Whether the file that was locked is still the one at the path: its last holder may have deleted it. */
const isStillAt = (path: string, descriptor: number): Effect.Effect<"Ours" | "Replaced", PlatformError> =>
  Effect.async((resume) => {
    NodeFs.fstat(descriptor, (failure, ours) => {
      if (failure !== null) return resume(Effect.fail(platformError("lock", path, failure)))
      NodeFs.lstat(path, (failure, there) => {
        if (failure !== null && failure.code !== "ENOENT") {
          return resume(Effect.fail(platformError("lock", path, failure)))
        }
        const same = failure === null && there.ino === ours.ino && there.dev === ours.dev
        resume(Effect.succeed(same ? "Ours" : "Replaced"))
      })
    })
  })

/** Runs `flock` on our descriptor, in a session of its own: a key pressed at our terminal is for us to answer. */
const flock = (descriptor: number, path: string, wait: boolean): Effect.Effect<boolean, PlatformError> =>
  Effect.async((resume) => {
    const child = start(wait ? ["-x", "3"] : ["-n", "-x", "3"], descriptor)
    if (!("on" in child)) {
      resume(Effect.fail(notStarted(path, child)))
      return
    }
    child.on("error", (failure) => resume(Effect.fail(notStarted(path, failure))))
    child.on("exit", (status, signal) =>
      resume(
        status === 0 ? Effect.succeed(true) : status === 1 && !wait ? Effect.succeed(false) : Effect.fail(
          refusal("Unknown", "lock", path, `the program flock ended with ${signal ?? `status ${status}`}`)
        )
      ))
    return ended(child)
  })

/** Deno throws where it may not run a program. */
const start = (args: ReadonlyArray<string>, descriptor: number): ChildProcess | NodeJS.ErrnoException => {
  try {
    return spawn("flock", args, { stdio: ["ignore", "ignore", "ignore", descriptor], detached: true })
  } catch (failure) {
    return failure instanceof Error ? failure : new Error(String(failure))
  }
}

const notStarted = (path: string, failure: NodeJS.ErrnoException): PlatformError =>
  failure.code === "ENOENT"
    ? refusal("NotFound", "lock", path, "the program flock is missing, install util-linux")
    : refusal("Unknown", "lock", path, `the program flock cannot be started: ${failure.message}`)

/** Ends a `flock` that still waits, and waits for its end. */
const ended = (child: ChildProcess): Effect.Effect<void> =>
  Effect.async((resume) => {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return resume(Effect.void)
    child.on("exit", () => resume(Effect.void))
    child.kill("SIGKILL")
  })
