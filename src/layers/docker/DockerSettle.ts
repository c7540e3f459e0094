/**
 * What an operation of a process that is gone may have left with the daemon: work that goes on, a frozen container, a restart policy
 * put aside, what CRIU was told, and what was handed over for a restore. The caller holds the container.
 */
import type * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import type { Container } from "../../domain/Container.ts"
import type { Disk } from "../../effects/Disk.ts"
import type { RuntimeError } from "../../effects/Runtime.ts"
import * as Cgroup from "../shared/Cgroup.ts"
import * as Shim from "../shared/Shim.ts"
import * as CriuConf from "./CriuConf.ts"
import { type DockerEngine, refused } from "./DockerEngine.ts"
import * as HandedImages from "./HandedImages.ts"
import * as RestartPolicy from "./RestartPolicy.ts"
import * as SeenProcess from "./SeenProcess.ts"

/** Waits for what is under way, and puts back the rest. */
export const settle = (
  engine: DockerEngine,
  container: Container
): Effect.Effect<void, RuntimeError, FileSystem.FileSystem | Disk> =>
  Effect.gen(function* () {
    const pid = container.process?.pid
    if (!(yield* Shim.settle(container.id, pid))) {
      yield* refused(
        "inspect",
        container,
        "Busy",
        "a checkpoint or a restore of it that was begun earlier goes on and on"
      )
    }
    if (pid !== undefined && SeenProcess.of(container.id, pid) !== undefined) Cgroup.bringBack(pid)
    yield* RestartPolicy.putBack(engine, "inspect", container)
    yield* CriuConf.sweep
    if (container.root !== undefined) yield* HandedImages.sweep(`${container.root}/checkpoints`)
  })
