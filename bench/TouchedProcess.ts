/**
 * A plain process that has touched so many MiB of memory and then counts, for as long as a scope is open; and the bare commands of
 * CRIU that the library is measured against.
 */
import { spawnSync } from "node:child_process"
import * as NodeFs from "node:fs"
import process from "node:process"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import { counting, must } from "./TouchedContainer.ts"

/** A process that runs. */
export interface TouchedProcess {
  readonly id: string
  readonly pid: number
}

/** Starts a process and waits until its memory is touched. It is nobody's child, so that its end is seen at once. */
export const make = (mebibytes: number) =>
  Effect.acquireRelease(
    Effect.gen(function* () {
      const script = `setsid perl -e "$0" "$1" </dev/null >/dev/null 2>&1 & echo $!`
      const started = spawnSync("sh", ["-c", script, counting, String(mebibytes)], { encoding: "utf8" })
      const pid = Number(started.stdout.trim())
      yield* Effect.retry(
        Effect.filterOrFail(
          Effect.sync(() => residentMebibytes(pid)),
          (resident) => resident >= mebibytes,
          () => "not yet" as const
        ),
        Schedule.spaced("20 millis").pipe(Schedule.intersect(Schedule.recurs(1000)))
      )
      return { id: `pid:${pid}`, pid } satisfies TouchedProcess
    }),
    end
  )

/** Kills a process and waits until nothing is left of it. */
export function end({ pid }: TouchedProcess): Effect.Effect<void> {
  return Effect.gen(function* () {
    if (!isThere(pid)) return
    process.kill(pid, "SIGKILL")
    while (isThere(pid)) yield* Effect.sleep("1 millis")
  })
}

/** The bare dump, into folders that are there. */
export const bareDump = ({ pid }: TouchedProcess, folder: string) =>
  must("criu", ["dump", "--tree", String(pid), "--leave-running", ...common(`${folder}/images`, `${folder}/work`)])

/** The bare restore. */
export const bareRestore = (imagePath: string, workPath: string) =>
  must("criu", ["restore", "--restore-detached", ...common(imagePath, workPath)])

/** Makes the folders of a bare dump. */
export const makeFolders = (folder: string) =>
  Effect.sync(() => {
    for (const name of ["images", "work"]) NodeFs.mkdirSync(`${folder}/${name}`, { recursive: true })
  })

const common = (
  images: string,
  work: string
) => ["--images-dir", images, "--work-dir", work, "--log-file", "criu.log", "--manage-cgroups=ignore"]

const isThere = (pid: number): boolean => NodeFs.existsSync(`/proc/${pid}`)

/** The resident memory of a process. */
export const residentMebibytes = (pid: number): number =>
  Number(/VmRSS:\s+(\d+)/.exec(NodeFs.readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1024
