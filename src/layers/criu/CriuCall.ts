/**
 * One call of CRIU: in the namespaces where the processes have their pids, with the locks that it keeps alive.
 *
 * This file starts CRIU and says how it ended; what that means is for its callers.
 */
import process from "node:process"
import * as Effect from "effect/Effect"
import { RuntimeUnavailable } from "../../domain/CheckpointError.ts"
import * as Proc from "../shared/Proc.ts"
import * as Process from "../shared/Process.ts"
import { type CriuSettings, runtimeName } from "./CriuSettings.ts"

/** A program with its arguments. */
export interface Call {
  readonly program: string
  readonly args: ReadonlyArray<string>
}

/** CRIU runs without all rights of root. */
export const isUnprivileged = (): boolean => process.geteuid?.() !== 0

/** Where CRIU has to run to dump a process, and the pid that it has there. */
export interface Place {
  readonly pid: number
  /** A process in whose namespaces CRIU has to be; none where those of this process will do. */
  readonly beside?: number
}

/**
 * Finds the place. The first process of a pid namespace is dumped from outside, the namespace with it; any other process of a
 * namespace that is not ours from within.
 */
export const placeOf = (pid: number): Place => {
  const inside = Proc.pidsInNamespaces(pid).at(-1)
  return inside === undefined || inside === 1 || Proc.sharesNamespace(pid, "pid") !== false
    ? { pid }
    : { pid: inside, beside: pid }
}

/** Whether a process is the first of a pid namespace that is not ours: CRIU dumps the namespace with it. */
export const isFirstOfItsOwn = (pid: number): boolean => {
  const all = Proc.pidsInNamespaces(pid)
  return all.length > 1 && all.at(-1) === 1
}

/** Runs CRIU to its end, also where somebody ends what it was started by. */
export const run = (
  settings: CriuSettings,
  args: ReadonlyArray<string>,
  more: Pick<Process.Request, "lease" | "streams" | "onStart"> & {
    readonly beside?: number | undefined
    /** Wraps the call of CRIU in that of another program. */
    readonly wrap?: (call: Call) => Call
  }
): Effect.Effect<Process.Finished, RuntimeUnavailable> =>
  Effect.gen(function* () {
    const { beside, wrap = (call: Call) => call, ...request } = more
    const call = wrap({ program: settings.criu, args })
    const finished = yield* Process.run({
      ...(beside === undefined ? call : {
        program: "nsenter",
        args: [`--target=${beside}`, "--pid", "--mount", "--", call.program, ...call.args]
      }),
      ...request,
      env: settings.env
    }).pipe(Effect.mapError(unavailable))
    if (finished.signal !== undefined) yield* Proc.awaitSession(finished.session)
    return finished
  })

/** What CRIU wrote before it had a log. */
export const complaint = ({ stderr, stdout }: Process.Finished): string | undefined => {
  const lines = `${stdout}\n${stderr}`.split("\n").map((line) => line.trim()).filter((line) => line !== "")
  return lines.length === 0 ? undefined : lines.slice(-3).join(", ")
}

/** A program that cannot be started, as the failure of this runtime. */
export const unavailable = (error: Process.NotStarted): RuntimeUnavailable =>
  new RuntimeUnavailable({
    runtime: runtimeName,
    program: error.program,
    detail: error.detail,
    remedy: error.reason === "Missing"
      ? error.program.endsWith("criu")
        ? "install CRIU (Debian: apt-get install criu), or name its program"
        : "install it"
      : "make it a program that can be run here"
  })
