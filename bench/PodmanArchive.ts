/**
 * A container of Podman with so many MiB of touched memory, exported as an archive, and the images of it in a folder. In the lab,
 * with Podman in it.
 */
import { spawnSync } from "node:child_process"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import * as Touched from "./TouchedContainer.ts"

/** One checkpoint in three forms. */
export interface PodmanArchive {
  /** As Podman exports it when nothing else is said: compressed. */
  readonly archive: string
  /** The same, not compressed. */
  readonly plain: string
  /** CRIU's images of it. */
  readonly images: string
}

/** Makes the container and exports it, for as long as a scope is open. `scratch` is a folder on a real disk. */
export const make = (scratch: string, mebibytes: number) =>
  Effect.gen(function* () {
    const folder = `${scratch}/podman`
    const made = { archive: `${folder}/default.tar`, plain: `${folder}/plain.tar`, images: `${folder}/checkpoint` }
    yield* Effect.sync(() => Touched.fillRoot(`${folder}/root`))
    yield* podman(["import", `${folder}/root.tar`, "touched"], `tar -C ${folder}/root -cf ${folder}/root.tar .`)
    const name = "touched"
    // The cgroups of the lab have no controllers.
    const run = ["run", "--detach", "--name", name, "--network", "none", "--pids-limit", "0"]
    const program = ["touched", "/usr/bin/perl", "-e", Touched.counting, String(mebibytes), "", "random"]
    yield* Effect.acquireRelease(
      podman([...run, "--security-opt", "seccomp=unconfined", ...program]),
      () => Effect.sync(() => spawnSync("podman", ["--storage-driver", "vfs", "rm", "--force", "--time", "0", name]))
    )
    yield* Effect.retry(
      Effect.filterOrFail(
        Effect.sync(() => resident(name)),
        (found) => found >= mebibytes,
        () => "not yet" as const
      ),
      Schedule.spaced("50 millis").pipe(Schedule.intersect(Schedule.recurs(1000)))
    )
    const checkpoint = ["container", "checkpoint", "--leave-running"]
    yield* podman([...checkpoint, "--export", made.archive, name])
    yield* podman([...checkpoint, "--compress", "none", "--export", made.plain, name])
    yield* Touched.must("tar", ["-C", folder, "-xf", made.plain, "checkpoint"])
    return made satisfies PodmanArchive
  })

const podman = (args: ReadonlyArray<string>, before = "true") =>
  Effect.zipRight(Touched.must("sh", ["-c", before]), Touched.must("podman", ["--storage-driver", "vfs", ...args]))

const resident = (name: string): number => {
  const asked = ["--storage-driver", "vfs", "inspect", "--format", "{{.State.Pid}}", name]
  const pid = spawnSync("podman", asked, { encoding: "utf8" }).stdout.trim()
  return Touched.residentMebibytes(pid)
}
