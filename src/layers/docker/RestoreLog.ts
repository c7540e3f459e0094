/**
 * CRIU's log of a restore that the daemon starts: the daemon removes it as soon as the restore has failed, and says only that
 * it has. It is caught while it is there.
 */
import * as NodeFs from "node:fs"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"

/**
 * Does something, and gives the log that was at one of these paths meanwhile beside what came of it; an empty one where none was
 * seen. A log that is there beforehand is another's.
 */
export const catching = <A, E, R>(
  paths: ReadonlyArray<string>,
  restoring: Effect.Effect<A, E, R>
): Effect.Effect<{ readonly value: A; readonly log: string }, { readonly error: E; readonly log: string }, R> =>
  Effect.gen(function* () {
    const before = new Set(paths.map(identify))
    let descriptor: number | undefined
    const look = Effect.sync(() => {
      if (descriptor !== undefined) return
      for (const path of paths) {
        const now = identify(path)
        if (now !== undefined && !before.has(now)) descriptor = open(path)
      }
    })
    const watch = yield* Effect.fork(Effect.interruptible(Effect.forever(Effect.delay(look, 2))))
    const caught = () => descriptor === undefined ? "" : readAll(descriptor)
    return yield* restoring.pipe(
      Effect.mapBoth({
        onFailure: (error) => ({ error, log: caught() }),
        onSuccess: (value) => ({ value, log: caught() })
      }),
      Effect.ensuring(Effect.zipRight(Fiber.interrupt(watch), Effect.sync(() => close(descriptor))))
    )
  })

const identify = (path: string): string | undefined => {
  try {
    const { dev, ino } = NodeFs.statSync(path)
    return `${dev}:${ino}`
  } catch {
    return undefined
  }
}

const open = (path: string): number | undefined => {
  try {
    return NodeFs.openSync(path, "r")
  } catch {
    return undefined
  }
}

/** What is open can be read after it was removed. */
const readAll = (descriptor: number): string => {
  try {
    return NodeFs.readFileSync(descriptor, "utf8")
  } catch {
    return ""
  }
}

const close = (descriptor: number | undefined): void => {
  try {
    if (descriptor !== undefined) NodeFs.closeSync(descriptor)
  } catch {
    // It is closed.
  }
}
