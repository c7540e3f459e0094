/** A program outside of the tree that is checkpointed: its client, or its neighbour. It is gone with the scope. */
import { spawn } from "node:child_process"
import { expect } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { poll, sources } from "./Program.ts"

/** A client that runs. */
export interface Client {
  readonly pid: number
  /** What it has printed. */
  readonly output: () => string
  /** Waits until it has printed this, and gives the last of what was found. */
  readonly prints: (pattern: RegExp) => Effect.Effect<RegExpExecArray>
  /** Writes to its input. */
  readonly send: (text: string) => Effect.Effect<void>
  /** Closes its input, waits for its good end, and gives all that it has printed. */
  readonly finish: Effect.Effect<string>
}

/** Starts a client. */
export const start = (
  program: string,
  args: ReadonlyArray<string>,
  cwd: string
): Effect.Effect<Client, never, Scope.Scope> =>
  Effect.map(
    Effect.acquireRelease(
      Effect.sync(() => {
        const child = spawn(program, args, { cwd, stdio: ["pipe", "pipe", "pipe"] })
        const state = { text: "", errors: "", code: undefined as number | null | undefined }
        child.stdout.on("data", (bytes) => state.text += String(bytes))
        child.stderr.on("data", (bytes) => state.errors += String(bytes))
        // A client that has ended reads no more; that it did shows in its code.
        child.stdin.on("error", () => undefined)
        child.on("error", (error) => state.errors += error.message)
        child.on("close", (code) => state.code = code)
        return { child, state }
      }),
      ({ child, state }) =>
        Effect.suspend(() => {
          child.kill("SIGKILL")
          return Effect.asVoid(poll(Effect.sync(() => state.code), (code) => code !== undefined))
        })
    ),
    ({ child, state }) => {
      const look = (pattern: RegExp) => pattern.exec(state.text)
      return {
        pid: child.pid ?? 0,
        output: () => state.text,
        prints: (pattern) =>
          Effect.flatMap(
            poll(Effect.sync(() => look(pattern) ?? state.code), (seen) => seen !== undefined),
            (seen) =>
              seen === null || typeof seen === "number" || seen === undefined
                ? Effect.dieMessage(
                  `${program} ended with ${seen} before it printed ${pattern}: ${state.text}${state.errors}`
                )
                : Effect.succeed(seen)
          ),
        send: (text) => Effect.sync(() => void child.stdin.write(text)),
        finish: Effect.gen(function* () {
          child.stdin.end()
          const code = yield* poll(Effect.sync(() => state.code), (seen) => seen !== undefined)
          expect({ code, errors: state.errors }).toEqual({ code: 0, errors: "" })
          return state.text
        })
      }
    }
  )

/** Starts a Python program of this folder as a client. */
export const python = (source: string, args: ReadonlyArray<string>, cwd: string) =>
  start("/usr/bin/python3", ["-B", `${sources}${source}`, ...args], cwd)
