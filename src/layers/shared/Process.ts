/**
 * Running a program that must not be disturbed: in a session of its own, with chosen streams and inherited locks.
 *
 * The platform's `Command` cannot give a child null or file streams or extra descriptors, and ends the whole
 * group with its scope. Here nothing is ever signalled: who starts a program waits for its end.
 */
import { Buffer } from "node:buffer"
import { type ChildProcess, spawn, type SpawnOptions } from "node:child_process"
import { env } from "node:process"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import type { Lease } from "../../effects/Disk.ts"

/** What is run. */
export interface Request {
  /** A path, or a name that is looked up in `PATH`. */
  readonly program: string
  readonly args: ReadonlyArray<string>
  readonly cwd?: string
  /** Variables beside those of this process. */
  readonly env?: Readonly<Record<string, string>>
  /** Inherited by the program, as its descriptors from 3 on. */
  readonly lease?: Lease
  /**
   * `capture` (the default) reads both outputs; `null` gives `/dev/null`, for a program that hands its streams on to
   * another one which lives longer.
   */
  readonly output?: "capture" | "null"
  /** Open descriptors of this process that the program is given as its streams, in place of what `output` says. */
  readonly streams?: { readonly stdin?: number; readonly stdout?: number; readonly stderr?: number }
  /** Is told the pid at once, for whoever looks at the program while it runs. */
  readonly onStart?: (pid: number) => void
}

/** How it ended. */
export interface Finished {
  /** The exit code; 128 and the signal's number where a signal ended it. */
  readonly code: number
  /** The signal that somebody ended it with. */
  readonly signal: string | undefined
  /** The session that it ran in: its own pid. What it started is in it too, unless that left. */
  readonly session: number
  /** At most the last {@link captureLimit} bytes. */
  readonly stdout: string
  /** At most the last {@link captureLimit} bytes. */
  readonly stderr: string
}

/** The program could not be started. */
export class NotStarted extends Data.TaggedError("NotStarted")<{
  readonly program: string
  readonly reason: "Missing" | "Permission" | "Other"
  readonly detail: string
}> {}

/** Bytes of each output that are kept. */
export const captureLimit = 262_144

/**
 * Runs a program to its end. It cannot be interrupted: an interruption waits. In Deno it needs `--allow-run`.
 */
export const run = (request: Request): Effect.Effect<Finished, NotStarted> =>
  Effect.uninterruptible(Effect.async<Finished, NotStarted>((resume) => {
    const failed = (error: unknown) => resume(Effect.fail(notStarted(request.program, error)))
    try {
      const { child, finished } = launch(request)
      if (child.pid !== undefined) request.onStart?.(child.pid)
      child.once("error", failed)
      child.once("close", (code, signal) => resume(Effect.succeed(finished(code, signal))))
    } catch (error) {
      failed(error)
    }
  }))

/** A program that was started: who launches it waits for its end. */
export interface Launched {
  readonly child: ChildProcess
  /** How it ended, by what its events tell, with what it has written by now. */
  readonly finished: (code: number | null, signal: string | null) => Finished
}

/** Starts a program and reads its outputs. Throws where the host does not let it start any; other failures are events. */
export const launch = (request: Request): Launched => {
  const child = spawn(request.program, [...request.args], optionsOf(request))
  const stdout = keepTail()
  const stderr = keepTail()
  child.stdout?.on("data", stdout.add)
  child.stderr?.on("data", stderr.add)
  return {
    child,
    finished: (code, signal) => ({
      code: code ?? 128,
      signal: signal ?? undefined,
      session: child.pid ?? 0,
      stdout: stdout.text(),
      stderr: stderr.text()
    })
  }
}

/** Starts a program that lives on by itself, with null streams unless it is given others; gives its pid and waits for no end of it. */
export const start = (request: Omit<Request, "output" | "onStart">): Effect.Effect<number, NotStarted> =>
  Effect.async<number, NotStarted>((resume) => {
    try {
      const child = spawn(request.program, [...request.args], optionsOf({ ...request, output: "null" }))
      child.unref()
      child.once("error", (error) => resume(Effect.fail(notStarted(request.program, error))))
      child.once("spawn", () => resume(Effect.succeed(child.pid ?? 0)))
    } catch (error) {
      resume(Effect.fail(notStarted(request.program, error)))
    }
  })

const optionsOf = ({ cwd, env: extra, lease, output = "capture", streams = {} }: Request): SpawnOptions => {
  const stream = output === "null" ? "ignore" : "pipe"
  return {
    detached: true,
    stdio: [
      streams.stdin ?? "ignore",
      streams.stdout ?? stream,
      streams.stderr ?? stream,
      ...(lease?.descriptors ?? [])
    ],
    ...(cwd === undefined ? {} : { cwd }),
    ...(extra === undefined ? {} : { env: { ...env, ...extra } })
  }
}

/** Keeps the end of what it is given. */
const keepTail = () => {
  let kept: Array<Buffer> = []
  let size = 0
  const compact = () => {
    const all = Buffer.concat(kept)
    return all.subarray(Math.max(0, all.length - captureLimit))
  }
  return {
    add: (chunk: Buffer) => {
      kept.push(chunk)
      size += chunk.length
      if (size > 2 * captureLimit) {
        kept = [compact()]
        size = captureLimit
      }
    },
    text: () => compact().toString("utf8")
  }
}

/** What a failure to start a program means. */
export const notStarted = (program: string, error: unknown): NotStarted => {
  const code = codeOf(error)
  const reason = code === "ENOENT" ? "Missing" : code === "EACCES" || code === "EPERM" ? "Permission" : "Other"
  const detail = reason === "Missing"
    ? "there is no such program"
    : error instanceof Error
    ? error.message
    : String(error)
  return new NotStarted({ program, reason, detail })
}

const codeOf = (error: unknown): unknown =>
  typeof error === "object" && error !== null && "code" in error ? error.code : undefined
