/**
 * Hooks that are commands: a line for the shell, which is told in variables what a hook is told.
 *
 * This file is the door `stasis/HookCommand`, apart from the worlds because a hook works in each of them, and apart from the
 * library's own door because it starts programs. Unlike `Process.ts` beside it, it ends what it started.
 *
 * @example
 * ```ts
 * import { Checkpoints } from "stasis"
 * import * as HookCommand from "stasis/HookCommand"
 * import * as Memory from "stasis/Memory"
 * import * as Effect from "effect/Effect"
 *
 * const program = Effect.match(
 *   Checkpoints.create("web", "nightly", {}, { beforeFreeze: HookCommand.make("echo $STASIS_CONTAINER is busy; false") }),
 *   { onFailure: (error) => "detail" in error ? error.detail : error.message, onSuccess: () => "it was not asked" }
 * )
 *
 * const layer = Memory.layer({ containers: [{ id: "web" }] })
 * console.log(await Effect.runPromise(Effect.provide(program, layer))) // the command ended with code 1: web is busy
 * ```
 */
import type { ChildProcess } from "node:child_process"
import { kill } from "node:process"
import * as Data from "effect/Data"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as FiberId from "effect/FiberId"
import type { HookName } from "../../domain/CheckpointError.ts"
import type { HookContext } from "../../effects/Hooks.ts"
import * as Proc from "./Proc.ts"
import * as Process from "./Process.ts"

/** The command did not end with code 0, or could not be started. */
export class CommandFailed extends Data.TaggedError("CommandFailed")<{
  readonly command: string
  /** Why, with the end of what it wrote: to its standard error or, when nothing, to its standard output. */
  readonly message: string
}> {}

/**
 * A hook that runs a line of `sh`, in a session of its own, without input and without the locks of the operation; it has succeeded when
 * the line has ended with code 0. What it leaves running lives on, but has nobody who reads its output, and wants that to go elsewhere. Interrupted (or out of time) it is ended with SIGKILL, with all
 * that is in its session, and waited for. In Deno it needs `--allow-run` and `--allow-env`, and `--allow-all` to end more than its process group.
 *
 * Beside the variables of this process it sees `STASIS_HOOK` (`before-freeze`, `after-dump`, `after-restore`), `STASIS_CONTAINER` (the
 * id), `STASIS_CHECKPOINT`, `STASIS_CHECKPOINT_DIR`, `STASIS_PID` (of the container's first process; empty when there is none) and
 * `STASIS_OUTCOME` (`dumped` or `failed` after the dump; empty else).
 */
export const make = (command: string) => (context: HookContext): Effect.Effect<void, CommandFailed> =>
  run({ program: "sh", args: ["-c", command], env: variablesOf(context) }).pipe(
    Effect.mapError(({ detail, program }) => `"${program}" cannot be started: ${detail}`),
    Effect.flatMap((finished) => finished.code === 0 ? Effect.void : Effect.fail(wordsOf(finished))),
    Effect.mapError((message) => new CommandFailed({ command, message }))
  )

const names: Readonly<Record<HookName, string>> = {
  beforeFreeze: "before-freeze",
  afterDump: "after-dump",
  afterRestore: "after-restore"
}

const variablesOf = ({ checkpoint, container, directory, hook, outcome }: HookContext) => ({
  STASIS_HOOK: names[hook],
  STASIS_CONTAINER: container.id,
  STASIS_CHECKPOINT: checkpoint,
  STASIS_CHECKPOINT_DIR: directory,
  STASIS_PID: container.process === undefined ? "" : String(container.process.pid),
  STASIS_OUTCOME: outcome ?? ""
})

/** Runs a program until it has ended, whatever it left running, or until it is interrupted. */
const run = (request: Process.Request): Effect.Effect<Process.Finished, Process.NotStarted> =>
  Effect.gen(function* () {
    const { child, closed, finished } = yield* toItsEnd(request)
    // What it left running may hold its outputs open.
    yield* Effect.timeoutOption(closed, lastWordsMillis)
    forget(child)
    return finished()
  })

const toItsEnd = (request: Process.Request) =>
  Effect.async<
    { readonly child: ChildProcess; readonly closed: Effect.Effect<void>; readonly finished: () => Process.Finished },
    Process.NotStarted
  >((resume) => {
    const failed = (error: unknown) => resume(Effect.fail(Process.notStarted(request.program, error)))
    try {
      const { child, finished } = Process.launch(request)
      const closed = Deferred.unsafeMake<void>(FiberId.none)
      child.once("error", failed)
      child.once("close", () => Deferred.unsafeDone(closed, Effect.void))
      child.once("exit", (code, signal) =>
        resume(Effect.succeed({
          child,
          closed: Deferred.await(closed),
          finished: () => finished(code, signal)
        })))
      return ended(child)
    } catch (error) {
      return failed(error)
    }
  })

/** Nobody reads its outputs any more. */
const forget = (child: ChildProcess): void => {
  child.stdout?.destroy()
  child.stderr?.destroy()
}

/** How long the outputs are read after the end of a program of which something else holds them open. */
const lastWordsMillis = 200

/** Ends a program and all of its session, and waits for that. */
const ended = (child: ChildProcess): Effect.Effect<void> =>
  Effect.gen(function* () {
    const { pid } = child
    if (pid === undefined) return
    const gone = Effect.async<void>((resume) => {
      if (child.exitCode !== null || child.signalCode !== null) return resume(Effect.void)
      child.once("exit", () => resume(Effect.void))
    })
    killAll(-pid)
    yield* gone
    forget(child)
    // What the shell put into process groups of their own is still in its session, and may start more until it has ended.
    for (let turn = 0; turn < 1000; turn++) {
      const left = Proc.inSession(pid)
      if (left.length === 0) return
      left.forEach(killAll)
      yield* Effect.sleep(5)
    }
  })

/** It may be gone by now. */
const killAll = (pid: number): void => {
  try {
    kill(pid, "SIGKILL")
  } catch {
    return
  }
}

/** Characters of what a command wrote that are shown. */
const shown = 1000

const wordsOf = ({ code, signal, stderr, stdout }: Process.Finished): string => {
  const said = (stderr.trim() === "" ? stdout : stderr).replace(/\s+/g, " ").trim()
  const end = signal === undefined ? `the command ended with code ${code}` : `the command was ended by ${signal}`
  return said === "" ? end : `${end}: ${said.length > shown ? `…${said.slice(-shown)}` : said}`
}
