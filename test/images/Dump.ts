/**
 * Real dumps for tests in the lab: a program of `subjects/` is started in a folder of its own, holds what it is about, is dumped by
 * CRIU itself, and is gone with the scope, as the images are.
 *
 * This file owns how one is started and dumped; what is held against the images is for the tests to say.
 */
import { spawn } from "node:child_process"
import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from "node:fs"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Process from "../../src/layers/shared/Process.ts"
import * as LabProcess from "../layers/criu/LabProcess.ts"
import { poll, temporaryFolder } from "../layers/oci/LabContainer.ts"
import { end } from "../programs/Program.ts"

const sources = new URL("subjects/", import.meta.url).pathname

/** How a program of `subjects/` is started. */
export interface Recipe {
  /** Its file. */
  readonly source: string
  readonly args?: ReadonlyArray<string>
  /** A command that starts it, such as `unshare`. */
  readonly by?: ReadonlyArray<string>
  /** That command starts it as its child, which is what is dumped. */
  readonly asChild?: boolean
  readonly flags?: ReadonlyArray<string>
}

/** A program that holds what it is about. */
export interface Subject {
  /** Where it runs. */
  readonly folder: string
  readonly pid: number
  /** Dumps it into a new folder of this name, and leaves it running; gives the folder. */
  readonly dump: (name: string, ...flags: ReadonlyArray<string>) => Effect.Effect<string>
}

/** Starts a program and waits until it is ready. */
export const start = (recipe: Recipe): Effect.Effect<Subject, never, Scope.Scope> =>
  Effect.gen(function* () {
    const folder = yield* temporaryFolder
    const root = yield* Effect.acquireRelease(Effect.sync(() => launch(recipe, folder)), end)
    yield* poll(Effect.sync(() => state(folder, root)), (ready) => ready)
    const pid = recipe.asChild === true ? LabProcess.childrenOf(root)[0] ?? 0 : root
    return {
      folder,
      pid,
      dump: (name, ...flags) => dump(pid, `${folder}/${name}`, [...(recipe.flags ?? []), ...flags])
    }
  })

const launch = (recipe: Recipe, folder: string): number => {
  const [program = "", ...args] = [
    ...(recipe.by ?? []),
    "/usr/bin/python3",
    "-B",
    sources + recipe.source,
    ...(recipe.args ?? [])
  ]
  const errors = openSync(`${folder}/errors`, "a")
  const child = spawn(program, args, {
    cwd: folder,
    detached: true,
    stdio: ["ignore", "ignore", errors],
    env: { PATH: "/usr/sbin:/usr/bin", HOME: "/" }
  })
  closeSync(errors)
  return child.pid ?? 0
}

/** Whether it is ready; what it complained of is a defect of the test. */
const state = (folder: string, pid: number): boolean => {
  if (existsSync(`${folder}/ready`)) return true
  if (["", "Z"].includes(LabProcess.stateOf(pid))) throw new Error(readFileSync(`${folder}/errors`, "utf8"))
  return false
}

const dump = (pid: number, images: string, flags: ReadonlyArray<string>): Effect.Effect<string> =>
  Effect.gen(function* () {
    mkdirSync(images)
    const { code } = yield* Effect.orDie(Process.run({
      program: "criu",
      args: [
        "dump",
        `--tree=${pid}`,
        `--images-dir=${images}`,
        "--log-file=dump.log",
        "-v3",
        "--leave-running",
        "--tcp-established",
        "--file-locks",
        "--ext-unix-sk",
        "--ghost-limit=16M",
        ...flags
      ]
    }))
    if (code === 0) return images
    const said = readFileSync(`${images}/dump.log`, "utf8").split("\n")
    return yield* Effect.dieMessage(said.filter((line) => /Error|Warn/.test(line)).join("\n"))
  })
