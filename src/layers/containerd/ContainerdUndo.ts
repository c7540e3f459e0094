/**
 * Undoing a restore that failed, wherever it stopped: no task is left, nor what runc keeps of it, nor CRIU, nor a process.
 *
 * Only what came of that restore is ended: CRIU is known by the folder that it works in, and what it has made by its log.
 */
import { kill } from "node:process"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as CriuLog from "../shared/CriuLog.ts"
import * as Cgroup from "../shared/Cgroup.ts"
import * as KernelFile from "../shared/KernelFile.ts"
import * as Proc from "../shared/Proc.ts"
import * as RestoreRoot from "../shared/RestoreRoot.ts"
import { clear } from "./ContainerdLifecycle.ts"
import * as ContainerdRemains from "./ContainerdRemains.ts"
import * as ContainerdSettle from "./ContainerdSettle.ts"
import { type Containerd, patiently } from "./ContainerdTask.ts"
import type * as Services from "./Services.ts"

/**
 * Undoes it, as far as that can be done: what is left all the same, the next restore will say.
 *
 * @param workPath where that restore works and has its log, and no other
 * @param since when it began, in clock ticks since boot
 */
export const undo = (
  containerd: Containerd,
  metadata: Services.Metadata,
  workPath: string,
  since: number
): Effect.Effect<void> =>
  Effect.gen(function* () {
    const { id } = metadata
    const settled = Effect.ignore(ContainerdSettle.settle(containerd.settings.namespace, id))
    yield* awaitCriu(containerd, metadata, workPath, since)
    yield* endRestored(metadata, workPath, since)
    yield* settled
    yield* Effect.ignore(clear(patiently(containerd), "restore", id))
    // containerd may have begun to delete it itself.
    yield* settled
    yield* Effect.ignore(ContainerdRemains.sweep(containerd, metadata))
  })

/**
 * Waits until CRIU has ended. What it makes has no owner when its shim or runc was ended: CRIU finds out where it has something left to
 * ask of runc, and else waits, maybe for ever, for it hears of no end of its processes. So after a while it is ended, with these.
 *
 * Ten minutes without an end are told to the log, and what is left is the next restore's to find.
 */
export const awaitCriu = (
  { settings }: Containerd,
  metadata: Services.Metadata,
  workPath: string,
  since: number
): Effect.Effect<void> =>
  Effect.gen(function* () {
    const began = yield* Clock.currentTimeMillis
    for (let unowned = 0; working(workPath).length > 0;) {
      if ((yield* Clock.currentTimeMillis) - began > 600_000) {
        return yield* Effect.logWarning(`CRIU is still at the failed restore of container "${metadata.id}"`)
      }
      unowned = ContainerdSettle.isRestored(settings.namespace, metadata.id) ? 0 : unowned + 1
      if (unowned > (restored(metadata, workPath, since).length > 0 ? 100 : 40)) {
        yield* endRestored(metadata, workPath, since)
        working(workPath).forEach(end)
      }
      yield* Effect.sleep(50)
    }
    yield* RestoreRoot.letGoOfYards(workPath)
  })

/** Ends what CRIU has brought up. */
const endRestored = (metadata: Services.Metadata, workPath: string, since: number) =>
  Effect.forEach(restored(metadata, workPath, since), ({ pid, startTime }) => {
    const cgroup = Cgroup.of(pid)
    end(pid)
    if (cgroup !== undefined && Cgroup.isFrozen(cgroup)) Cgroup.thaw(cgroup)
    return Proc.awaitEnd(pid, startTime)
  }, { discard: true })

/** CRIU at the restore of a work path, whose name is its own; not who else is in that folder, maybe to read the log. */
const working = (workPath: string): ReadonlyArray<number> =>
  Proc.all().filter((pid) =>
    ContainerdSettle.isCriu(pid) &&
    KernelFile.link(`/proc/${pid}/cwd`)?.endsWith(workPath.slice(workPath.lastIndexOf("/"))) === true
  )

/** What lives of the processes that a restore has made. */
const restored = (metadata: Services.Metadata, workPath: string, since: number) => {
  const cgroup = ContainerdRemains.cgroupOf(metadata)
  return CriuLog.made(KernelFile.read(`${workPath}/restore.log`) ?? "").flatMap(({ real: pid, virtual }) => {
    const startTime = Proc.stat(pid)?.startTime ?? 0
    return startTime < Math.floor(since) || !Proc.isAlive(pid, startTime) || !ContainerdRemains.isIn(pid, cgroup) ||
        Proc.pidsInNamespaces(pid).at(-1) !== virtual
      ? []
      : [{ pid, startTime }]
  })
}

const end = (pid: number) => {
  try {
    kill(pid, "SIGKILL")
  } catch {
    // It has ended.
  }
}
