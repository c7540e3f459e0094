/**
 * Plain processes for tests in the lab: a Python program that counts in its own memory and shows the count as its name, so that
 * what is seen is part of the process and of nothing else. It is gone with the scope.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import process from "node:process"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { ContainerStore, Processes } from "stasis"
import * as Criu from "stasis/Criu"
import { poll, temporaryFolder } from "../oci/LabContainer.ts"

/** A named process tree that runs. */
export interface LabProcess {
  readonly id: string
  /** Gone with the scope. */
  readonly folder: string
  readonly layer: ReturnType<typeof Criu.layer>
  /** The root process as it is now; zero when there is none. */
  readonly pid: Effect.Effect<number>
  readonly count: Effect.Effect<number>
  /** Waits until it has counted so far. */
  readonly counted: (atLeast: number) => Effect.Effect<number>
  readonly kill: Effect.Effect<void>
  /** Starts it (again), from zero. */
  readonly start: Effect.Effect<void>
}

/** Counts in steps of about ten milliseconds, after it has done something once, and without opening a file. */
export const counting = (setup = ""): ReadonlyArray<string> => [
  "-c",
  `import ctypes, fcntl, os, signal, socket, subprocess, sys, threading, time
set_name = ctypes.CDLL(None).prctl
${setup}
i = 0
while True:
    i += 1
    set_name(15, str(i).encode())
    time.sleep(0.01)
`
]

/** Makes and starts a process tree. */
export const make = (
  recipe: { readonly name?: string; readonly setup?: string } = {}
): Effect.Effect<LabProcess, never, Scope.Scope> =>
  Effect.gen(function* () {
    const folder = yield* temporaryFolder
    const id = recipe.name ?? `p-${folder.slice(-6)}`
    const layer = Criu.layer({ stasisRoot: `${folder}/stasis` })
    const find = Effect.flatMap(ContainerStore.ContainerStore, (store) => store.get(id)).pipe(Effect.provide(layer))
    const pid = Effect.map(Effect.option(find), (found) => found._tag === "Some" ? found.value.process?.pid ?? 0 : 0)
    const count = Effect.map(pid, readCount)
    const start = Effect.gen(function* () {
      yield* Processes.run(id, { program: "/usr/bin/python3", args: counting(recipe.setup), cwd: folder })
      yield* poll(count, (now) => now > 0)
    }).pipe(Effect.provide(layer), Effect.orDie)
    const kill = Effect.flatMap(pid, (one) => killTree(one))
    yield* Effect.acquireRelease(start, () => kill)
    return { id, folder, layer, pid, count, counted: (atLeast) => poll(count, (now) => now >= atLeast), kill, start }
  })

/** How far the process of this pid has counted; 0 when it has not. */
export const readCount = (pid: number): number => {
  try {
    return Number(/^\d+$/.exec(readFileSync(`/proc/${pid}/comm`, "utf8").trim())?.[0] ?? 0)
  } catch {
    return 0
  }
}

/** Signals a process and those below it. */
export const signalTree = (pid: number, signal: NodeJS.Signals): void => {
  if (pid === 0) return
  for (const child of childrenOf(pid)) signalTree(child, signal)
  try {
    process.kill(pid, signal)
  } catch {
    // It has ended.
  }
}

/** Kills a process and those below it, and waits for their end. */
export const killTree = (pid: number): Effect.Effect<void> =>
  pid === 0 ? Effect.void : Effect.zipRight(
    Effect.sync(() => signalTree(pid, "SIGKILL")),
    Effect.asVoid(poll(Effect.sync(() => stateOf(pid)), (state) => state === "" || state === "Z"))
  )

/** A text file; empty when there is none. */
export const readText = (path: string): string => {
  try {
    return readFileSync(path, "utf8")
  } catch {
    return ""
  }
}

/** The letter of a process's state, as /proc has it; empty when there is none. */
export const stateOf = (pid: number): string => {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8")
    return text.slice(text.lastIndexOf(")") + 2).charAt(0)
  } catch {
    return ""
  }
}

/** The children of a process, of all its threads. */
export const childrenOf = (pid: number): ReadonlyArray<number> => {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ").filter((one) => one !== "").map(Number)
  } catch {
    return []
  }
}

/** A new folder below another. */
export const folderIn = (folder: string): string => mkdtempSync(`${folder}/folder-`)

/** Removes a file. */
export const remove = (path: string): void => rmSync(path, { recursive: true, force: true })
