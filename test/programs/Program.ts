/**
 * Real programs for tests in the lab: started as plain processes in a folder of their own, checkpointed while they work, and gone
 * with the scope. What they do is for the tests to say, and what is written of them for `Table.ts`.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import process from "node:process"
import { expect } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { type CheckpointError, type CheckpointOptions, Checkpoints, ContainerStore, Processes } from "stasis"
import * as Criu from "stasis/Criu"
import * as LabProcess from "../layers/criu/LabProcess.ts"
import { poll, temporaryFolder } from "../layers/oci/LabContainer.ts"

export { poll } from "../layers/oci/LabContainer.ts"

/** The folder of the programs that are written for these tests. */
export const sources = new URL(".", import.meta.url).pathname

/** A program that runs. */
export interface Program {
  readonly id: string
  /** Its folder, where it was started; gone with the scope. */
  readonly folder: string
  readonly layer: ReturnType<typeof Criu.layer>
  /** The root process; zero when there is none. */
  readonly pid: Effect.Effect<number>
  /** A file of its folder; empty when there is none. */
  readonly read: (name: string) => string
  /** Makes a file in its folder, such as the one that it ends at. */
  readonly write: (name: string, text?: string) => Effect.Effect<void>
  /** Waits until a file of its folder reads so. */
  readonly reads: (name: string, wanted: (text: string) => boolean) => Effect.Effect<string>
}

/** How it is started. */
export interface Recipe {
  /** @param folder the one it is started in */
  readonly command: (folder: string) => Processes.Command
  /** Files to be there beforehand, by name. */
  readonly files?: Readonly<Record<string, string>>
  /** What else is made in its folder beforehand. */
  readonly before?: (folder: string) => Effect.Effect<void>
}

/** Starts a program. */
export const start = (recipe: Recipe): Effect.Effect<Program, never, Scope.Scope> =>
  Effect.gen(function* () {
    const program = yield* prepare(recipe)
    yield* Effect.acquireRelease(
      Processes.run(program.id, recipe.command(program.folder)).pipe(Effect.provide(program.layer), Effect.orDie),
      () => Effect.flatMap(program.pid, end)
    )
    return program
  })

/** Gives a name to a process tree that something else has started; it is gone with the scope. */
export const track = (pid: number): Effect.Effect<Program, never, Scope.Scope> =>
  Effect.gen(function* () {
    const program = yield* prepare({})
    yield* Effect.acquireRelease(
      Processes.track(program.id, pid).pipe(Effect.provide(program.layer), Effect.orDie),
      () => Effect.flatMap(program.pid, end)
    )
    return program
  })

/** Ends a process tree. It stands still first: a server that sees a worker die would start another one, which nobody would know. */
export const end = (pid: number): Effect.Effect<void> =>
  Effect.zipRight(Effect.sync(() => halt(pid)), LabProcess.killTree(pid))

const halt = (pid: number): void => {
  if (pid === 0) return
  try {
    process.kill(pid, "SIGSTOP")
  } catch {
    // It has ended.
  }
  for (const child of LabProcess.childrenOf(pid)) halt(child)
}

/** A Python program of this folder, in the program's own folder. */
export const python = (source: string, ...args: ReadonlyArray<string>) => (folder: string): Processes.Command => ({
  program: "/usr/bin/python3",
  args: ["-B", `${sources}${source}`, ...args],
  cwd: folder
})

/** Options of CRIU. */
export type Options = Pick<
  CheckpointOptions.CreateOptions,
  | "tcpEstablished"
  | "tcpClose"
  | "fileLocks"
  | "shellJob"
  | "ghostLimit"
  | "externalUnixSockets"
  | "linkRemap"
  | "force"
>

/** Checkpoints it, leaving it running, or stopped. */
export const checkpoint = (
  program: Program,
  name: string,
  options: Options & { readonly leaveRunning?: boolean } = {}
) => Checkpoints.create(program.id, name, options).pipe(Effect.provide(program.layer))

/** Brings it back. */
export const restore = (program: Program, name: string, options: CheckpointOptions.RestoreOptions = {}) =>
  Checkpoints.restore(program.id, name, options).pipe(Effect.provide(program.layer))

/**
 * Finds the options that it needs by what the errors say, each of which names the next one, and leaves it running. The checkpoint
 * that was made in the end is `running`.
 */
export const leaveRunning = (
  program: Program,
  options: Options = {}
): Effect.Effect<Options, CheckpointError.CheckpointError> =>
  Effect.catchTag(
    Effect.as(checkpoint(program, "running", { ...options, leaveRunning: true }), options),
    "RuntimeFailed",
    (error) => {
      const more = cure(error)
      return more === undefined || Object.keys(more).some((name) => name in options)
        ? Effect.fail(error)
        : leaveRunning(program, { ...options, ...more })
    }
  )

/** Stops it with a checkpoint, looks that nothing of it is left, does something, and brings it back. */
export const stopAndRestore = <A, E, R>(
  program: Program,
  options: Options,
  between: Effect.Effect<A, E, R>
): Effect.Effect<A, E | CheckpointError.CheckpointError, R> =>
  Effect.gen(function* () {
    const before = yield* program.pid
    yield* checkpoint(program, "stopped", options)
    expect(existsSync(`/proc/${before}`)).toBe(false)
    const result = yield* between
    yield* restore(program, "stopped")
    expect(yield* program.pid).toBe(before)
    return result
  })

/** The failure of what has to fail in CRIU. */
export const failure = <A, E, R>(
  effect: Effect.Effect<A, E | CheckpointError.RuntimeFailed, R>
): Effect.Effect<CheckpointError.RuntimeFailed, E, R> =>
  Effect.flatMap(
    Effect.either(effect),
    (result) =>
      result._tag === "Right"
        ? Effect.dieMessage("it did not fail")
        : isRuntimeFailed(result.left)
        ? Effect.succeed(result.left)
        : Effect.fail(result.left)
  )

const isRuntimeFailed = (error: unknown): error is CheckpointError.RuntimeFailed =>
  typeof error === "object" && error !== null && "_tag" in error && error._tag === "RuntimeFailed"

/** The option that an error names as its cure. */
const cure = (error: CheckpointError.RuntimeFailed): Options | undefined => {
  const option = /option "(\w+)"/.exec(error.hint ?? "")?.[1]
  switch (option) {
    case "tcpEstablished":
    case "fileLocks":
    case "shellJob":
    case "externalUnixSockets":
      return { [option]: true }
    case "ghostLimit":
      return { ghostLimit: Number(/(\d+) bytes/.exec(error.detail)?.[1]) }
    default:
      return undefined
  }
}

const prepare = (recipe: Omit<Recipe, "command">): Effect.Effect<Program, never, Scope.Scope> =>
  Effect.gen(function* () {
    const folder = yield* temporaryFolder
    const id = `p-${folder.slice(-6)}`
    for (const [name, text] of Object.entries(recipe.files ?? {})) writeFileSync(`${folder}/${name}`, text)
    if (recipe.before !== undefined) yield* recipe.before(folder)
    const layer = Criu.layer({ stasisRoot: `${folder}/stasis` })
    const find = Effect.flatMap(ContainerStore.ContainerStore, (store) => store.get(id)).pipe(Effect.provide(layer))
    const read = (name: string) => existsSync(`${folder}/${name}`) ? readFileSync(`${folder}/${name}`, "utf8") : ""
    return {
      id,
      folder,
      layer,
      pid: Effect.map(Effect.option(find), (found) => found._tag === "Some" ? found.value.process?.pid ?? 0 : 0),
      read,
      write: (name, text = "") => Effect.sync(() => writeFileSync(`${folder}/${name}`, text)),
      reads: (name, wanted) => poll(Effect.sync(() => read(name)), wanted)
    }
  })
